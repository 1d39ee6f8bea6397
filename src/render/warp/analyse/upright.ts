/** Portraits that lie on their side or stand on their head, without a word of it in the file. */
import type { RgbPicture } from '../../../contract/rgb-picture.ts';
import type { Rectangle } from '../../../image/cut-and-scale.ts';
import { areaInFile, orient, orientationOf } from '../../../image/orientation.ts';
import type { FoundFace } from '../../../model/face/face-finder.ts';
import { tiltOf } from './search-areas.ts';

/** People hold their heads tilted by less. */
const LYING = (55 / 180) * Math.PI;

/** Quarters by which a face lies turned, clockwise: 0 for one that is but tilted. */
export function quarterTurnsOf(face: Pick<FoundFace, 'landmarks'>): number {
  const tilt = tiltOf(face);
  return Math.abs(tilt) < LYING ? 0 : Math.round(tilt / (Math.PI / 2)) & 3;
}

/** Turns a picture back by so many quarters. */
export async function turnBack(picture: RgbPicture, quarterTurns: number): Promise<RgbPicture> {
  const { data, width, height } = await orient({ ...picture, channels: 3 }, orientationOf(-quarterTurns));
  return { data, width, height };
}

/** Where an area of the picture that was turned back lies in `picture`. */
export function areaBefore(area: Rectangle, quarterTurns: number, picture: RgbPicture): Rectangle {
  return areaInFile(area, orientationOf(-quarterTurns), picture);
}

/** Points `[n·3]` of a picture where they lie when it is turned back. */
export function pointsTurnedBack(
  points: Float64Array,
  quarterTurns: number,
  { width, height }: RgbPicture,
): Float64Array {
  const turned = points.slice();
  for (let i = 0; i < turned.length; i += 3) {
    const [x, y] = [points[i], points[i + 1]];
    if (quarterTurns === 1) turned.set([y, width - x], i);
    else if (quarterTurns === 2) turned.set([width - x, height - y], i);
    else if (quarterTurns === 3) turned.set([height - y, x], i);
  }
  return turned;
}
