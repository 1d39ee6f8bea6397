import { type Command, InvalidArgumentError, Option } from 'commander';
import type { FaceChoice, FacePoints } from '../contract/face-points.ts';
import { facePointsSchema } from '../contract/face-points-schema.ts';
import { integerBetween } from './control-options.ts';

export interface FaceOptions {
  face?: number;
  points?: FacePoints;
}

/** Adds the options that say which face of a portrait is meant, or where it is. */
export function addFaceOptions(command: Command): Command {
  return command
    .option('--face <n>', 'which face, where there are several (0 is the largest)', integerBetween(0, 99))
    .addOption(
      new Option(
        '--points <numbers>',
        'where the face is, if none is found: x and y of the right eye (on the left of the picture), the left eye, the right and the left corner of the mouth, and the chin, like .42,.42,.58,.42,.45,.58,.55,.58,.5,.66, of the width and the height of the picture',
      ).argParser(parsePoints),
    );
}

export function toFaceChoice({ face, points }: FaceOptions): FaceChoice {
  return { faceIndex: face, points };
}

function parsePoints(text: string): FacePoints {
  const { data, error } = facePointsSchema.safeParse(text.replaceAll(' ', ''));
  if (!data) throw new InvalidArgumentError(`They ${error.issues[0].message}.`);
  return data;
}
