import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { missingLibraries } from '../../src/model/gpu-libraries.ts';
import { BUILTIN_PACK } from '../../src/model/pack.ts';
import { PROVIDERS } from '../../src/model/provider-table.ts';
import { GraphLoader } from '../../src/model/providers.ts';

const GRAPH = join(BUILTIN_PACK, 'motion.onnx');
const cpu = PROVIDERS.find(({ name }) => name === 'cpu')!;
const unavailable = (detail: RegExp) =>
  expect.objectContaining({ code: 'provider_unavailable', detail: expect.stringMatching(detail) });

/** Providers of this name that lack a library, or whose libraries are there and do not load. */
const lacking = (name: 'tensorrt' | 'cuda', library: string) => ({
  name,
  sessionProviders: [name],
  missing: () => [library],
  buildsEngines: false,
  drawsPictures: false,
});
const broken = (name: 'tensorrt' | 'cuda') => ({ ...lacking(name, ''), missing: () => [] });

describe('choice of a provider', () => {
  it('goes from the fastest to the one that always works', () => {
    expect(PROVIDERS.map(({ name }) => name)).toEqual(['tensorrt', 'cuda', 'cpu']);
  });

  it('lets nothing stand in for a provider but CUDA for operators that TensorRT lacks', () => {
    const standIns = PROVIDERS.map(({ sessionProviders }) => sessionProviders);
    expect(standIns).toEqual([['tensorrt', 'cuda'], ['cuda'], ['cpu']]);
  });

  it('takes the first that really loads', async () => {
    const providers = [lacking('tensorrt', 'libnvinfer.so.10'), lacking('cuda', 'libcudart.so.12'), cpu];
    const loader = await GraphLoader.choose('auto', GRAPH, 1, { providers });
    expect(loader.provider).toBe('cpu');
  });

  it('says in one sentence that the cache cannot be used, also where another provider would do', async () => {
    const building = { ...broken('tensorrt'), buildsEngines: true };
    const choice = GraphLoader.choose('auto', GRAPH, 1, {
      providers: [building, cpu],
      // A file stands where the folder would be.
      engineFolder: () => join(GRAPH, 'tensorrt', 'of-this-gpu'),
    });
    await expect(choice).rejects.toMatchObject({
      code: 'config_invalid',
      detail: expect.stringMatching(/^the cache folder: ENOTDIR/),
    });
  });

  it('does not fall back from one that was demanded, and says what it lacks', async () => {
    const providers = [lacking('tensorrt', 'libnvinfer.so.10'), lacking('cuda', 'libcudart.so.12'), cpu];
    const choose = (name: 'tensorrt' | 'cuda') => GraphLoader.choose(name, GRAPH, 1, { providers });
    await expect(choose('tensorrt')).rejects.toThrow(
      unavailable(/^tensorrt: TensorRT \(libnvinfer\.so\.10\) not found/),
    );
    await expect(choose('cuda')).rejects.toThrow(unavailable(/^cuda: the CUDA runtime/));
  });

  it.runIf(missingLibraries('cuda').length > 0)(
    'takes no provider whose libraries are there but do not load',
    async () => {
      const providers = [broken('cuda'), cpu];
      await expect(GraphLoader.choose('cuda', GRAPH, 1, { providers })).rejects.toThrow(
        unavailable(/^cuda: /),
      );
    },
  );

  it('says of each why, where none works', async () => {
    const providers = [lacking('tensorrt', 'libcublas.so.12'), lacking('cuda', 'libcuda.so.1')];
    await expect(GraphLoader.choose('auto', GRAPH, 1, { providers })).rejects.toThrow(
      unavailable(/^tensorrt: cuBLAS.*; cuda: the NVIDIA driver/),
    );
  });
});

it('opens graphs one after the other, and goes on after one that fails', async () => {
  const loader = await GraphLoader.choose('cpu', GRAPH);
  const [first, failed, last] = await Promise.allSettled([
    loader.open(GRAPH),
    loader.open(join(BUILTIN_PACK, 'nowhere.onnx')),
    loader.open(join(BUILTIN_PACK, 'audio.onnx')),
  ]);
  expect([first.status, failed.status, last.status]).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});
