/** The Python packages that hold NVIDIA's libraries. */
import type { GpuProvider } from '../model/gpu-libraries.ts';
import { SetupError } from './steps.mjs';

export type CudaMajor = 12 | 13;

/** For each major version of CUDA that ONNX Runtime is built for. TensorRT 10: its 11 has another interface. */
const PACKAGES: Readonly<Record<CudaMajor, Readonly<Record<GpuProvider, readonly string[]>>>> = Object.freeze(
  {
    12: {
      cuda: [
        'nvidia-cuda-runtime-cu12',
        'nvidia-cublas-cu12',
        'nvidia-cudnn-cu12>=9,<10',
        'nvidia-cufft-cu12',
        'nvidia-curand-cu12',
        'nvidia-cuda-nvrtc-cu12',
      ],
      tensorrt: ['tensorrt-cu12-libs>=10,<11'],
    },
    13: {
      cuda: [
        'nvidia-cuda-runtime>=13,<14',
        'nvidia-cublas>=13,<14',
        'nvidia-cudnn-cu13>=9,<10',
        'nvidia-cufft>=12,<13',
        'nvidia-curand>=10,<11',
        'nvidia-cuda-nvrtc>=13,<14',
      ],
      tensorrt: ['tensorrt-cu13-libs>=10,<11'],
    },
  },
);

/**
 * The CUDA that a provider's library was built for, from the output of `ldd`.
 * @throws SetupError for one that there is no list for
 */
export function cudaMajor(lddOutput: string): CudaMajor {
  const major = Number(/libcudart\.so\.(\d+)/.exec(lddOutput)?.[1]);
  if (major === 12 || major === 13) return major;
  throw new SetupError(
    `This ONNX Runtime was built for CUDA ${major || 'of an unknown version'}, known are 12 and 13.`,
  );
}

export function nvidiaPackages(provider: GpuProvider, major: CudaMajor): string[] {
  return [...PACKAGES[major][provider]];
}
