/** What the bench runs in a page. */
import type { PictureFormat } from '../../src/contract/formats.ts';
import { openDrawingKit } from '../../src/render/warp/drawing-kit.ts';

const WARM = 30;

interface Given {
  /** Addresses of the kit and of the frames, `Float32Array [pictures·58]`. */
  kit: string;
  frames: string;
  format: PictureFormat;
  mediaTimesMs: number[];
  seed: number;
}

/** Draws every frame on the page's own thread, which a browser can be told to slow down. @returns milliseconds of each */
export async function timeDrawing({ kit, frames, format, mediaTimesMs, seed }: Given): Promise<number[]> {
  const { avatar, picture, all } = await prepare(kit, frames, format);
  const times: number[] = [];
  for (let i = 0; i < WARM + mediaTimesMs.length; i++) {
    const n = i % mediaTimesMs.length;
    const startMs = performance.now();
    await avatar.draw(all[n], picture, { mediaTimeMs: mediaTimesMs[n], seed });
    if (i >= WARM) times.push(performance.now() - startMs);
  }
  return times;
}

/** The pictures of some frames, each `I420` data as base64. */
export async function drawSome(given: Given, indices: number[]): Promise<string[]> {
  const { avatar, picture, all } = await prepare(given.kit, given.frames, given.format);
  const drawn: string[] = [];
  for (const n of indices) {
    await avatar.draw(all[n], picture, { mediaTimeMs: given.mediaTimesMs[n], seed: given.seed });
    let text = '';
    for (const byte of picture.data) text += String.fromCharCode(byte);
    drawn.push(btoa(text));
  }
  return drawn;
}

async function prepare(kit: string, frames: string, format: PictureFormat) {
  const bytes = async (address: string) => (await fetch(address)).arrayBuffer();
  const avatar = openDrawingKit(new Uint8Array(await bytes(kit))).prepare(format);
  const values = new Float32Array(await bytes(frames));
  const all = Array.from({ length: values.length / 58 }, (_, n) => values.subarray(58 * n, 58 * (n + 1)));
  const { width, height } = format;
  const picture = { width, height, data: new Uint8Array(1.5 * width * height) };
  return { avatar, picture, all };
}
