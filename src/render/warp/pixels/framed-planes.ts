/** Planes of a portrait as a framing shows them: cut out, and backgrounds continued beyond the portrait's edges. */
import { boxBlur, clamp, type Plane, sampled, smoothstep } from '../../../image/planes.ts';
import type { Framing } from '../head/framing.ts';
import type { PersonTexture } from './person-texture.ts';

/** Beyond the edge a background is a mirror image, which loses its focus within so much of the view. */
const OUT_OF_FOCUS = 0.14;
const BLUR_RADIUS = 1 / 32;
const BLUR_PASSES = 3;
/** Its light goes on as it is along the edge, seen over so much of the view: a mirrored vignette would show as bands. */
const LIGHT_RADIUS = 1 / 12;

/** What the framing shows of a plane of a texture, of its own size or of half of it; zero beyond it. */
export function cutOut(plane: Plane, texture: PersonTexture, framing: Framing): Plane {
  const share = plane.length === texture.width * texture.height ? 1 : 0.5;
  if (texture.width === texture.height && isWhole(texture.height, framing)) return plane;
  const size = { width: share * texture.width, height: share * texture.height };
  const at = placesIn(share * texture.height, framing, share);
  const first = share * texture.before;
  const inside = (place: number, count: number) => (place < -0.5 || place > count - 0.5 ? Number.NaN : place);
  return sampled(
    plane,
    size,
    at.columns.map((place) => inside(place + first, size.width)),
    at.rows.map((place) => inside(place, size.height)),
  );
}

/** What the framing shows of a background, a square plane of `size` texels a side; `share` of its pixels each way. */
export function continued(plane: Plane, size: number, framing: Framing, share: 1 | 0.5): Plane {
  if (isWhole(size / share, framing)) return plane;
  const at = placesIn(size, framing, share);
  const mirrored = (place: number) => {
    const along = (((place + 0.5) % (2 * size)) + 2 * size) % (2 * size);
    return Math.min(along, 2 * size - along) - 0.5;
  };
  const shown = sampled(
    plane,
    { width: size, height: size },
    at.columns.map(mirrored),
    at.rows.map(mirrored),
  );
  const beyond = (place: number) => Math.max(-0.5 - place, place + 0.5 - size, 0) / size;
  const [aside, above] = [at.columns.map(beyond), at.rows.map(beyond)];
  if (![aside, above].some((places) => places[0] > 0 || places.at(-1)! > 0)) return shown;
  const [width, height] = [aside.length, above.length];
  const perView = share * framing.pixelsPerView;
  const light = Math.round(LIGHT_RADIUS * perView);
  keepLight(shown, aside, { count: width, step: 1 }, { count: height, step: width }, light);
  keepLight(shown, above, { count: height, step: width }, { count: width, step: 1 }, light);
  let blurred = shown;
  const radius = Math.max(1, Math.round(BLUR_RADIUS * perView));
  for (let pass = 0; pass < BLUR_PASSES; pass++) blurred = boxBlur(blurred, width, height, radius);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const away = Math.max(aside[x], above[y]);
      if (away > 0) shown[i] += smoothstep(0, OUT_OF_FOCUS, away) * (blurred[i] - shown[i]);
    }
  }
  return shown;
}

/** One direction in a plane. */
interface Axis {
  count: number;
  step: number;
}

/**
 * Gives each line beyond an edge the light of the one at the edge, in place. `beyond`: how far beyond each line of
 * `across` is, view fractions; `along`: the direction of the edge.
 */
function keepLight(plane: Plane, beyond: Float64Array, across: Axis, along: Axis, radius: number): void {
  const first = beyond.indexOf(0);
  const last = beyond.lastIndexOf(0);
  const atEdge = [first, last].map((line) => meansAlong(plane, line * across.step, along, radius));
  for (let line = 0; line < across.count; line++) {
    if (beyond[line] === 0) continue;
    const own = meansAlong(plane, line * across.step, along, radius);
    const edge = atEdge[line < first ? 0 : 1];
    for (let i = 0; i < along.count; i++) plane[line * across.step + i * along.step] += edge[i] - own[i];
  }
}

/** Running means of a line over `2·radius + 1` of its own, three times: nearly Gaussian. */
function meansAlong(plane: Plane, start: number, { count, step }: Axis, radius: number): Plane {
  let line = new Float32Array(count);
  for (let i = 0; i < count; i++) line[i] = plane[start + i * step];
  for (let pass = 0; pass < BLUR_PASSES; pass++) {
    const means = new Float32Array(count);
    let sum = 0;
    for (let k = -radius; k < radius; k++) sum += line[clamp(k, 0, count - 1)];
    for (let i = 0; i < count; i++) {
      sum += line[Math.min(count - 1, i + radius)];
      means[i] = sum / (2 * radius + 1);
      sum -= line[Math.max(0, i - radius)];
    }
    line = means;
  }
  return line;
}

/** Whether a framing shows the portrait as it is, texel by texel. */
function isWhole(size: number, { x, y, width, height }: Framing): boolean {
  return x === 0 && y === 0 && width === size && height === size;
}

interface Places {
  columns: Float64Array;
  rows: Float64Array;
}

/** Where a portrait of `size` texels a side has the centres of a framing's pixels: texel i's own is at i. */
function placesIn(size: number, { width, height, x, y, pixelsPerView }: Framing, share: number): Places {
  const perPixel = size / (share * pixelsPerView);
  const places = (count: number, corner: number) =>
    Float64Array.from({ length: share * count }, (_, i) => (share * corner + i + 0.5) * perPixel - 0.5);
  return { columns: places(width, x), rows: places(height, y) };
}
