import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MotionModel } from '../../src/model/motion-model.ts';
import { BUILTIN_PACK, loadPack } from '../../src/model/pack.ts';
import { GraphLoader } from '../../src/model/providers.ts';

// biome-ignore lint/suspicious/noExplicitAny: the tests break the manifest in ways that its type forbids
type Manifest = any;

describe('loadPack', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'vultus-pack-'));
    await cp(BUILTIN_PACK, directory, { recursive: true });
  });
  afterEach(() => rm(directory, { recursive: true }));

  const change = async (edit: (manifest: Manifest) => void) => {
    const file = join(directory, 'pack.json');
    const manifest = JSON.parse(await readFile(file, 'utf8'));
    edit(manifest);
    await writeFile(file, JSON.stringify(manifest));
  };
  const refusal = (detail: RegExp) =>
    expect.objectContaining({ code: 'pack_invalid', detail: expect.stringMatching(detail) });

  it('accepts the built-in pack, whose graphs are what its manifest says', async () => {
    const pack = await loadPack(directory);
    const loader = await GraphLoader.choose('cpu', pack.graphFiles.motion);
    const model = await MotionModel.open(pack, loader);
    expect(model.silence.features).toHaveLength(pack.manifest.audio.featureSize);
    expect(model.silence.remembered).toHaveLength(pack.manifest.audio.memorySize);
    await model.close();
  });

  it.each<[string, (manifest: Manifest) => void, RegExp]>([
    ['a format of the past', (m) => (m.format = 2), /^pack.json, format/],
    ['a format of the future', (m) => (m.format = 4), /^pack.json, format/],
    ['too few channels', (m) => (m.motion.channels = 52), /motion\.channels/],
    ['a mean of the wrong length', (m) => m.motion.mean.pop(), /motion\.mean/],
    ['a standard deviation of 0', (m) => (m.motion.std[3] = 0), /motion\.std/],
    ['a knee that leaves nothing', (m) => (m.motion.knees[41] = 1), /motion\.knees/],
    ['a gaze for two states', (m) => m.motion.gazePitch[1].pop(), /motion\.gazePitch/],
    ['a gaze for fewer blocks', (m) => m.motion.gazePitch.pop(), /motion\.gazePitch/],
    ['no renderer', (m) => delete m.renderer, /renderer/],
    ['a missing graph', (m) => delete m.graphs.audio, /graphs\.audio/],
    ['a file outside of the pack', (m) => (m.graphs.audio.file = '../audio.onnx'), /graphs\.audio\.file/],
    ['a missing mouth atlas', (m) => delete m.files.mouthAtlas, /files\.mouthAtlas/],
    ['a matte that is not there', (m) => (m.files.matte.file = 'gone.onnx'), /gone\.onnx cannot be read/],
    ['another face basis', (m) => (m.files.faceBasis.sha256 = '0'.repeat(64)), /face-basis\.bin has sha256/],
    ['a memory of nothing', (m) => (m.motion.memorySize = 0), /motion\.memorySize/],
    ['a byte graph that is not there', (m) => (m.graphs.audio.bytes.file = 'gone.onnx'), /gone\.onnx cannot/],
    ['a file that is not there', (m) => (m.graphs.motion.file = 'gone.onnx'), /gone\.onnx cannot be read/],
    ['a hash that does not fit', (m) => (m.graphs.motion.sha256 = '0'.repeat(64)), /has sha256/],
  ])('refuses %s and says where', async (_, edit, detail) => {
    await change(edit);
    await expect(loadPack(directory)).rejects.toThrow(refusal(detail));
  });

  it('refuses a damaged graph by its hash', async () => {
    const { manifest } = await loadPack(directory);
    const file = join(directory, manifest.graphs.audio.file);
    const bytes = await readFile(file);
    bytes[bytes.length >> 1] ^= 1;
    await writeFile(file, bytes);
    await expect(loadPack(directory)).rejects.toThrow(refusal(/sha256/));
  });

  it('refuses text that is not JSON, and a folder without a manifest', async () => {
    await writeFile(join(directory, 'pack.json'), 'motion');
    await expect(loadPack(directory)).rejects.toThrow(refusal(/not JSON/));
    await expect(loadPack(join(directory, 'nowhere'))).rejects.toThrow(refusal(/cannot be read/));
  });

  it('refuses a graph whose tensors are not what the manifest says', async () => {
    await change((m) => (m.graphs.motion.inputs.memory.shape[1] += 1));
    const pack = await loadPack(directory);
    const loader = await GraphLoader.choose('cpu', pack.graphFiles.motion);
    await expect(MotionModel.open(pack, loader)).rejects.toThrow(refusal(/input "memory"/));
  });

  it('refuses bytes that are no graph, with the hash in order', async () => {
    const bytes = Buffer.from('no graph');
    await change((m) => (m.graphs.motion.sha256 = createHash('sha256').update(bytes).digest('hex')));
    const { graphFiles } = await loadPack(BUILTIN_PACK);
    await writeFile(join(directory, graphFiles.motion.split('/').at(-1)!), bytes);
    const pack = await loadPack(directory);
    await expect(GraphLoader.choose('cpu', pack.graphFiles.motion)).rejects.toThrow(
      expect.objectContaining({ code: 'provider_unavailable' }),
    );
  });
});

it('does not fall back in silence from a provider that was demanded', async () => {
  const { graphFiles } = await loadPack(BUILTIN_PACK);
  await expect(GraphLoader.choose('tensorrt', graphFiles.motion)).rejects.toThrow(
    expect.objectContaining({ code: 'provider_unavailable', detail: expect.stringMatching(/^tensorrt: /) }),
  );
});
