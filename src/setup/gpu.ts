/**
 * `npm run gpu:setup`: fetches and builds what the TensorRT and CUDA providers need, into `.gpu/` and beside
 * onnxruntime-node, and says what then runs. Nothing is installed on the machine itself; the driver is.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { basename, delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { env as onnxRuntime } from 'onnxruntime-node';
import {
  describeMissing,
  findGpu,
  GPU_FOLDER,
  type GpuProvider,
  missingLibraries,
  providerFolder,
} from '../model/gpu-libraries.ts';
import { OPTIONS_MODULE } from '../model/tensorrt.ts';
import { cudaMajor, nvidiaPackages } from './gpu-packages.ts';
import { findProgram, Reporter, ROOT, runMain, runQuietly, runVisibly, SetupError } from './steps.mjs';

const LIBRARIES = join(GPU_FOLDER, 'lib');
const WHEELS = join(GPU_FOLDER, 'wheels');
const reporter = new Reporter();

await runMain(async () => {
  const { values } = parseArgs({ options: { 'without-gpu': { type: 'boolean', default: false } } });
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new SetupError('There are GPU libraries of ONNX Runtime for Linux x64 only.');
  }
  const gpu = findGpu();
  if (gpu) reporter.done('GPU', `${gpu.name}, ${gpu.memoryMb} MB, driver ${gpu.driver}`);
  else if (values['without-gpu']) reporter.note('GPU: nvidia-smi finds none; going on without.');
  else {
    throw new SetupError(
      'nvidia-smi finds no GPU here. Install the driver first, or prepare for another machine: npm run gpu:setup -- --without-gpu',
    );
  }
  process.env.LD_LIBRARY_PATH = [LIBRARIES, process.env.LD_LIBRARY_PATH].filter(Boolean).join(delimiter);
  mkdirSync(LIBRARIES, { recursive: true });
  await prepareProviders();
  await prepareNvidiaLibraries('cuda');
  await prepareNvidiaLibraries('tensorrt').catch((error: Error) => {
    reporter.note(`TensorRT is left out, CUDA does its work more slowly: ${error.message.trim()}`);
  });
  await buildOptionsModule();
  return runVisibly(process.execPath, [join(ROOT, 'src/main.ts'), 'providers']);
});

/** ONNX Runtime's own libraries, which its npm package leaves out because of their size. */
async function prepareProviders(): Promise<void> {
  const folder = providerFolder()!;
  const name = 'ONNX Runtime';
  if (existsSync(join(folder, 'libonnxruntime_providers_cuda.so'))) {
    reporter.done(name, 'its GPU libraries are there');
    return;
  }
  const version = onnxRuntime.versions.node;
  try {
    const script = join(ROOT, 'node_modules/onnxruntime-node/script/install.js');
    await reporter.step(name, `fetching the GPU libraries of ${version}, built for CUDA 12`, () =>
      // Not "cuda12": its installer takes that for nothing, and below an npm it then does nothing.
      runQuietly(process.execPath, [script], {
        env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'true' },
        hint: 'Its installer failed.',
      }),
    );
  } catch {
    await reporter.step(name, 'fetching those of its Python package instead, built for CUDA 13', async () => {
      // What is taken out of it does not depend on the version of Python.
      await pipInstall(
        ['--python-version=3.11', '--platform=manylinux_2_28_x86_64', '--only-binary=:all:'],
        [`onnxruntime-gpu==${version}`],
      );
      const libraries = globSync(join(WHEELS, 'onnxruntime/capi/libonnxruntime_providers_*.so'));
      await Promise.all(libraries.map((file) => copyFile(file, join(folder, basename(file)))));
    });
  }
}

/** Libraries of NVIDIA that the machine does not have, from their Python packages, linked in one folder. */
async function prepareNvidiaLibraries(provider: GpuProvider): Promise<void> {
  const missing = missingLibraries(provider).filter((library) => !library.startsWith('libcuda.'));
  const name = provider === 'cuda' ? 'CUDA libraries' : 'TensorRT';
  if (missing.length === 0) {
    reporter.done(name, 'all are there');
    return;
  }
  const file = join(providerFolder()!, `libonnxruntime_providers_${provider}.so`);
  const packages = nvidiaPackages(provider, cudaMajor(execFileSync('ldd', [file], { encoding: 'utf8' })));
  await reporter.step(name, `fetching ${packages.join(', ')} (gigabytes)`, async () => {
    await pipInstall([], packages);
    for (const library of globSync(join(WHEELS, '{nvidia/*/lib,tensorrt_libs}/*.so*'))) {
      const link = join(LIBRARIES, basename(library));
      rmSync(link, { force: true });
      symlinkSync(library, link);
    }
    const left = missingLibraries(provider).filter((library) => !library.startsWith('libcuda.'));
    if (left.length > 0)
      throw new SetupError(`These packages do not hold all of it: ${describeMissing(left)}`);
  });
}

async function pipInstall(options: string[], packages: string[]): Promise<void> {
  const python = findProgram('python3');
  if (!python) throw new SetupError('Python 3 with pip is needed to fetch the libraries.');
  const quiet = ['--quiet', '--no-deps', '--upgrade', '--disable-pip-version-check', '--target', WHEELS];
  const hint = `${packages.join(' ')} could not be fetched with pip: check the connection, or install the libraries of these packages on the machine.`;
  try {
    await runQuietly(python, ['-m', 'pip', 'install', ...quiet, ...options, ...packages], { hint });
  } catch {
    // Pages of pip's retries and tracebacks say no more than this.
    throw new SetupError(hint);
  }
}

/** The module that gives the TensorRT provider its options. */
async function buildOptionsModule(): Promise<void> {
  const source = fileURLToPath(new URL('../model/tensorrt-options.c', import.meta.url));
  const headers = join(dirname(process.execPath), '../include/node');
  if (!existsSync(join(headers, 'node_api.h'))) {
    throw new SetupError(
      `The headers of Node are not at ${headers}: use Node from nodejs.org, which has them.`,
    );
  }
  const compiler = findProgram('cc') ?? findProgram('gcc') ?? findProgram('clang');
  if (!compiler) throw new SetupError('A C compiler is needed: install gcc.');
  const args = ['-O2', '-shared', '-fPIC', `-I${headers}`, '-o', OPTIONS_MODULE, source];
  await reporter.step('TensorRT options', 'compiling the module that passes them on', () =>
    runQuietly(compiler, args, { hint: 'The module could not be compiled.' }),
  );
}
