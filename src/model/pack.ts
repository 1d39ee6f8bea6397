/**
 * The model pack: a folder with `pack.json` and the ONNX graphs it names. Everything is checked before the
 * first frame, so that a damaged or foreign pack fails at start with a sentence that says what is wrong.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { InferenceSession } from 'onnxruntime-node';
import { z } from 'zod';
import { MOTION_RATE_HZ, MOTION_SIZE } from '../contract/motion-frame.ts';
import { VultusError } from '../errors.ts';

/** Folder of the pack that comes with the project. */
export const BUILTIN_PACK = fileURLToPath(new URL('../../models/builtin', import.meta.url));

/** Samples per motion frame at the 16 kHz of the audio graph. */
export const SAMPLES_PER_FRAME = 640;
/** Controls that callers set, cues of the user's voice, arousal of the own: see `controlVector`. */
export const CONTROL_SIZE = 26;

const channelValues = z.array(z.number()).length(MOTION_SIZE);
const tensorSchema = z.object({
  type: z.enum(['float32', 'uint8', 'int64']),
  /** A name stands for a dimension that is free (batch, block, …). */
  shape: z.array(z.union([z.number().int().positive(), z.string()])),
});
const fileSchema = z.object({
  file: z.string().regex(/^[\w.-]+$/, 'must be a plain file name inside the pack'),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
const graphSchema = fileSchema.extend({
  /** The same graph with weights of 8 bits, for processors that multiply bytes. */
  bytes: fileSchema.optional(),
  inputs: z.record(z.string(), tensorSchema),
  outputs: z.record(z.string(), tensorSchema),
  /** May run in half precision on an accelerator; models/training measures which graphs keep their results. */
  fp16: z.boolean().default(false),
});

export const manifestSchema = z
  .object({
    format: z.literal(3),
    name: z.string(),
    version: z.string(),
    licence: z.string(),
    provenance: z.string(),
    /** What draws its motion, see src/render/renderers.ts. */
    renderer: z.string(),
    motion: z.object({
      rateHz: z.literal(MOTION_RATE_HZ),
      channels: z.literal(MOTION_SIZE),
      /** Shown frames that condition the next block, and how many numbers are remembered of each. */
      memoryFrames: z.number().int().positive(),
      memorySize: z.number().int().positive(),
      mean: channelValues,
      std: channelValues.refine((values) => values.every((value) => value > 0), 'must be positive'),
      min: channelValues,
      max: channelValues,
      /** The frame that fills the cache at the start; zeros if absent. */
      rest: channelValues.optional(),
      /** Below these, coefficients count as rest: see settled-frame.ts. */
      knees: channelValues.refine((values) => values.every((knee) => knee >= 0 && knee < 0.5)).optional(),
      /**
       * By how much the gaze, of head and eyes together, stands above the viewer where it is left to the model, for
       * each of `blocks`: speaking, listening, idle; radians.
       */
      gazePitch: z.array(z.array(z.number().min(-0.1).max(0.1)).length(3)).optional(),
      /** How many times the wanted blink rate has to be asked of the graph so that it comes; rows and columns as there. */
      blinkFactor: z.array(z.array(z.number().min(0.2).max(5)).length(3)).optional(),
    }),
    audio: z.object({
      sampleRateHz: z.literal(16000),
      leftContextSamples: z.number().int().nonnegative(),
      lookaheadFrames: z.number().int().min(0).max(4),
      featureSize: z.number().int().positive(),
      /** Frames that need not be heard again for a block, up to `lookaheadFrames` before it; numbers for each. */
      memoryFrames: z.number().int().positive(),
      memorySize: z.number().int().positive(),
    }),
    /** Block sizes (motion frames per run) that the motion graph was trained for. */
    blocks: z.array(z.number().int().positive()).min(1),
    controls: z.object({ size: z.literal(CONTROL_SIZE) }),
    graphs: z.object({ audio: graphSchema, motion: graphSchema, render: graphSchema }),
    /** What analysis and drawing read beside the graphs. */
    files: z.object({
      faceBasis: fileSchema.loose(),
      matte: fileSchema.loose(),
      mouthAtlas: fileSchema.loose(),
      faceDetector: fileSchema.loose(),
      faceMesh: fileSchema.loose(),
      iris: fileSchema.loose(),
      /** Drawn faces and their lines: src/model/face/drawn-face-finder.ts. */
      drawnDetector: fileSchema.loose(),
      drawnPoints: fileSchema.loose(),
      /** Enlarges them: src/model/drawing-enlarger.ts. */
      drawnEnlarge: fileSchema.loose(),
    }),
  })
  .refine(
    ({ blocks, motion: { gazePitch, blinkFactor } }) =>
      [gazePitch, blinkFactor].every((rows) => (rows?.length ?? blocks.length) === blocks.length),
    { message: 'motion.gazePitch and motion.blinkFactor must have one row for each of blocks' },
  );

export type PackManifest = z.infer<typeof manifestSchema>;
export type GraphName = keyof PackManifest['graphs'];
export type PackFileName = keyof PackManifest['files'];

export interface ModelPack {
  readonly directory: string;
  readonly manifest: PackManifest;
  /** Absolute path of each graph file. */
  readonly graphFiles: Readonly<Record<GraphName, string>>;
  /** And of the same graphs with weights of 8 bits, where there are any. */
  readonly byteGraphFiles: Readonly<Partial<Record<GraphName, string>>>;
  /** And of each other file. */
  readonly files: Readonly<Record<PackFileName, string>>;
}

/**
 * Reads and checks a pack: schema, files, hashes.
 * @throws VultusError `pack_invalid` that names the field or file.
 */
export async function loadPack(directory: string): Promise<ModelPack> {
  const manifest = parseManifest(await readPackFile(directory, 'pack.json'));
  const graphs = Object.entries(manifest.graphs);
  const byteGraphs = Object.fromEntries(
    graphs.flatMap(([name, { bytes }]) => (bytes ? [[name, bytes]] : [])),
  );
  const entries = [manifest.graphs, byteGraphs, manifest.files].flatMap((files) => Object.values(files));
  await Promise.all(entries.map((entry) => verifyHash(directory, entry)));
  return {
    directory,
    manifest,
    graphFiles: pathsOf(directory, manifest.graphs),
    byteGraphFiles: pathsOf(directory, byteGraphs),
    files: pathsOf(directory, manifest.files),
  };
}

function pathsOf<Name extends string>(directory: string, entries: Record<Name, { file: string }>) {
  const paths = Object.entries<{ file: string }>(entries).map(([name, { file }]) => [
    name,
    join(directory, file),
  ]);
  return Object.fromEntries(paths) as Record<Name, string>;
}

/** @throws VultusError `pack_invalid` */
export function parseManifest(json: Uint8Array): PackManifest {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(json));
  } catch (cause) {
    throw new VultusError('pack_invalid', 'pack.json is not JSON', { cause });
  }
  const result = manifestSchema.safeParse(value);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new VultusError(
      'pack_invalid',
      `pack.json, ${issue.path.join('.') || 'top level'}: ${issue.message}`,
    );
  }
  return result.data;
}

/**
 * Compares an open graph with what the manifest says of it.
 * @throws VultusError `pack_invalid`
 */
export function checkGraph(name: GraphName, manifest: PackManifest, session: InferenceSession): void {
  const graph = manifest.graphs[name];
  for (const [side, declared, actual] of [
    ['input', graph.inputs, session.inputMetadata],
    ['output', graph.outputs, session.outputMetadata],
  ] as const) {
    for (const [tensorName, { type, shape }] of Object.entries(declared)) {
      const found = actual.find((metadata) => metadata.name === tensorName);
      if (!found?.isTensor) {
        throw new VultusError('pack_invalid', `${graph.file} has no ${side} "${tensorName}"`);
      }
      const fits =
        found.type === type &&
        found.shape.length === shape.length &&
        shape.every((size, axis) => typeof size === 'string' || size === found.shape[axis]);
      if (!fits) {
        throw new VultusError(
          'pack_invalid',
          `${graph.file}, ${side} "${tensorName}": is ${found.type} [${found.shape}], pack.json says ${type} [${shape}]`,
        );
      }
    }
    for (const { name: extra } of actual) {
      if (!(extra in declared))
        throw new VultusError('pack_invalid', `${graph.file}: ${side} "${extra}" is undeclared`);
    }
  }
}

async function readPackFile(directory: string, file: string): Promise<Uint8Array> {
  try {
    return await readFile(join(directory, file));
  } catch (cause) {
    throw new VultusError('pack_invalid', `${file} cannot be read in ${directory}`, { cause });
  }
}

async function verifyHash(directory: string, entry: { file: string; sha256: string }): Promise<void> {
  const bytes = await readPackFile(directory, entry.file);
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found !== entry.sha256) {
    throw new VultusError(
      'pack_invalid',
      `${entry.file} has sha256 ${found}, pack.json says ${entry.sha256}`,
    );
  }
}
