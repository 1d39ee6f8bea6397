/** Where in a patch of a drawing the pixels of a picture lie. */
import type { HeadPose } from '../head/head-pose.ts';
import { posePoint } from '../head/head-pose.ts';
import type { Bounds } from '../pixels/overlay.ts';
import { Sprite } from '../pixels/sprite.ts';
import type { DrawnPatch } from './drawing.ts';
import type { SourcePlaces } from './source-places.ts';

/** What is drawn may lie beyond where the head alone moves it, by so much of a box's width. */
const MARGIN = 0.06;

export class PatchPlaces {
  /** Filled by `locate`: texels. */
  x = 0;
  y = 0;
  /** Texels to a pixel, over which edges are soft. */
  readonly soft: number;
  readonly pose: HeadPose;
  /** Depth of the patch, view fractions. */
  readonly depth: number;
  readonly #places: SourcePlaces;
  readonly #patch: DrawnPatch;
  readonly #inverse: readonly [number, number];

  constructor(patch: DrawnPatch, depth: number, places: SourcePlaces, pose: HeadPose) {
    this.#patch = patch;
    this.#places = places;
    this.pose = pose;
    this.depth = depth;
    const square = patch.step[0] ** 2 + patch.step[1] ** 2;
    this.#inverse = [patch.step[0] / square, patch.step[1] / square];
    this.soft = Math.max(0.6, 1 / (Math.sqrt(square) * pose.framing.pixelsPerView * pose.scale));
  }

  /** False beyond the patch. */
  locate(px: number, py: number): boolean {
    this.#places.locate(px, py);
    const { origin, size } = this.#patch;
    const dx = this.#places.x - origin[0];
    const dy = this.#places.y - origin[1];
    const [a, b] = this.#inverse;
    this.x = a * dx + b * dy;
    this.y = a * dy - b * dx;
    return this.x >= 0.5 && this.y >= 0.5 && this.x <= size - 0.5 && this.y <= size - 0.5;
  }
}

/** The pixels that a box of a patch, in texels, comes to lie on. */
export function boundsOfBox(
  { origin, step }: DrawnPatch,
  { left, top, right, bottom }: Bounds,
  { pose, depth }: PatchPlaces,
): Bounds {
  const bounds = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  const posed = new Float32Array(3);
  const { pixelsPerView } = pose.framing;
  const margin = MARGIN * (right - left);
  for (const dx of [left - margin, right + margin]) {
    for (const dy of [top - margin, bottom + margin]) {
      const x = origin[0] + dx * step[0] - dy * step[1];
      const y = origin[1] + dx * step[1] + dy * step[0];
      posePoint(pose, x, y, depth, 1, posed, 0);
      bounds.left = Math.min(bounds.left, posed[0] * pixelsPerView);
      bounds.right = Math.max(bounds.right, posed[0] * pixelsPerView);
      bounds.top = Math.min(bounds.top, posed[1] * pixelsPerView);
      bounds.bottom = Math.max(bounds.bottom, posed[1] * pixelsPerView);
    }
  }
  return bounds;
}

/** The box around what a plane `[size²]` covers. */
export function boxOf(plane: Uint8Array, size: number): Bounds {
  const box = { left: size, top: size, right: 0, bottom: 0 };
  plane.forEach((value, i) => {
    if (value === 0) return;
    const [x, y] = [i % size, Math.floor(i / size)];
    box.left = Math.min(box.left, x);
    box.right = Math.max(box.right, x + 1);
    box.top = Math.min(box.top, y);
    box.bottom = Math.max(box.bottom, y + 1);
  });
  return box;
}

/** Of YUV and coverage 0..255, `[size²·4]`. */
export function toSprite(texels: Uint8Array, size: number): Sprite {
  const result = new Float32Array(texels.length);
  for (let i = 0; i < texels.length; i += 4) {
    const alpha = texels[i + 3] / 255;
    for (let k = 0; k < 3; k++) result[i + k] = alpha * texels[i + k];
    result[i + 3] = alpha;
  }
  return new Sprite(size, size, result);
}

/** Of YUV `[size²·3]`. */
export function opaqueSprite(texels: Uint8Array, size: number): Sprite {
  const result = new Float32Array(4 * size * size).fill(1);
  for (let i = 0; i < size * size; i++) {
    for (let k = 0; k < 3; k++) result[4 * i + k] = texels[3 * i + k];
  }
  return new Sprite(size, size, result);
}

/** Planes of coverage 0..255 `[size²]`, up to three, as the colours of an opaque sprite: 0..1. */
export function coverageSprite(planes: readonly Uint8Array[], size: number): Sprite {
  const texels = new Float32Array(4 * size * size);
  for (let i = 0; i < size * size; i++) {
    planes.forEach((plane, k) => {
      texels[4 * i + k] = plane[i] / 255;
    });
    texels[4 * i + 3] = 1;
  }
  return new Sprite(size, size, texels);
}
