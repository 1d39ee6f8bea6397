/** What blinks, glances and wide eyes do to the lids of this portrait, whose eyes may be larger or narrower than others. */
import { CHANNEL, type MotionChannel } from '../../../../contract/motion-frame.ts';
import { EYE_LOOK_RADIANS } from '../../../../face/gaze.ts';
import { distance, headUp, height } from '../../../../face/landmarks.ts';
import { EYES, type EyeTopology, LANDMARK_COUNT, SIDES, SKIN_POINTS } from '../../../../face/topology.ts';
import { clamp } from '../../../../image/planes.ts';
import { EYEBALL_RADIUS } from './eye-layers.ts';

/** A lid rolls out from under the crease above it, which follows it by so much of what the blink shape says. */
const CREASE_FOLLOWS = 0.3;
/** The upper lid goes with the iris, by so much of its way: farther and eyes that look a little down seem half shut. */
const FOLLOWS_GAZE = { down: 0.85, up: 0.65 } as const;
/** Wide eyes open by so much more: narrow ones do not become round. */
const WIDENS = 0.45;
/** Shapes are made larger or smaller by such factors. */
const GAINS = [0.3, 2] as const;

/** Fits the lids' shapes among `deltas [52·478·3]` to the eyes of `rest`, with the skin around them. */
export function fitLidMotion(rest: Float32Array, deltas: Float32Array, axes: Float32Array): void {
  const up = headUp(axes);
  for (const side of SIDES) {
    const { outerCorner, innerCorner, upperLid, lowerLid } = EYES[side];
    const gaps = upperLid.map((upper, i) => height(rest, upper, up) - height(rest, lowerLid[i], up));
    const opening = Math.max(0, ...gaps);
    const irisWay = EYEBALL_RADIUS * distance(rest, outerCorner, innerCorner) * Math.sin(EYE_LOOK_RADIANS);
    const [blink, down, lookUp, wide] =
      side === 'left'
        ? (['eyeBlinkLeft', 'eyeLookDownLeft', 'eyeLookUpLeft', 'eyeWideLeft'] as const)
        : (['eyeBlinkRight', 'eyeLookDownRight', 'eyeLookUpRight', 'eyeWideRight'] as const);
    const scale = (name: MotionChannel, wanted: number) => scaleToLid(deltas, name, upperLid, wanted, up);
    scale(blink, opening);
    scale(down, FOLLOWS_GAZE.down * irisWay);
    scale(lookUp, FOLLOWS_GAZE.up * irisWay);
    scale(wide, WIDENS * opening);
    closeBlink(rest, deltas, blink, EYES[side]);
  }
}

/** Scales a shape so that the point of the lid that it moves most goes `wanted` up or down. */
function scaleToLid(
  deltas: Float32Array,
  name: MotionChannel,
  lid: readonly number[],
  wanted: number,
  up: readonly number[],
): void {
  const offset = CHANNEL[name] * LANDMARK_COUNT;
  const travel = Math.max(...lid.map((point) => Math.abs(height(deltas, offset + point, up))));
  const gain = travel > 0 ? clamp(wanted / travel, ...GAINS) : 1;
  for (let i = 3 * offset; i < 3 * (offset + SKIN_POINTS); i++) deltas[i] *= gain;
}

/** At 1 the lids meet just above the lower lid, whatever the shape of the eye. */
function closeBlink(
  rest: Float32Array,
  deltas: Float32Array,
  name: MotionChannel,
  { upperLid, lowerLid, crease }: EyeTopology,
): void {
  const offset = CHANNEL[name] * LANDMARK_COUNT;
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
