/** What blinks and glances up and down do to the lids of this portrait's eyes, which may be wider or narrower than others. */
import { CHANNEL, type MotionChannel } from '../../../../contract/motion-frame.ts';
import { EYE_LOOK_RADIANS } from '../../../../face/gaze.ts';
import { distance, headUp, height } from '../../../../face/landmarks.ts';
import { EYES, LANDMARK_COUNT, SIDES, SKIN_POINTS } from '../../../../face/topology.ts';
import { clamp } from '../../../../image/planes.ts';
import { EYEBALL_RADIUS } from './eye-layers.ts';

/** A lid rolls out from under the crease above it, which follows it by so much of what the blink shape says. */
const CREASE_FOLLOWS = 0.3;
/** The upper lid goes with the iris, by so much of its way: farther and eyes that look a little down seem half shut. */
const FOLLOWS_GAZE = { Down: 0.85, Up: 0.65 } as const;

/** Rewrites the blinks so that at 1 the lids meet just above the lower lid, whatever the shape of the eye. */
export function makeBlinksClose(rest: Float32Array, deltas: Float32Array, axes: Float32Array): void {
  const up = headUp(axes);
  for (const side of SIDES) {
    const channel = side === 'left' ? CHANNEL.eyeBlinkLeft : CHANNEL.eyeBlinkRight;
    const { upperLid, lowerLid, crease } = EYES[side];
    const offset = channel * LANDMARK_COUNT;
    let opening = 0;
    let travel = 0;
    upperLid.forEach((upper, i) => {
      opening = Math.max(opening, height(rest, upper, up) - height(rest, lowerLid[i], up));
      travel = Math.max(travel, -height(deltas, offset + upper, up));
    });
    // Skin around the eye follows in proportion to the opening of this eye.
    const gain = travel > 0 ? Math.max(0.4, Math.min(2, opening / travel)) : 1;
    for (let i = 3 * offset; i < 3 * (offset + SKIN_POINTS); i++) deltas[i] *= gain;
    for (const point of crease) {
      for (let axis = 0; axis < 3; axis++) deltas[3 * (offset + point) + axis] *= CREASE_FOLLOWS;
    }
    upperLid.forEach((upper, i) => {
      const lower = lowerLid[i];
      for (let axis = 0; axis < 3; axis++) {
        const gap = rest[3 * upper + axis] - rest[3 * lower + axis];
        deltas[3 * (offset + upper) + axis] = -0.92 * gap;
        deltas[3 * (offset + lower) + axis] = 0.08 * gap;
      }
    });
  }
}

/** Brings the upper lids along with irises that look up and down. */
export function makeLidsFollowGaze(rest: Float32Array, deltas: Float32Array, axes: Float32Array): void {
  const up = headUp(axes);
  for (const side of SIDES) {
    const { outerCorner, innerCorner, upperLid } = EYES[side];
    const irisWay = EYEBALL_RADIUS * distance(rest, outerCorner, innerCorner) * Math.sin(EYE_LOOK_RADIANS);
    for (const way of ['Down', 'Up'] as const) {
      const name: MotionChannel = `eyeLook${way}${side === 'left' ? 'Left' : 'Right'}`;
      const offset = CHANNEL[name] * LANDMARK_COUNT;
      const travel = Math.max(...upperLid.map((point) => Math.abs(height(deltas, offset + point, up))));
      const gain = travel > 0 ? clamp((FOLLOWS_GAZE[way] * irisWay) / travel, 0.3, 2) : 1;
      for (let i = 3 * offset; i < 3 * (offset + SKIN_POINTS); i++) deltas[i] *= gain;
    }
  }
}
