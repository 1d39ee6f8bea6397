import { createHash } from 'node:crypto';
import { readAudioFile } from '../audio/read-audio-file.ts';
import { type Backdrop, type BackdropChoice, stackedHeight } from '../contract/backdrop.ts';
import type { Controls } from '../contract/controls.ts';
import type { Fit } from '../contract/formats.ts';
import type { LatencyMode } from '../contract/latency.ts';
import { MOTION_FRAME_MS } from '../contract/motion-frame.ts';
import type { PerformedFrame } from '../contract/performed-motion.ts';
import { offlineMotion } from '../engine/process/offline-motion.ts';
import { withPerformance } from '../engine/process/offline-performance.ts';
import { pictureBackdrop } from '../image/backdrop-picture.ts';
import { createI420 } from '../image/i420.ts';
import { Mp4Writer } from '../media/mp4-writer.ts';
import type { Cue } from '../media/webvtt.ts';
import { liveLinkHeader, liveLinkRow } from '../model/live-link-csv.ts';
import { type ControlOptions, toControls } from './control-options.ts';
import { type FaceOptions, toFaceChoice } from './face-options.ts';
import { readInput } from './files.ts';
import type { ModelOptions } from './model-options.ts';
import { openModels } from './models.ts';
import type { OutputFile } from './output-file.ts';
import { ProgressBar } from './progress-bar.ts';

export interface FilmOptions extends ControlOptions, ModelOptions, FaceOptions {
  size: { width: number; height: number };
  fit: Fit;
  fps: 25 | 30 | 40 | 50 | 60;
  seed?: number;
  latency: LatencyMode;
  background: BackdropChoice;
  captions: readonly Cue[];
  performed: readonly PerformedFrame[];
}

/**
 * Makes a film of a portrait that speaks a voice, or is silent as long as its performance lasts, and a table of its
 * motion.
 * @returns its seconds
 */
export async function renderFilm(
  film: OutputFile,
  motionTable: OutputFile | undefined,
  portrait: Uint8Array,
  voiceFile: string | undefined,
  options: FilmOptions,
): Promise<number> {
  const { voice48k: voice, warnings } = voiceFile
    ? await readAudioFile(voiceFile)
    : silenceFor(options.performed);
  const seed = options.seed ?? seedOf(portrait, voice);
  for (const warning of warnings) console.error(`! ${warning}`);
  const backdrop = await openBackdrop(options.background);
  const models = await openModels(options);
  const { size, fit, fps, captions } = options;
  let movie: Mp4Writer | undefined;
  try {
    const { rig, quality } = await models.factory.analyse(portrait, toFaceChoice(options));
    for (const { sentence } of quality.findings) console.error(`! ${sentence}`);
    const avatar = models.renderer.prepare(rig, { ...size, fit }, backdrop);
    const picture = createI420(size.width, stackedHeight(size.height, backdrop));
    movie = Mp4Writer.create(film.path, {
      video: { width: picture.width, height: picture.height, fps },
      audio: { sampleRateHz: 48000 },
      captions: captions.length > 0,
    });
    for (const cue of captions) movie.writeCaption(cue);
    const rows = [liveLinkHeader()];
    const progress = new ProgressBar('rendering', Math.ceil((voice.length / 48000) * fps));
    const speaking = voiceFile !== undefined;
    const controls: Controls = { ...toControls(options), state: speaking ? 'speaking' : 'idle' };
    const frames = withPerformance(
      offlineMotion(models.motion, voice, { ...options, seed }, controls),
      options.performed,
      { mix: controls.performer, speaking },
    );
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
  return voice.length / 48000;
}

/** As long as a performance, and a frame more, which shows its last. */
function silenceFor(performed: readonly PerformedFrame[]): { voice48k: Float32Array; warnings: string[] } {
  const durationMs = performed[performed.length - 1].timeMs + MOTION_FRAME_MS;
  return { voice48k: new Float32Array(Math.round(48 * durationMs)), warnings: [] };
}

/** Two films beside each other do not blink in the same moment, and a film made again is the same. */
function seedOf(portrait: Uint8Array, voice: Float32Array): number {
  const bytes = new Uint8Array(voice.buffer, voice.byteOffset, voice.byteLength);
  return createHash('sha256').update(portrait).update(bytes).digest().readUInt32LE(0) % 2 ** 31;
}

function openBackdrop(choice: BackdropChoice): Promise<Backdrop> | Backdrop {
  return choice.kind === 'file' ? readInput(choice.file).then((bytes) => pictureBackdrop(bytes)) : choice;
}
