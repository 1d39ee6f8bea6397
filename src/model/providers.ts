import { env, InferenceSession } from 'onnxruntime-node';
import { VultusError } from '../errors.ts';
import { describeFailure, describeMissing } from './gpu-libraries.ts';
import { multipliesBytes } from './processor.ts';
import { PROVIDERS, type Provider, type ProviderChoice, type ProviderName } from './provider-table.ts';
import { loadOptionsModule, openEngineFolder, tensorRtOptions } from './tensorrt.ts';

// A provider that is not installed is reported by `choose` in one sentence, not by ONNX Runtime in pages.
env.logLevel = 'fatal';

export interface LoaderOptions {
  /**
   * Where a provider that builds engines keeps those of these graphs, see tensorrt.ts; asked for only there. Without,
   * it builds them anew and in single precision.
   */
  engineFolder?: () => string;
  /** Called before a provider is tried. */
  onTry?: (provider: Pick<Provider, 'name' | 'buildsEngines'>) => void;
  /** The table; another one only in tests. */
  providers?: readonly Provider[];
}

/** What of a graph's entry in the manifest the loader needs. */
export interface GraphTraits {
  /** May run in half precision where the provider has it. */
  fp16?: boolean;
}

export interface ProfileOptions {
  /** Writes what each operator took, and where it ran, to a file that begins so; `endProfiling` finishes it. */
  profileFilePrefix?: string;
}

/** Opens graphs with one provider; all graphs of an engine run on the same one. */
export class GraphLoader {
  readonly provider: ProviderName;
  /** See the table of providers, as of what follows. */
  readonly buildsEngines: boolean;
  readonly drawsPictures: boolean;
  /** Whether graphs with weights of 8 bits are the quicker ones. */
  readonly prefersBytes: boolean;
  readonly #sessionProviders: readonly ProviderName[];
  readonly #threads: number;
  readonly #engineFolder: string | undefined;
  /** Options of TensorRT hold for the thread's next session, so one is opened after the other. */
  #opening: Promise<unknown> = Promise.resolve();

  private constructor(
    { name, sessionProviders, buildsEngines, drawsPictures }: Provider,
    threads: number,
    { engineFolder }: LoaderOptions,
  ) {
    this.provider = name;
    this.buildsEngines = buildsEngines;
    this.drawsPictures = drawsPictures;
    this.prefersBytes = name === 'cpu' && multipliesBytes();
    this.#sessionProviders = sessionProviders;
    this.#threads = threads;
    this.#engineFolder = buildsEngines && engineFolder ? openEngineFolder(engineFolder()) : undefined;
  }

  /**
   * Finds the provider by opening `probeFile` with each candidate: a provider whose libraries are missing
   * throws there, so that what is reported as live really is.
   * @param threads CPU threads for one operator.
   * @throws VultusError `provider_unavailable` if the demanded one (or, with `auto`, every one) fails; the detail
   *   says of each why; `config_invalid` if the folder of engines cannot be used.
   */
  static async choose(
    choice: ProviderChoice,
    probeFile: string,
    threads = 1,
    options: LoaderOptions = {},
  ): Promise<GraphLoader> {
    const { providers = PROVIDERS } = options;
    const failures: string[] = [];
    for (const provider of providers) {
      if (choice !== 'auto' && choice !== provider.name) continue;
      const missing = provider.missing();
      if (missing.length > 0) {
        failures.push(`${provider.name}: ${describeMissing([...new Set(missing)])}`);
        continue;
      }
      options.onTry?.(provider);
      const loader = new GraphLoader(provider, threads, options);
      try {
        await (await loader.open(probeFile)).release();
        return loader;
      } catch (cause) {
        failures.push(`${provider.name}: ${describeFailure((cause as Error).message)}`);
      }
    }
    throw new VultusError('provider_unavailable', failures.join('; '));
  }

  /** @throws Error of ONNX Runtime */
  open(
    file: string,
    { fp16 = false }: GraphTraits = {},
    { profileFilePrefix }: ProfileOptions = {},
  ): Promise<InferenceSession> {
    const opened = this.#opening.then(() => {
      if (this.#engineFolder) {
        loadOptionsModule().setOptions(tensorRtOptions(this.#engineFolder, fp16));
      }
      return InferenceSession.create(file, {
        executionProviders: [...this.#sessionProviders],
        intraOpNumThreads: this.#threads,
        interOpNumThreads: 1,
        executionMode: 'sequential',
        graphOptimizationLevel: 'all',
        logSeverityLevel: 4,
        ...(profileFilePrefix && { enableProfiling: true, profileFilePrefix }),
      });
    });
    this.#opening = opened.catch(() => {});
    return opened;
  }
}
