/** A backdrop made ready for one output size: all that depends on it is computed here, nothing per frame. */

import type { Backdrop } from '../../../contract/backdrop.ts';
import type { RgbPicture } from '../../../contract/rgb-picture.ts';
import { rgbToYuv, toYuvPlanes } from '../../../image/colour.ts';
import { createI420, type I420 } from '../../../image/i420.ts';
import { boxBlur, halve, type Plane, type PlaneSize, resize, toBytes } from '../../../image/planes.ts';
import { resampleSquare } from '../../../image/resample.ts';
import type { InPieces } from '../../../in-pieces.ts';
import type { Framing } from '../head/framing.ts';
import type { Rig } from '../rig.ts';
import { continued, cutOut } from './framed-planes.ts';
import type { PersonTexture } from './person-texture.ts';

export interface Scene {
  /** Planes 0..255 at full and at half size. */
  readonly background: BackgroundPlanes;
  /** The person at rest before the backdrop, as I420 data: what is shown wherever nobody comes. */
  readonly still: Uint8Array;
  /** Present where the matte is put out too. */
  readonly stack?: MatteStack;
}

interface BackgroundPlanes {
  luma: Uint8Array;
  u: Uint8Array;
  v: Uint8Array;
}

/** Radius of the blur in shares of the picture's shorter side; three passes make it nearly Gaussian. */
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
  /** Luma of the matte of this frame, and of the still portrait: `Uint8Array [height·width]`. */
  readonly matte: Uint8Array;
  readonly still: Uint8Array;

  constructor({ width, height }: PlaneSize, matte: Plane) {
    this.picture = createI420(width, height);
    this.still = toBytes(matte.map(matteLuma));
    this.matte = this.still.slice();
  }

  /** `target`: as wide as the picture and twice as high. */
  writeTo(target: I420): void {
    const { width, height, data } = this.picture;
    const pixels = width * height;
    const quarter = pixels / 4;
    target.data.set(data.subarray(0, pixels));
    target.data.set(this.matte, pixels);
    target.data.fill(128, 2 * pixels);
    target.data.set(data.subarray(pixels, pixels + quarter), 2 * pixels);
    target.data.set(data.subarray(pixels + quarter), 2 * pixels + 2 * quarter);
  }
}

export function* makeScene(
  rig: Rig,
  person: PersonTexture,
  framing: Framing,
  backdrop: Backdrop,
): InPieces<Scene> {
  const planes = yield* backgroundPlanes(rig, person.height, framing, backdrop);
  const background = { luma: toBytes(planes.luma), u: toBytes(planes.u), v: toBytes(planes.v) };
  yield;
  const shown = (plane: Plane) => cutOut(plane, person, framing);
  const matte = shown(person.matte);
  const matteHalf = shown(person.matteHalf);
  const pixels = framing.width * framing.height;
  const still = new Uint8Array((pixels * 3) / 2);
  still.set(beforeBackground(shown(person.luma), matte, background.luma));
  yield;
  still.set(beforeBackground(shown(person.u), matteHalf, background.u), pixels);
  still.set(beforeBackground(shown(person.v), matteHalf, background.v), pixels * 1.25);
  const stack = backdrop.kind === 'matte' ? new MatteStack(framing, matte) : undefined;
  return { background, still, stack };
}

/** `texelsPerView`: of what the person is drawn from, so that both are as sharp. */
function* backgroundPlanes(
  rig: Rig,
  texelsPerView: number,
  framing: Framing,
  backdrop: Backdrop,
): InPieces<Record<'luma' | 'u' | 'v', Plane>> {
  const { width, height } = framing;
  switch (backdrop.kind) {
    case 'colour': {
      const [luma, u, v] = rgbToYuv(backdrop.red, backdrop.green, backdrop.blue);
      return flat(framing, luma, u, v);
    }
    case 'matte':
      return flat(framing, 16, 128, 128);
    case 'picture': {
      const { planes, size } = covering(backdrop.picture, framing);
      const [luma, u, v] = planes.map((plane) => resize(plane, size, framing));
      return { luma, u: halve(u, width, height), v: halve(v, width, height) };
    }
    default: {
      const shown = (plane: Uint8Array, from: number, share: 1 | 0.5) => {
        const to = share * texelsPerView;
        return continued(resampleSquare(new Float32Array(plane), from, to, 255), to, framing, share);
      };
      const luma = shown(rig.background.y, rig.size, 1);
      yield;
      const [u, v] = [rig.background.u, rig.background.v].map((plane) => shown(plane, rig.size / 2, 0.5));
      if (backdrop.kind === 'keep') return { luma, u, v };
      yield;
      const half = { width: width / 2, height: height / 2 };
      return { luma: blurred(luma, framing), u: blurred(u, half), v: blurred(v, half) };
    }
  }
}

/** The middle of a picture, as much of it as has the shape that is wanted: planes YUV 0..255. */
function covering(picture: RgbPicture, shape: PlaneSize): { planes: Plane[]; size: PlaneSize } {
  const scale = Math.min(picture.width / shape.width, picture.height / shape.height);
  const size = {
    width: Math.max(1, Math.min(picture.width, Math.round(scale * shape.width))),
    height: Math.max(1, Math.min(picture.height, Math.round(scale * shape.height))),
  };
  const [left, top] = [(picture.width - size.width) >> 1, (picture.height - size.height) >> 1];
  const planes = toYuvPlanes(picture).map((plane) => {
    const cut = new Float32Array(size.width * size.height);
    for (let y = 0; y < size.height; y++) {
      const from = (top + y) * picture.width + left;
      cut.set(plane.subarray(from, from + size.width), y * size.width);
    }
    return cut;
  });
  return { planes, size };
}

function flat({ width, height }: PlaneSize, luma: number, u: number, v: number) {
  const plane = (length: number, value: number) => new Float32Array(length).fill(value);
  const quarter = (width * height) / 4;
  return { luma: plane(width * height, luma), u: plane(quarter, u), v: plane(quarter, v) };
}

function blurred(plane: Plane, { width, height }: PlaneSize): Plane {
  let result = plane;
  const radius = Math.max(1, Math.round(BLUR_RADIUS * Math.min(width, height)));
  for (let pass = 0; pass < BLUR_PASSES; pass++) result = boxBlur(result, width, height, radius);
  return result;
}

function beforeBackground(premultiplied: Plane, matte: Plane, background: Uint8Array): Uint8Array {
  const shown = new Uint8ClampedArray(matte.length);
  for (let i = 0; i < shown.length; i++) {
    shown[i] = Math.fround(premultiplied[i] + (1 - matte[i]) * background[i]);
  }
  return new Uint8Array(shown.buffer);
}
