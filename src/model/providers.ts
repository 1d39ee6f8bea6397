import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { env, InferenceSession } from 'onnxruntime-node';
import { VultusError } from '../errors.ts';

export type ProviderName = 'tensorrt' | 'cuda' | 'cpu';
/** `auto` takes the first of the table that really loads. */
export type ProviderChoice = 'auto' | ProviderName;

// A provider that is not installed is reported by `choose` in one sentence, not by ONNX Runtime in pages.
env.logLevel = 'fatal';

/** Execution providers in order of preference, as ONNX Runtime names them. */
export const PROVIDERS: readonly ProviderName[] = Object.freeze(['tensorrt', 'cuda', 'cpu']);

/** Opens graphs with one provider; all graphs of an engine run on the same one. */
export class GraphLoader {
  readonly provider: ProviderName;
  readonly #threads: number;

  private constructor(provider: ProviderName, threads: number) {
    this.provider = provider;
    this.#threads = threads;
  }

  /**
   * Finds the provider by opening `probeFile` with each candidate: a provider whose libraries are missing
   * throws there, so that what is reported as live really is.
   * @param threads CPU threads for one operator.
   * @throws VultusError `provider_unavailable` if the demanded one (or, with `auto`, every one) fails.
   */
  static async choose(choice: ProviderChoice, probeFile: string, threads = 1): Promise<GraphLoader> {
    const candidates = choice === 'auto' ? PROVIDERS : [choice];
    const failures: string[] = [];
    for (const provider of candidates) {
      const missing = missingLibrary(provider);
      if (missing) {
        failures.push(`${provider}: ${missing} is not installed beside ONNX Runtime`);
        continue;
      }
      const loader = new GraphLoader(provider, threads);
      try {
        await (await loader.open(probeFile)).release();
        return loader;
      } catch (cause) {
        failures.push(`${provider}: ${(cause as Error).message.split('\n')[0]}`);
      }
    }
    throw new VultusError('provider_unavailable', failures.join('; '));
  }

  open(file: string): Promise<InferenceSession> {
    return InferenceSession.create(file, {
      // Only the one provider is named: with a list, ONNX Runtime would fall back to the CPU in silence.
      executionProviders: [this.provider],
      intraOpNumThreads: this.#threads,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      graphOptimizationLevel: 'all',
      logSeverityLevel: 4,
    });
  }
}

/**
 * Name of the provider's library if it is not where ONNX Runtime opens it. Asked beforehand, because ONNX Runtime
 * itself writes an alarming line to the terminal about what is, on most machines, as it should be.
 */
function missingLibrary(provider: ProviderName): string | undefined {
  if (provider === 'cpu') return undefined;
  const name = `onnxruntime_providers_${provider}`;
  const file = process.platform === 'win32' ? `${name}.dll` : `lib${name}.so`;
  const bin = join(dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json')), 'bin');
  const found = readdirSync(bin).some((api) =>
    existsSync(join(bin, api, process.platform, process.arch, file)),
  );
  return found ? undefined : file;
}
