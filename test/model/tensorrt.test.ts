import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { env, InferenceSession } from 'onnxruntime-node';
import { afterAll, describe, expect, it } from 'vitest';
import { missingLibraries } from '../../src/model/gpu-libraries.ts';
import { BUILTIN_PACK, loadPack } from '../../src/model/pack.ts';
import {
  engineFolder,
  loadOptionsModule,
  openEngineFolder,
  tensorRtOptions,
} from '../../src/model/tensorrt.ts';

// What is missing is meant to be missing here.
env.logLevel = 'fatal';

const folder = mkdtempSync(join(tmpdir(), 'vultus-tensorrt-'));
afterAll(() => rmSync(folder, { recursive: true }));
const gpu = { name: 'NVIDIA L40S', driver: '570.86.15', memoryMb: 46068 };

describe('the folder of engines', async () => {
  const { manifest } = await loadPack(BUILTIN_PACK);

  it('is one for each pack, GPU, driver and ONNX Runtime', () => {
    const name = engineFolder('/cache', manifest, gpu, '1.30.0');
    expect(name).toMatch(/^\/cache\/tensorrt\/[0-9a-f]{12}_nvidia-l40s_570\.86\.15_1\.30\.0$/);
    const retrained = structuredClone(manifest);
    retrained.graphs.motion.sha256 = '0'.repeat(64);
    const others = [
      engineFolder('/cache', retrained, gpu, '1.30.0'),
      engineFolder('/cache', manifest, { ...gpu, name: 'NVIDIA H100 80GB HBM3' }, '1.30.0'),
      engineFolder('/cache', manifest, { ...gpu, driver: '580.65.06' }, '1.30.0'),
      engineFolder('/cache', manifest, gpu, '1.31.1'),
    ];
    expect(new Set([name, ...others])).toHaveProperty('size', 5);
    expect(engineFolder('/cache', manifest, gpu, '1.30.0')).toBe(name);
  });

  it('is made, and everything that is built is kept in it', () => {
    const engines = join(folder, 'engines', 'of-this-gpu');
    const options = Object.fromEntries(tensorRtOptions(openEngineFolder(engines), true));
    expect(existsSync(engines)).toBe(true);
    expect(options).toMatchObject({
      trt_engine_cache_enable: '1',
      trt_engine_cache_path: engines,
      trt_timing_cache_enable: '1',
      trt_timing_cache_path: engines,
      trt_fp16_enable: '1',
    });
    expect(Object.fromEntries(tensorRtOptions(engines, false)).trt_fp16_enable).toBe('0');
  });

  it('serves half precision only to graphs that keep their results in it', () => {
    const { audio, motion, render } = manifest.graphs;
    expect([audio.fp16, motion.fp16, render.fp16]).toEqual([false, true, false]);
  });
});

it('says how to build the module that passes options on, where it is absent', () => {
  expect(() => loadOptionsModule(join(folder, 'absent.node'))).toThrow(/npm run gpu:setup/);
});

const headers = join(dirname(process.execPath), '../include/node');
describe.runIf(process.platform === 'linux' && existsSync(headers))('the options module', () => {
  const file = join(folder, 'tensorrt-options.node');
  const source = fileURLToPath(new URL('../../src/model/tensorrt-options.c', import.meta.url));
  const build = () =>
    execFileSync('cc', ['-O2', '-Wall', '-Werror', '-shared', '-fPIC', `-I${headers}`, '-o', file, source]);

  it('needs ONNX Runtime in its process', () => {
    build();
    const load = () =>
      execFileSync(process.execPath, ['-e', `require(${JSON.stringify(file)})`], { stdio: 'pipe' });
    expect(load).toThrow(/ONNX Runtime is not loaded/);
  });

  it('takes pairs of strings and nothing else, and leaves other providers alone', async () => {
    build();
    const module = loadOptionsModule(file);
    module.setOptions([['trt_fp16_enable', '1']]);
    const session = await InferenceSession.create(join(BUILTIN_PACK, 'motion.onnx'));
    await session.release();
    for (const wrong of [undefined, 1, [1], [['key']], [['key', 2]], Array(33).fill(['key', 'value'])]) {
      expect(() => module.setOptions(wrong as never)).toThrow(TypeError);
    }
    module.setOptions([]);
  });

  it.runIf(missingLibraries('tensorrt').length > 0)(
    'stands between onnxruntime-node and the provider',
    async () => {
      build();
      const module = loadOptionsModule(file);
      const open = () =>
        InferenceSession.create(join(BUILTIN_PACK, 'motion.onnx'), {
          executionProviders: ['tensorrt'],
          logSeverityLevel: 4,
        });
      // Without the provider's library both calls fail, the one that takes the options in words of its own.
      module.setOptions([]);
      await expect(open()).rejects.toThrow(/AppendExecutionProvider_TensorRT: Failed to load/);
      module.setOptions([['trt_fp16_enable', '1']]);
      await expect(open()).rejects.toThrow(/Failed to load library .*onnxruntime_providers/);
      module.setOptions([]);
      await expect(open()).rejects.toThrow(/AppendExecutionProvider_TensorRT: Failed to load/);
    },
  );
});
