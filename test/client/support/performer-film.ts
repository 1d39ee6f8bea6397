import { writeFile } from 'node:fs/promises';
import { KEEP } from '../../../src/contract/backdrop.ts';
import { CHANNEL, MOTION_SIZE, type MotionChannel } from '../../../src/contract/motion-frame.ts';
import { createI420, type I420 } from '../../../src/image/i420.ts';
import { StillEncoder } from '../../../src/media/still-encoder.ts';
import { BUILTIN_PACK, loadPack } from '../../../src/model/pack.ts';
import { GraphLoader } from '../../../src/model/providers.ts';
import { rendererOf } from '../../../src/render/renderers.ts';
import { galleryRig } from '../../support/gallery.ts';

/** Browsers play MJPEG at this rate. */
const RATE_HZ = 30;
const SIDE = 384;
/** Black and white fields along the lower edge: the number of the picture, in binary. */
export const CODE_BITS = 10;
const CODE_ROWS = 16;
const [REST_S, SMILE_S, MOVE_S] = [3, 3, 6];
const PICTURES = (REST_S + SMILE_S + MOVE_S) * RATE_HZ;

/** What the performer of the film does in a picture: rests, smiles, then turns, blinks and opens the mouth. */
export function performedAt(picture: number): Float32Array {
  const values: Partial<Record<MotionChannel, number>> = {};
  const s = picture / RATE_HZ - REST_S - SMILE_S;
  if (s >= 0) {
    const blink = Math.max(0, 1 - Math.abs((s % 1.2) - 0.6) / 0.2);
    values.headYaw = 0.25 * Math.sin((2 * Math.PI * s) / 3);
    values.eyeBlinkLeft = values.eyeBlinkRight = Math.min(1, 1.4 * blink);
    values.jawOpen = 0.35 * (1 - Math.cos((2 * Math.PI * s) / 1.5));
  } else if (s >= -SMILE_S) values.mouthSmileLeft = values.mouthSmileRight = 0.8;
  const frame = new Float32Array(MOTION_SIZE);
  for (const [name, value] of Object.entries(values)) frame[CHANNEL[name as MotionChannel]] = value;
  return frame;
}

/** Whether the performer does more in it than rest or smile. */
export function performs(picture: number): boolean {
  return picture >= (REST_S + SMILE_S) * RATE_HZ && picture < PICTURES;
}

/** A film (MJPEG) of a portrait of the gallery that performs, each picture with its number. */
export async function writePerformerFilm(file: string): Promise<void> {
  const pack = await loadPack(BUILTIN_PACK);
  const loader = await GraphLoader.choose('cpu', pack.graphFiles.motion);
  const renderer = await rendererOf(pack).openRenderer(pack, loader);
  const avatar = renderer.prepare(await galleryRig(), { width: SIDE, height: SIDE, fit: 'head' }, KEEP);
  const picture = createI420(SIDE, SIDE);
  const jpeg = new StillEncoder('jpeg');
  try {
    const film: Uint8Array[] = [];
    for (let i = 0; i < PICTURES; i++) {
      await avatar.draw(performedAt(i), picture, { mediaTimeMs: (1000 * i) / RATE_HZ, seed: 1 });
      number(picture, i);
      film.push(jpeg.encode(picture));
    }
    await writeFile(file, Buffer.concat(film));
  } finally {
    jpeg.close();
    await renderer.close();
  }
}

function number({ data }: I420, value: number): void {
  const field = SIDE / CODE_BITS;
  for (let x = 0; x < SIDE; x++) {
    const luma = (value >> Math.floor(x / field)) & 1 ? 235 : 16;
    for (let y = SIDE - CODE_ROWS; y < SIDE; y++) data[y * SIDE + x] = luma;
  }
  const half = SIDE / 2;
  for (const plane of [SIDE * SIDE, SIDE * SIDE + half * half])
    data.fill(128, plane + (half - CODE_ROWS / 2) * half, plane + half * half);
}
