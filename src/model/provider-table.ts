import { type GpuProvider, missingLibraries } from './gpu-libraries.ts';

export type ProviderName = GpuProvider | 'cpu';
/** `auto` takes the first of the table that really loads. */
export type ProviderChoice = 'auto' | ProviderName;

export interface Provider {
  readonly name: ProviderName;
  /**
   * What a session is opened with. Nothing that could stand in for `name` in silence: only operators that TensorRT
   * lacks may run on CUDA, and a provider that does not load throws whatever follows it.
   */
  readonly sessionProviders: readonly ProviderName[];
  /** Libraries without which it does not load. */
  readonly missing: () => string[];
  /** Whether it may take minutes to open and warm up a graph, the first time: what it builds then is kept on disk. */
  readonly buildsEngines: boolean;
  /** Whether a graph of the pack draws pictures on it, rather than the renderer's own code for processors. */
  readonly drawsPictures: boolean;
}

/** Execution providers in order of preference, as ONNX Runtime names them. */
export const PROVIDERS: readonly Provider[] = Object.freeze([
  {
    name: 'tensorrt',
    sessionProviders: ['tensorrt', 'cuda'],
    missing: () => [...missingLibraries('cuda'), ...missingLibraries('tensorrt')],
    buildsEngines: true,
    drawsPictures: true,
  },
  {
    name: 'cuda',
    sessionProviders: ['cuda'],
    missing: () => missingLibraries('cuda'),
    buildsEngines: false,
    // ONNX Runtime has no GridSample for CUDA.
    drawsPictures: false,
  },
  {
    name: 'cpu',
    sessionProviders: ['cpu'],
    missing: () => [],
    buildsEngines: false,
    drawsPictures: false,
  },
]);

/** Whether what is chosen may take one that builds engines. */
export function mayBuildEngines(choice: ProviderChoice, providers = PROVIDERS): boolean {
  return providers.some(
    ({ name, buildsEngines, missing }) =>
      buildsEngines && (choice === 'auto' || choice === name) && missing().length === 0,
  );
}
