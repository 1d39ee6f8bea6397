import { createHash } from 'node:crypto';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { readAudioFile } from '../audio/read-audio-file.ts';
import {
  type Backdrop,
  type BackdropChoice,
  KEEP,
  parseBackdrop,
  stackedHeight,
} from '../contract/backdrop.ts';
import { isPictureSize } from '../contract/format-choice.ts';
import { FITS, type Fit } from '../contract/formats.ts';
import { LATENCY_MODES, type LatencyMode } from '../contract/latency.ts';
import { offlineMotion } from '../engine/process/offline-motion.ts';
import { pictureBackdrop } from '../image/backdrop-picture.ts';
import { createI420 } from '../image/i420.ts';
import { cuesOf } from '../media/caption-cues.ts';
import { Mp4Writer } from '../media/mp4-writer.ts';
import { webVtt } from '../media/webvtt.ts';
import { liveLinkHeader, liveLinkRow } from '../model/live-link-csv.ts';
import { addControlOptions, type ControlOptions, integerBetween, toControls } from './control-options.ts';
import { assertFile, readInput } from './files.ts';
import { addModelOptions, type ModelOptions, openModels } from './models.ts';
import { OutputFile } from './output-file.ts';
import { ProgressBar } from './progress-bar.ts';
import { readWords } from './words-file.ts';

const FILM = { name: 'MP4', endings: ['.mp4', '.m4v'] };
const CAPTIONS = { name: 'WebVTT', endings: ['.vtt'] };
const MOTION_TABLE = { name: 'CSV', endings: ['.csv'] };

interface RenderOptions extends ControlOptions, ModelOptions {
  output: string;
  motion?: string;
  words?: string;
  size: { width: number; height: number };
  fit: Fit;
  fps: 25 | 30 | 40 | 50 | 60;
  seed?: number;
  latency: LatencyMode;
  face?: number;
  background: BackdropChoice;
}

/** `vultus render <portrait> <voice> -o out.mp4` */
export function addRenderCommand(program: Command): void {
  const command = program
    .command('render')
    .description('make a video of a portrait that speaks a recorded voice')
    .argument('<portrait>', 'PNG, JPEG, WebP or AVIF with one face from the front')
    .argument('<voice>', 'WAV, FLAC, Ogg or MP3')
    .requiredOption('-o, --output <file>', 'MP4 to write; takes its place when it is complete')
    .option('--motion <file>', 'also write the motion as Live Link Face CSV')
    .option(
      '--words <file>',
      'what is said, as JSON [{ text, startMs, endMs }]: writes captions (.vtt) beside the film',
    )
    .addOption(
      new Option('--size <pixels>', 'side of a square picture, or width and height, like 1080x1920')
        .default({ width: 512, height: 512 }, '512')
        .argParser(parseSize),
    )
    .addOption(
      new Option('--fit <what>', 'how much of the person is seen: the portrait in its whole height, or less')
        .choices(FITS)
        .default('portrait'),
    )
    .addOption(
      new Option('--fps <n>', 'pictures per second').choices(['25', '30', '40', '50', '60']).default('25'),
    )
    .addOption(
      new Option(
        '--background <what>',
        '"keep", "blur", "#rrggbb", a picture file, or "matte": twice as high, the matte below the person on black',
      )
        .default(KEEP, 'keep')
        .argParser(parseBackdrop),
    )
    .option(
      '--seed <n>',
      'same seed, same motion (default: of the portrait and the voice, so that the same two make the same film)',
      integerBetween(0, 2 ** 31 - 1),
    )
    .addOption(
      new Option('--latency <mode>', 'planned as far ahead as a live session of this mode')
        .choices(LATENCY_MODES)
        .default('balanced'),
    )
    .option('--face <n>', 'which face, where there are several (0 is the largest)', integerBetween(0, 99));
  addModelOptions(addControlOptions(command)).action(
    async (portrait: string, voice: string, options: RenderOptions) => {
      await render(portrait, voice, { ...options, fps: Number(options.fps) as RenderOptions['fps'] });
    },
  );
}

async function render(portraitFile: string, voiceFile: string, options: RenderOptions): Promise<void> {
  // Before any work: a place that cannot be written to is worth no waiting.
  const film = await OutputFile.create(options.output, FILM);
  let motion: OutputFile | undefined;
  let captions: OutputFile | undefined;
  try {
    if (options.motion !== undefined) motion = await OutputFile.create(options.motion, MOTION_TABLE);
    if (options.words !== undefined) {
      captions = await OutputFile.create(options.output.replace(/\.\w+$/, '.vtt'), CAPTIONS);
      await captions.write(webVtt(cuesOf(await readWords(options.words))));
    }
    await renderInto(film, motion, portraitFile, voiceFile, options);
    await motion?.complete();
    await captions?.complete();
    await film.complete();
  } finally {
    film.discard();
    motion?.discard();
    captions?.discard();
  }
}

async function renderInto(
  film: OutputFile,
  motionTable: OutputFile | undefined,
  portraitFile: string,
  voiceFile: string,
  options: RenderOptions,
): Promise<void> {
  const startMs = performance.now();
  await assertFile(voiceFile);
  const [portrait, { voice48k: voice, warnings }] = await Promise.all([
    readInput(portraitFile),
    readAudioFile(voiceFile),
  ]);
  const seed = options.seed ?? seedOf(portrait, voice);
  for (const warning of warnings) console.error(`! ${warning}`);
  const backdrop = await openBackdrop(options.background);
  const models = await openModels(options);
  const { size, fit, fps } = options;
  let movie: Mp4Writer | undefined;
  try {
    const { rig, quality } = await models.factory.analyse(portrait, { faceIndex: options.face });
    for (const { sentence } of quality.findings) console.error(`! ${sentence}`);
    const avatar = models.renderer.prepare(rig, { ...size, fit }, backdrop);
    const picture = createI420(size.width, stackedHeight(size.height, backdrop));
    movie = Mp4Writer.create(film.path, {
      video: { width: picture.width, height: picture.height, fps },
      audio: { sampleRateHz: 48000 },
    });
    const rows = [liveLinkHeader()];
    const progress = new ProgressBar('rendering', Math.ceil((voice.length / 48000) * fps));
    const frames = offlineMotion(models.motion, voice, { ...options, seed }, toControls(options));
    const voicePerPicture = 48000 / fps;
    for await (const { index, mediaTimeMs, frame } of frames) {
      await avatar.draw(frame, picture, { mediaTimeMs, seed });
      movie.writePicture(picture);
      movie.writeVoice(voice.subarray(index * voicePerPicture, (index + 1) * voicePerPicture));
      if (motionTable) rows.push(liveLinkRow(frame, index, fps));
      progress.update(index + 1);
    }
    progress.end();
    await motionTable?.write(`${rows.join('\n')}\n`);
  } finally {
    // Models first: what fails while the film is completed must not keep their threads, and the process, alive.
    await models.close();
    movie?.close();
  }
  const seconds = (performance.now() - startMs) / 1000;
  console.error(
    `${options.output}: ${(voice.length / 48000).toFixed(1)} s of video in ${seconds.toFixed(1)} s`,
  );
}

/** Two films beside each other do not blink in the same moment, and a film made again is the same. */
function seedOf(portrait: Uint8Array, voice: Float32Array): number {
  const bytes = new Uint8Array(voice.buffer, voice.byteOffset, voice.byteLength);
  return createHash('sha256').update(portrait).update(bytes).digest().readUInt32LE(0) % 2 ** 31;
}

function openBackdrop(choice: BackdropChoice): Promise<Backdrop> | Backdrop {
  return choice.kind === 'file' ? readInput(choice.file).then((bytes) => pictureBackdrop(bytes)) : choice;
}

export function parseSize(text: string): RenderOptions['size'] {
  const [, width, height = width] = text.match(/^(\d+)(?:[x×](\d+))?$/) ?? [];
  const size = { width: Number(width), height: Number(height) };
  if (!isPictureSize(size.width, size.height)) {
    const near = nearestSide(size.width);
    const hint = height === width && near ? ` ${near} is the nearest.` : '';
    throw new InvalidArgumentError(
      `Give a side, or width and height like 1080x1920: multiples of 16, or 1080, from 256, up to 1920x1080 or 1080x1920.${hint}`,
    );
  }
  return size;
}

/** Of a square picture; undefined where no number was given. */
function nearestSide(side: number): number | undefined {
  if (!Number.isFinite(side)) return undefined;
  return Math.min(1080, Math.max(256, 16 * Math.round(side / 16)));
}
