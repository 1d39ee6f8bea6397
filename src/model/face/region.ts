/** Turned squares of a picture, cut out for a network, and the way back from its results. */
import type { RgbPicture } from '../../contract/rgb-picture.ts';
import type { Pyramid } from './pyramid.ts';

/** A square in pixels of a picture; whole numbers lie between two pixels. */
export interface Region {
  /** Its middle. */
  x: number;
  y: number;
  side: number;
  /** Of its upper edge against the picture's, clockwise, radians. */
  angle: number;
}

/** A square around all of a picture. */
export function wholeOf({ width, height }: Pick<RgbPicture, 'width' | 'height'>): Region {
  return { x: width / 2, y: height / 2, side: Math.max(width, height), angle: 0 };
}

export interface Cut {
  /** Pixels of the result, along one side. */
  size: number;
  /** Cuts the region's mirror image. */
  mirrored?: boolean;
  /** What lies outside of the picture: black, or the pixel next to it. */
  outside: 'black' | 'edge';
}

/** A cut that makes the picture smaller by more than this takes two by two samples for each of its pixels. */
const MAX_STEP_OF_ONE_SAMPLE = 1.2;

/** Fills `planes` (`[3·size·size]`: red, green, blue, 0..1) with a region of the picture, bilinear. */
export function cutRegion(pyramid: Pyramid, region: Region, cut: Cut, planes: Float32Array): void {
  const { size, mirrored = false, outside } = cut;
  const level = pyramid.levelFor(region.side / size);
  const picture = pyramid.levels[level];
  const step = region.side / size / 2 ** level;
  const samples = step > MAX_STEP_OF_ONE_SAMPLE ? 2 : 1;
  const right = (Math.cos(region.angle) * step) / samples;
  const down = (Math.sin(region.angle) * step) / samples;
  const middleX = region.x / 2 ** level;
  const middleY = region.y / 2 ** level;
  const norm = 1 / (255 * samples * samples);
  planes.fill(0);
  for (let row = 0; row < samples * size; row++) {
    const v = row + 0.5 - (samples * size) / 2;
    for (let column = 0; column < samples * size; column++) {
      const u = column + 0.5 - (samples * size) / 2;
      const x = middleX + u * right - v * down;
      const y = middleY + u * down + v * right;
      if (outside === 'black' && (x < 0 || y < 0 || x > picture.width || y > picture.height)) continue;
      const place = Math.floor(column / samples);
      const at = Math.floor(row / samples) * size + (mirrored ? size - 1 - place : place);
      addSample(picture, x, y, norm, planes, at);
    }
  }
}

/** Adds `share` of the colour at a place of the picture, or at the place inside next to it, to pixel `at` of planes. */
function addSample(
  { width, height, data }: RgbPicture,
  x: number,
  y: number,
  share: number,
  planes: Float32Array,
  at: number,
): void {
  const column = Math.min(width - 1, Math.max(0, x - 0.5));
  const row = Math.min(height - 1, Math.max(0, y - 0.5));
  const left = Math.floor(column);
  const top = Math.floor(row);
  const fx = column - left;
  const fy = row - top;
  const a = 3 * (top * width + left);
  const b = left + 1 < width ? a + 3 : a;
  const lower = top + 1 < height ? 3 * width : 0;
  const area = planes.length / 3;
  for (let c = 0; c < 3; c++) {
    const above = data[a + c] + fx * (data[b + c] - data[a + c]);
    const below = data[a + lower + c] + fx * (data[b + lower + c] - data[a + lower + c]);
    planes[c * area + at] += share * (above + fy * (below - above));
  }
}

/** Where in the picture a point of a cut lies, in pixels of the cut. */
export function toPicture(
  region: Region,
  { size, mirrored = false }: Cut,
  x: number,
  y: number,
): [number, number] {
  const u = ((mirrored ? size - x : x) / size - 0.5) * region.side;
  const v = (y / size - 0.5) * region.side;
  const [cos, sin] = [Math.cos(region.angle), Math.sin(region.angle)];
  return [region.x + cos * u - sin * v, region.y + sin * u + cos * v];
}
