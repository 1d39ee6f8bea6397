/**
 * What a motion frame means to us, for people to whom it means something else by definition and not by likeness: how far
 * an eye turns at 1, and about which joint a head turns.
 */
import { CHANNEL, type MotionChannel } from '../../src/contract/motion-frame.ts';
import { EYE_LOOK_RADIANS } from '../../src/face/gaze.ts';
import { landmarksAt } from '../../src/render/warp/head/landmarks.ts';
import type { Rig } from '../../src/render/warp/rig.ts';
import { mean } from '../statistics.ts';
import type { TrueFrame, TruePerson } from './true-people.ts';

/** So far (degrees, mean of these people) the Face Units turn eyes at 1; ours say what they mean (gaze.ts). */
const LOOKS = { Out: 15, In: 15, Up: 10, Down: 11 } as const;
const DEGREES = 180 / Math.PI;

/**
 * The frame's motion as our picture has to be told it. These people's heads turn about a point 21 cm below the crown in
 * the middle of what of neck and chin lies there: 4 to 9 cm behind the eyes, another for each of them. People's turn
 * between skull and axis, below the ears and 9 to 10 cm behind the eyes, as ours do; a face then goes aside by up to
 * half as much again. To turn about another point is to turn and to shift, so ours is shifted to where the true face
 * is; what depth, perspective and skin make of the turn is left to be measured.
 */
export function inOurTerms(rig: Rig, person: TruePerson, frame: TrueFrame): Float32Array {
  const motion = frame.motion.slice();
  for (const side of ['Left', 'Right']) {
    for (const [way, degrees] of Object.entries(LOOKS)) {
      motion[CHANNEL[`eyeLook${way}${side}` as MotionChannel]] *= degrees / (DEGREES * EYE_LOOK_RADIANS);
    }
  }
  if (frame.kind !== 'turn') return motion;
  const ours = landmarksAt(rig, motion);
  const points = Array.from({ length: frame.landmarks.length / 2 }, (_, i) => i);
  const missing = (axis: 0 | 1) =>
    mean(
      points.map((i) => {
        const moved = frame.landmarks[2 * i + axis] - person.restLandmarks[2 * i + axis];
        return rig.portrait[3 * i + axis] + moved - ours[3 * i + axis];
      }),
    );
  motion[CHANNEL.headX] += missing(0) / rig.faceHeight;
  motion[CHANNEL.headY] -= missing(1) / rig.faceHeight;
  return motion;
}
