import { type Command, InvalidArgumentError, Option } from 'commander';
import { KEEP, parseBackdrop } from '../contract/backdrop.ts';
import { FITS } from '../contract/formats.ts';
import { LATENCY_MODES } from '../contract/latency.ts';
import { isPictureSize } from '../contract/picture-size.ts';
import { cuesOf } from '../media/caption-cues.ts';
import { type Cue, webVtt } from '../media/webvtt.ts';
import { addControlOptions, integerBetween } from './control-options.ts';
import { addFaceOptions } from './face-options.ts';
import { assertFile, readInput } from './files.ts';
import { addModelOptions } from './model-options.ts';
import { OutputFile } from './output-file.ts';
import { readPerformance } from './performance-file.ts';
import type { FilmOptions } from './render-film.ts';
import { readWords } from './words-file.ts';

export const FILM = { name: 'MP4', endings: ['.mp4', '.m4v'] };
export const CAPTIONS = { name: 'WebVTT', endings: ['.vtt'] };
const MOTION_TABLE = { name: 'CSV', endings: ['.csv'] };

interface RenderOptions extends Omit<FilmOptions, 'captions' | 'performed'> {
  output: string;
  motion?: string;
  words?: string;
  performance?: string;
}

/** `vultus render <portrait> [voice] -o out.mp4` */
export function addRenderCommand(program: Command): void {
  const command = program
    .command('render')
    .description('make a video of a portrait that speaks a recorded voice, moves as a performer did, or both')
    .argument('<portrait>', 'PNG, JPEG, WebP or AVIF with one face from the front')
    .argument('[voice]', 'WAV, FLAC, Ogg or MP3; may be absent beside --performance')
    .requiredOption('-o, --output <file>', 'MP4 to write; takes its place when it is complete')
    .option('--motion <file>', 'also write the motion as Live Link Face CSV')
    .option(
      '--words <file>',
      'what is said, as JSON [{ text, startMs, endMs }]: writes captions (.vtt) beside the film and as a track in it',
    )
    .option(
      '--performance <file>',
      "what a performer's face did from the beginning of the voice on, as Live Link Face CSV",
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
    );
  addModelOptions(addControlOptions(addFaceOptions(command))).action(
    async (portrait: string, voice: string | undefined, options: RenderOptions) => {
      if (voice === undefined && options.performance === undefined) {
        command.error('error: give a voice, or a --performance, or both');
      }
      await render(portrait, voice, { ...options, fps: Number(options.fps) as RenderOptions['fps'] });
    },
  );
}

async function render(
  portraitFile: string,
  voiceFile: string | undefined,
  options: RenderOptions,
): Promise<void> {
  // Before any work: a place that cannot be written to is worth no waiting.
  const film = OutputFile.create(options.output, FILM);
  let motion: OutputFile | undefined;
  let captions: OutputFile | undefined;
  let cues: Cue[] = [];
  try {
    if (options.motion !== undefined) motion = OutputFile.create(options.motion, MOTION_TABLE);
    if (options.words !== undefined) {
      captions = OutputFile.create(options.output.replace(/\.\w+$/, '.vtt'), CAPTIONS);
      cues = cuesOf(await readWords(options.words));
      await captions.write(webVtt(cues));
    }
    const performed = options.performance === undefined ? [] : await readPerformance(options.performance);
    if (voiceFile !== undefined) await assertFile(voiceFile);
    const portrait = await readInput(portraitFile);
    const { renderFilm } = await import('./render-film.ts');
    const startMs = performance.now();
    const videoS = await renderFilm(film, motion, portrait, voiceFile, {
      ...options,
      captions: cues,
      performed,
    });
    const seconds = (performance.now() - startMs) / 1000;
    await motion?.complete();
    await captions?.complete();
    await film.complete();
    console.error(`${options.output}: ${videoS.toFixed(1)} s of video in ${seconds.toFixed(1)} s`);
  } finally {
    film.discard();
    motion?.discard();
    captions?.discard();
  }
}

export function parseSize(text: string): FilmOptions['size'] {
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
