/** A backdrop made ready for one output size: all that depends on it is computed here, nothing per frame. */

import type { Backdrop } from '../../../contract/backdrop.ts';
import { rgbToYuv, toYuvPlanes } from '../../../image/colour.ts';
import { createI420, type I420 } from '../../../image/i420.ts';
import { boxBlur, halve, type Plane, resizeSquare, toBytes } from '../../../image/planes.ts';
import type { Rig } from '../rig.ts';

/** The person's planes at the output size, premultiplied by the matte, chroma at half size. */
export interface PersonPlanes {
  luma: Plane;
  matte: Plane;
  u: Plane;
  v: Plane;
  matteHalf: Plane;
}

export interface Scene {
  /** Planes 0..255 at full and at half size. */
  readonly background: BackgroundPlanes;
  /** The person at rest before the backdrop, as I420 data: what is shown wherever nothing moves. */
  readonly still: Uint8Array;
  /** Present where the matte is put out too. */
  readonly stack?: MatteStack;
}

interface BackgroundPlanes {
  luma: Uint8Array;
  u: Uint8Array;
  v: Uint8Array;
}

/** Radius of the blur in shares of the picture's side; three passes make it nearly Gaussian. */
const BLUR_RADIUS = 1 / 32;
const BLUR_PASSES = 3;
const MATTE_BLACK = 16;
const MATTE_WHITE = 235;

/** A matte of 0..1 as video luma. */
export function matteLuma(matte: number): number {
  return MATTE_BLACK + (MATTE_WHITE - MATTE_BLACK) * matte;
}

/** Where a frame is drawn before picture and matte are stacked. */
export class MatteStack {
  readonly picture: I420;
  /** Luma of the matte of this frame, and of the still portrait: `Uint8Array [size·size]`. */
  readonly matte: Uint8Array;
  readonly still: Uint8Array;

  constructor(size: number, matte: Plane) {
    this.picture = createI420(size, size);
    this.still = toBytes(matte.map(matteLuma));
    this.matte = this.still.slice();
  }

  /** `target`: as wide as the picture and twice as high. */
  writeTo(target: I420): void {
    const { width: size, data } = this.picture;
    const pixels = size * size;
    const quarter = pixels / 4;
    target.data.set(data.subarray(0, pixels));
    target.data.set(this.matte, pixels);
    target.data.fill(128, 2 * pixels);
    target.data.set(data.subarray(pixels, pixels + quarter), 2 * pixels);
    target.data.set(data.subarray(pixels + quarter), 2 * pixels + 2 * quarter);
  }
}

export function makeScene(rig: Rig, size: number, person: PersonPlanes, backdrop: Backdrop): Scene {
  const planes = backgroundPlanes(rig, size, backdrop);
  const background = { luma: toBytes(planes.luma), u: toBytes(planes.u), v: toBytes(planes.v) };
  const still = new Uint8Array((size * size * 3) / 2);
  still.set(beforeBackground(person.luma, person.matte, background.luma));
  still.set(beforeBackground(person.u, person.matteHalf, background.u), size * size);
  still.set(beforeBackground(person.v, person.matteHalf, background.v), size * size * 1.25);
  const stack = backdrop.kind === 'matte' ? new MatteStack(size, person.matte) : undefined;
  return { background, still, stack };
}

function backgroundPlanes(rig: Rig, size: number, backdrop: Backdrop): Record<'luma' | 'u' | 'v', Plane> {
  const half = size / 2;
  switch (backdrop.kind) {
    case 'colour': {
      const [luma, u, v] = rgbToYuv(backdrop.red, backdrop.green, backdrop.blue);
      return flat(size, luma, u, v);
    }
    case 'matte':
      return flat(size, 16, 128, 128);
    case 'picture': {
      const { picture } = backdrop;
      const [luma, u, v] = toYuvPlanes(picture).map((plane) => resizeSquare(plane, picture.width, size));
      return { luma, u: halve(u, size), v: halve(v, size) };
    }
    default: {
      const scale = (plane: Uint8Array, from: number, to: number) =>
        resizeSquare(new Float32Array(plane), from, to);
      const kept = {
        luma: scale(rig.background.y, rig.size, size),
        u: scale(rig.background.u, rig.size / 2, half),
        v: scale(rig.background.v, rig.size / 2, half),
      };
      if (backdrop.kind === 'keep') return kept;
      return { luma: blurred(kept.luma, size), u: blurred(kept.u, half), v: blurred(kept.v, half) };
    }
  }
}

function flat(size: number, luma: number, u: number, v: number) {
  const plane = (length: number, value: number) => new Float32Array(length).fill(value);
  const quarter = (size * size) / 4;
  return { luma: plane(size * size, luma), u: plane(quarter, u), v: plane(quarter, v) };
}

function blurred(plane: Plane, side: number): Plane {
  let result = plane;
  const radius = Math.max(1, Math.round(BLUR_RADIUS * side));
  for (let pass = 0; pass < BLUR_PASSES; pass++) result = boxBlur(result, side, side, radius);
  return result;
}

function beforeBackground(premultiplied: Plane, matte: Plane, background: Uint8Array): Uint8Array {
  return toBytes(premultiplied.map((value, i) => value + (1 - matte[i]) * background[i]));
}
