import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { loadConfig } from '../src/config.ts';
import { MOTION_SIZE } from '../src/contract/motion-frame.ts';
import { BATCHES } from '../src/model/batches.ts';
import { findGpu } from '../src/model/gpu-libraries.ts';
import {
  BUILTIN_PACK,
  CONTROL_SIZE,
  type GraphName,
  loadPack,
  type PackManifest,
  SAMPLES_PER_FRAME,
} from '../src/model/pack.ts';
import { GraphLoader, type GraphTraits } from '../src/model/providers.ts';
import { engineFolder } from '../src/model/tensorrt.ts';
import { outermostFirst } from '../src/model/warm-up.ts';
import { fillGaussian } from '../src/random.ts';
import type { Report, Row } from './report.ts';
import { quantile } from './statistics.ts';

const RUNS = 30;
const WARM_RUNS = 3;
const SIZE = 512;
const FPS = 25;

type Feeds = Record<string, Tensor>;

/** QUALITY E: milliseconds of each graph by batch size on the provider that is live here. */
export async function benchGpu(): Promise<Report> {
  const { manifest, graphFiles } = await loadPack(BUILTIN_PACK);
  const { provider: choice, cacheDir } = loadConfig();
  const loader = await GraphLoader.choose(choice, graphFiles.motion, 1, {
    engineFolder: () => engineFolder(cacheDir, manifest),
  });
  const [block] = manifest.blocks;
  const rows: Row[] = [];
  const leastMs = {} as Record<GraphName, number>;
  for (const name of ['audio', 'motion', 'render'] as const) {
    const session = await loader.open(graphFiles[name], manifest.graphs[name]);
    const times = await timeBatches(session, (batch) => FEEDS[name](manifest, batch, block));
    await session.release();
    rows.push({
      measure: `${name}, operators by provider`,
      value: await placement(
        loader,
        graphFiles[name],
        manifest.graphs[name],
        FEEDS[name](manifest, 1, block),
      ),
    });
    leastMs[name] = Math.min(...BATCHES.map((batch) => times.get(batch)! / batch));
    for (const batch of BATCHES) {
      const wholeMs = times.get(batch)!;
      rows.push({
        measure: `${name}, ${batch} session${batch > 1 ? 's' : ''} in a run`,
        value: `${wholeMs.toFixed(2)} ms, ${(wholeMs / batch).toFixed(2)} ms a session`,
      });
    }
  }
  const blocksPerSecond = FPS / block;
  const sessionMs = blocksPerSecond * (leastMs.audio + leastMs.motion) + FPS * leastMs.render;
  rows.push(
    { measure: 'graphs of a session, for one second of it', value: sessionMs, unit: 'ms' },
    { measure: 'sessions if nothing but the graphs cost time', value: Math.floor(1000 / sessionMs) },
  );
  const gpu = loader.provider === 'cpu' ? undefined : findGpu();
  const skipped =
    loader.provider === 'cpu'
      ? [
          'no GPU provider loads here (npm run vultus -- providers says why): these are times of one processor thread, which in a live session draws without the render graph',
        ]
      : [];
  return {
    name: `E. Graphs by batch size, provider ${loader.provider}${gpu ? ` on ${gpu.name}` : ''}, blocks of ${block}, pictures of ${SIZE}×${SIZE}`,
    rows,
    skipped,
  };
}

/**
 * How many operators ran on which provider, by ONNX Runtime's own profile: whatever a provider lacks goes to the
 * processor without a word.
 */
async function placement(
  loader: GraphLoader,
  file: string,
  traits: GraphTraits,
  feeds: Feeds,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'vultus-profile-'));
  try {
    const session = await loader.open(file, traits, { profileFilePrefix: join(folder, 'profile') });
    await session.run(feeds);
    session.endProfiling();
    await session.release();
    const [profile] = await readdir(folder);
    const events: { args?: { provider?: string; node_index?: string } }[] = JSON.parse(
      await readFile(join(folder, profile), 'utf8'),
    );
    const counts = new Map<string, number>();
    for (const { args } of events) {
      if (args?.provider) counts.set(args.provider, (counts.get(args.provider) ?? 0) + 1);
    }
    return [...counts].map(([name, count]) => `${count} ${name.replace('ExecutionProvider', '')}`).join(', ');
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Median milliseconds of a run by batch size; the sizes take turns, so that other programs disturb all alike. */
async function timeBatches(
  session: InferenceSession,
  feedsOf: (batch: number) => Feeds,
): Promise<Map<number, number>> {
  const feeds = new Map(BATCHES.map((batch) => [batch, feedsOf(batch)]));
  for (const [batch] of outermostFirst(BATCHES)) {
    for (let i = 0; i < WARM_RUNS; i++) await session.run(feeds.get(batch)!);
  }
  const times = new Map(BATCHES.map((batch): [number, number[]] => [batch, []]));
  for (let i = 0; i < RUNS; i++) {
    for (const batch of BATCHES) {
      const startMs = performance.now();
      await session.run(feeds.get(batch)!);
      times.get(batch)!.push(performance.now() - startMs);
    }
  }
  return new Map([...times].map(([batch, values]) => [batch, quantile(values, 0.5)]));
}

/** Noise in the shape of a graph's input; times do not depend on what is in it. */
function noise(scale: number, ...shape: number[]): Tensor {
  const length = shape.reduce((product, size) => product * size);
  const values = new Float32Array(length);
  fillGaussian(values, 1, 0);
  return new Tensor(
    'float32',
    values.map((value) => scale * value),
    shape,
  );
}

/** The map that moves nothing: as in a real picture, neighbours read neighbours. */
function stillMap(batch: number, side: number): Tensor {
  const map = new Float32Array(batch * 2 * side * side);
  for (let i = 0; i < map.length; i++) {
    const cell = i % (side * side);
    const vertical = Math.floor(i / (side * side)) % 2 === 1;
    const at = vertical ? Math.floor(cell / side) : cell % side;
    map[i] = (2 * at + 1) / side - 1;
  }
  return new Tensor('float32', map, [batch, 2, side, side]);
}

/** Inputs of each graph for so many sessions. */
const FEEDS: Record<GraphName, (manifest: PackManifest, batch: number, block: number) => Feeds> = {
  audio: ({ audio }, batch, block) => ({
    pcm: noise(0.1, batch, audio.leftContextSamples + (block + audio.lookaheadFrames) * SAMPLES_PER_FRAME),
    memory: noise(1, batch, audio.memoryFrames, audio.memorySize),
  }),
  motion: ({ audio, motion }, batch, block) => ({
    noise: noise(1, batch, block, MOTION_SIZE),
    shown: noise(0.1, batch, block + 1, MOTION_SIZE),
    audio: noise(1, batch, 2 * block + 1, audio.featureSize),
    memory: noise(1, batch, motion.memoryFrames, motion.memorySize),
    controls: noise(0.1, batch, CONTROL_SIZE),
  }),
  render: (_, batch) => {
    const half = SIZE / 2;
    return {
      map: stillMap(batch, half),
      personLuma: noise(50, batch, 2, SIZE, SIZE),
      personChroma: noise(50, batch, 3, half, half),
      backgroundLuma: noise(50, batch, 1, SIZE, SIZE),
      backgroundChroma: noise(50, batch, 2, half, half),
    };
  },
};
