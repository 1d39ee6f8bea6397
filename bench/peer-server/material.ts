/** What the servers of the comparison send: pictures and voice made beforehand, the same for each. */

import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { floatToS16le } from '../../src/audio/pcm.ts';
import { squareFormat } from '../../src/contract/formats.ts';
import { createI420 } from '../../src/image/i420.ts';
import { galleryRig, openRenderer, repeated, sampleVoice } from '../fixtures.ts';
import { talkingFrame } from '../render.ts';

export const SIZE = 512;
export const FPS = 25;
export const FRAME_MS = 1000 / FPS;
export const SAMPLE_RATE_HZ = 48000;
/** Flash and beep begin together at every whole second and last so long. */
export const MARK_MS = 120;
/**
 * The time of departure, painted into the picture: bits of the milliseconds of the wall clock, lowest first, in
 * squares along the upper edge; wide enough to survive the encoder.
 */
export const CLOCK_BITS = 24;
export const CLOCK_CELL = 16;
/** Side of the square in the lower right corner that flashes. */
export const FLASH_CELL = 64;
export const DARK = 32;
export const BRIGHT = 220;

const PICTURES = 50;
const VOICE_SECONDS = 8;

export interface Material {
  folder: string;
  /** I420 pictures of SIZE × SIZE, one after the other. */
  pictures: string;
  /** s16le at 48 kHz, mono: speech, quiet enough to tell from the beeps. */
  voice: string;
}

/** Renders two seconds of a talking head and writes them to a new folder, with a voice. */
export async function makeMaterial(): Promise<Material> {
  const folder = await mkdtemp(join(tmpdir(), 'vultus-peer-'));
  const renderer = await openRenderer('cpu');
  const avatar = renderer.prepare(await galleryRig(), squareFormat(SIZE));
  const pictures: Uint8Array[] = [];
  for (let i = 0; i < PICTURES; i++) {
    const picture = createI420(SIZE, SIZE);
    await avatar.draw(talkingFrame(i), picture);
    pictures.push(picture.data);
  }
  await renderer.close();
  const voice = repeated(await sampleVoice(), VOICE_SECONDS);
  for (let i = 0; i < voice.length; i++) {
    const marked = ((i / SAMPLE_RATE_HZ) * 1000) % 1000 < MARK_MS;
    voice[i] = marked ? 0.5 * Math.sin((2 * Math.PI * 1000 * i) / SAMPLE_RATE_HZ) : 0.08 * voice[i];
  }
  const material = { folder, pictures: join(folder, 'pictures.i420'), voice: join(folder, 'voice.s16le') };
  await writeFile(material.pictures, Buffer.concat(pictures));
  await writeFile(material.voice, floatToS16le(voice));
  return material;
}

/** Paints time of departure and flash into the luma of a picture. */
export function paintMarks(luma: Uint8Array, wallMs: number, mediaTimeMs: number): void {
  const fill = (left: number, top: number, side: number, value: number) => {
    for (let y = top; y < top + side; y++) luma.fill(value, y * SIZE + left, y * SIZE + left + side);
  };
  for (let bit = 0; bit < CLOCK_BITS; bit++) {
    const set = Math.floor(wallMs / 2 ** bit) % 2 === 1;
    fill(bit * CLOCK_CELL, 0, CLOCK_CELL, set ? BRIGHT : DARK);
  }
  const corner = SIZE - FLASH_CELL;
  fill(corner, corner, FLASH_CELL, mediaTimeMs % 1000 < MARK_MS ? BRIGHT : DARK);
}
