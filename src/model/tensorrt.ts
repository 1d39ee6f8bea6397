/** Options of ONNX Runtime's TensorRT provider: half precision, and engines that are built once and kept on disk. */
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { env } from 'onnxruntime-node';
import { VultusError } from '../errors.ts';
import { makeFolder } from '../make-folder.ts';
import { findGpu, GPU_FOLDER, type Gpu } from './gpu-libraries.ts';
import type { PackManifest } from './pack.ts';

/** The native module that passes options on; built by `npm run gpu:setup` from tensorrt-options.c, which says why. */
export const OPTIONS_MODULE = join(GPU_FOLDER, 'tensorrt-options.node');

/** The names and values of trt_… options that `SessionOptionsAppendExecutionProvider_TensorRT_V2` takes. */
export type TensorRtOptions = readonly (readonly [key: string, value: string])[];

/**
 * An engine fits one set of graphs, one model of GPU with its driver, and one version of ONNX Runtime: each
 * combination has a folder of its own, so that none is opened that was built for another.
 */
export function engineFolder(
  cacheDir: string,
  { graphs }: Pick<PackManifest, 'graphs'>,
  gpu: Gpu | undefined = findGpu(),
  runtimeVersion = env.versions.node ?? 'unknown',
): string {
  const pack = createHash('sha256');
  for (const { sha256 } of Object.values(graphs)) pack.update(sha256);
  const parts = [
    pack.digest('hex').slice(0, 12),
    gpu?.name ?? 'unknown gpu',
    gpu?.driver ?? '',
    runtimeVersion,
  ];
  const name = parts.map((part) => part.toLowerCase().replaceAll(/[^a-z0-9.]+/g, '-')).join('_');
  return join(cacheDir, 'tensorrt', name);
}

/**
 * @param folder from `engineFolder`; made if it is not there
 * @throws VultusError `config_invalid` where nothing can be kept in it
 */
export function openEngineFolder(folder: string): string {
  try {
    makeFolder(resolve(folder));
    accessSync(folder, constants.W_OK);
    return folder;
  } catch (cause) {
    throw new VultusError('config_invalid', `the cache folder: ${(cause as Error).message}`, { cause });
  }
}

/** @param folder from `openEngineFolder` */
export function tensorRtOptions(folder: string, fp16: boolean): TensorRtOptions {
  return [
    ['trt_engine_cache_enable', '1'],
    ['trt_engine_cache_path', folder],
    ['trt_timing_cache_enable', '1'],
    ['trt_timing_cache_path', folder],
    ['trt_fp16_enable', fp16 ? '1' : '0'],
    // Sums of squares over a channel are what leaves the range of FP16 first.
    ['trt_layer_norm_fp32_fallback', '1'],
  ];
}

interface OptionsModule {
  /** For the sessions that this thread opens from now on. */
  setOptions(entries: TensorRtOptions): void;
}

/**
 * Loads the native module into this thread; onnxruntime-node must have been loaded before.
 * @throws Error if it was not built, or does not fit this ONNX Runtime
 */
export function loadOptionsModule(file = OPTIONS_MODULE): OptionsModule {
  if (!existsSync(file)) {
    throw new Error(
      'its options module is not built (half precision, engine cache): npm run gpu:setup builds it',
    );
  }
  return createRequire(import.meta.url)(file) as OptionsModule;
}
