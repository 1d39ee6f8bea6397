import { describe, expect, it } from 'vitest';
import { cudaMajor, nvidiaPackages } from '../../src/setup/gpu-packages.ts';
import { SetupError } from '../../src/setup/steps.mjs';

describe('packages of NVIDIA', () => {
  it('follow the CUDA that ONNX Runtime was built for, found or not', () => {
    expect(cudaMajor('\tlibcudart.so.12 => not found\n\tlibcublas.so.12 => not found\n')).toBe(12);
    expect(cudaMajor('\tlibcudart.so.13 => /usr/lib/libcudart.so.13 (0x00007f)\n')).toBe(13);
    expect(nvidiaPackages('cuda', 12).every((name) => name.includes('-cu12'))).toBe(true);
    expect(nvidiaPackages('tensorrt', 13)).toEqual(['tensorrt-cu13-libs>=10,<11']);
  });

  it('are not guessed for another CUDA', () => {
    expect(() => cudaMajor('\tlibcudart.so.14 => not found\n')).toThrow(SetupError);
    expect(() => cudaMajor('\tlibc.so.6 => /lib/libc.so.6\n')).toThrow(/unknown version/);
  });
});
