/** What the execution providers for NVIDIA GPUs need beside ONNX Runtime itself, and what of it is missing. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export type GpuProvider = 'tensorrt' | 'cuda';

/** Folder with what `npm run gpu:setup` has fetched and built; the commands of the project start with it in their library path. */
export const GPU_FOLDER = fileURLToPath(new URL('../../.gpu', import.meta.url));

/** Who a library belongs to, by the beginning of its name. */
const COMPONENTS: readonly (readonly [prefix: string, component: string])[] = Object.freeze([
  ['libcuda.so', 'the NVIDIA driver'],
  ['libcudart.', 'the CUDA runtime'],
  ['libcublas', 'cuBLAS'],
  ['libcudnn', 'cuDNN'],
  ['libcufft.', 'cuFFT'],
  ['libcurand.', 'cuRAND'],
  ['libnvrtc', 'NVRTC'],
  ['libnvinfer', 'TensorRT'],
  ['libnvonnxparser', 'TensorRT'],
  ['libonnxruntime_providers', "ONNX Runtime's GPU libraries"],
] as const);

/** Where onnxruntime-node looks for the libraries of providers, or undefined where it has none for this machine. */
export function providerFolder(): string | undefined {
  const root = dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));
  return readdirSync(join(root, 'bin'))
    .map((api) => join(root, 'bin', api, process.platform, process.arch))
    .find((folder) => existsSync(folder));
}

/**
 * Names of the libraries without which the provider does not load; none where it should. Asked beforehand, because
 * ONNX Runtime itself writes an alarming line to the terminal about what is, on most machines, as it should be.
 * @param folder with the provider's own library; default: where onnxruntime-node opens it
 */
export function missingLibraries(provider: GpuProvider, folder = providerFolder()): string[] {
  const name = `onnxruntime_providers_${provider}`;
  const file = process.platform === 'win32' ? `${name}.dll` : `lib${name}.so`;
  const path = folder && join(folder, file);
  if (!path || !existsSync(path)) return [file];
  if (process.platform !== 'linux') return [];
  try {
    return unresolved(execFileSync('ldd', [path], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  } catch {
    return []; // No ldd (or not for this file): opening the provider tells.
  }
}

/** The libraries that the dynamic loader does not find, from the output of `ldd`, each once. */
export function unresolved(lddOutput: string): string[] {
  return [...new Set([...lddOutput.matchAll(/^\s*(\S+) => not found/gm)].map(([, name]) => name))];
}

/** One sentence about what is missing and how to get it. */
export function describeMissing(libraries: readonly string[]): string {
  const byComponent = new Map<string, string[]>();
  for (const library of libraries) {
    const component = COMPONENTS.find(([prefix]) => library.startsWith(prefix))?.[1] ?? 'a system library';
    byComponent.set(component, [...(byComponent.get(component) ?? []), library]);
  }
  const parts = [...byComponent].map(([component, names]) => `${component} (${names.join(', ')})`);
  const needsDriver = byComponent.delete('the NVIDIA driver');
  const ways = [
    ...(needsDriver ? ["install the GPU's driver from NVIDIA or your distribution"] : []),
    ...(byComponent.size > 0 ? ['npm run gpu:setup fetches what it can'] : []),
  ];
  return `${parts.join(', ')} not found: ${ways.join('; ')}`;
}

/** What an error of ONNX Runtime comes down to: the library that it could not open, else its first line. */
export function describeFailure(message: string): string {
  const library = /(lib[\w.-]+\.so[.\d]*): cannot open shared object file/.exec(message)?.[1];
  if (library) return describeMissing([library]);
  const cuda = /CUDA failure \d+: [^;]+/.exec(message)?.[0].trim();
  return cuda ?? message.split('\n')[0];
}

/** With a broken driver it may not come back. */
const NVIDIA_SMI_TIMEOUT_MS = 10_000;

export interface Gpu {
  name: string;
  driver: string;
  memoryMb: number;
}

/** The first GPU that the driver's `nvidia-smi` knows, or undefined. */
export function findGpu(): Gpu | undefined {
  try {
    const query = ['--query-gpu=name,driver_version,memory.total', '--format=csv,noheader,nounits'];
    const text = execFileSync('nvidia-smi', query, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: NVIDIA_SMI_TIMEOUT_MS,
    });
    const [name, driver, memory] = text
      .split('\n')[0]
      .split(',')
      .map((part) => part.trim());
    return name && driver ? { name, driver, memoryMb: Number(memory) } : undefined;
  } catch {
    return undefined;
  }
}
