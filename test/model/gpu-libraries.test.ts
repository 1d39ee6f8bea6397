import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  describeFailure,
  describeMissing,
  missingLibraries,
  unresolved,
} from '../../src/model/gpu-libraries.ts';

describe('missing libraries', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vultus-gpu-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('are the provider itself where it was not fetched', () => {
    expect(missingLibraries('cuda', folder)).toEqual([expect.stringMatching(/onnxruntime_providers_cuda/)]);
    expect(missingLibraries('tensorrt', folder)).toEqual([
      expect.stringMatching(/onnxruntime_providers_tensorrt/),
    ]);
  });

  it.runIf(process.platform === 'linux')('are what the loader does not find of a real library', () => {
    const build = (name: string, ...args: string[]) =>
      execFileSync('cc', ['-shared', '-fPIC', '-o', join(folder, name), ...args], { cwd: folder });
    writeFileSync(join(folder, 'needed.c'), 'int needed(void) { return 1; }');
    writeFileSync(join(folder, 'provider.c'), 'int needed(void); int provider(void) { return needed(); }');
    build('libcublas.so.99', '-Wl,-soname,libcublas.so.99', 'needed.c');
    build('libonnxruntime_providers_cuda.so', 'provider.c', '-L.', '-l:libcublas.so.99');
    expect(missingLibraries('cuda', folder)).toEqual(['libcublas.so.99']);
    build('libonnxruntime_providers_cuda.so', 'needed.c');
    expect(missingLibraries('cuda', folder)).toEqual([]);
  });

  it('are read from the output of ldd, each once', () => {
    const output = `
	libcublas.so.12 => not found
	libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f0000000000)
	libcuda.so.1 => not found
	libcublas.so.12 => not found
`;
    expect(unresolved(output)).toEqual(['libcublas.so.12', 'libcuda.so.1']);
    expect(unresolved('\tstatically linked\n')).toEqual([]);
  });

  it('are named by what they belong to, with the way to get them', () => {
    expect(describeMissing(['libcublas.so.12', 'libcublasLt.so.12', 'libcudart.so.12'])).toBe(
      'cuBLAS (libcublas.so.12, libcublasLt.so.12), the CUDA runtime (libcudart.so.12) not found: npm run gpu:setup fetches what it can',
    );
    expect(describeMissing(['libcuda.so.1'])).toMatch(
      /the NVIDIA driver \(libcuda\.so\.1\) not found: install/,
    );
    expect(describeMissing(['libcuda.so.1'])).not.toMatch(/gpu:setup/);
    expect(describeMissing(['libnvinfer.so.10'])).toMatch(/^TensorRT .*gpu:setup/);
    expect(describeMissing(['libonnxruntime_providers_cuda.so'])).toMatch(/^ONNX Runtime's GPU libraries/);
  });
});

describe('failures of ONNX Runtime', () => {
  it.each([
    [
      'Failed to load library /x/libonnxruntime_providers_cuda.so with error: libcudnn.so.9: cannot open shared object file: No such file or directory',
      /^cuDNN \(libcudnn\.so\.9\) not found/,
    ],
    [
      '/onnxruntime_src/cuda_call.cc:154 … CUDA failure 35: CUDA driver version is insufficient for CUDA runtime version ; GPU=-1 ; hostname=vm',
      /^CUDA failure 35: CUDA driver version is insufficient for CUDA runtime version$/,
    ],
    ['Something else\nwith a second line', /^Something else$/],
  ])('come down to their cause', (message, sentence) => {
    expect(describeFailure(message)).toMatch(sentence);
  });
});
