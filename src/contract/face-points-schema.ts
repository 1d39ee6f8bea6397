/** Points of a face in addresses, see face-points.ts. */
import { z } from 'zod';
import { parseFacePoints } from './face-points.ts';

const number = String.raw`(?:0|1|0?\.\d{1,6}|1\.0{1,6})`;

export const facePointsSchema = z
  .string()
  .regex(new RegExp(`^${number}(?:,${number}){9}$`), 'must be ten numbers from 0 to 1 with commas between')
  .transform(parseFacePoints)
  .describe(
    'Where eyes, corners of the mouth and chin are: x and y of the right eye (the one on the left of the picture), the left eye, the right and the left corner of the mouth, the chin; ten numbers from 0 to 1, of the width and the height of the upright picture. For faces that are not found',
  );
