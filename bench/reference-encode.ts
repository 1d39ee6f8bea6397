/** What an encoder alone costs for the pictures that a session makes: a measure of the machine, here and now. */
import { squareFormat } from '../src/contract/formats.ts';
import { DEFAULT_SETTINGS } from '../src/contract/session-settings.ts';
import { createI420, type I420 } from '../src/image/i420.ts';
import { createVideoEncoder } from '../src/media/create-video-encoder.ts';
import type { Rig } from '../src/render/renderer.ts';
import { openRenderer } from './fixtures.ts';
import { liveMotion, openMotionModel } from './live-motion.ts';

const PICTURES = 150;
/** Before them nobody speaks yet. */
const FIRST = 25;
const SIZE = 512;
const RUNS = 7;

/** The pictures of a session that hears `voice` (mono at 48 kHz), at 25 a second. */
export async function sessionPictures(rig: Rig, voice: Float32Array): Promise<I420[]> {
  const model = await openMotionModel();
  const renderer = await openRenderer('cpu');
  try {
    const { frames } = await liveMotion(model, voice.subarray(0, 1920 * (FIRST + PICTURES)));
    const avatar = renderer.prepare(rig, squareFormat(SIZE));
    const pictures: I420[] = [];
    for (const [i, frame] of frames.slice(FIRST).entries()) {
      const picture = createI420(SIZE, SIZE);
      await avatar.draw(frame, picture, { mediaTimeMs: 40 * i, seed: 1 });
      pictures.push(picture);
    }
    return pictures;
  } finally {
    await renderer.close();
    await model.close();
  }
}

/** Processor time of a picture in a live x264 encoder (superfast, zerolatency, one thread): the least of some runs, milliseconds. */
export function referenceEncodeMs(pictures: readonly I420[]): number {
  const { bitrateKbps } = DEFAULT_SETTINGS;
  const runs = Array.from({ length: RUNS }, () => {
    const encoder = createVideoEncoder({ codec: 'h264', width: SIZE, height: SIZE, fps: 25, bitrateKbps });
    const before = process.cpuUsage();
    for (const picture of pictures) encoder.encode(picture);
    const { user, system } = process.cpuUsage(before);
    encoder.close();
    return (user + system) / 1000 / pictures.length;
  });
  return Math.min(...runs);
}
