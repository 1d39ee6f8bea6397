import { type Blendshape, CHANNEL } from '../../../src/contract/motion-frame.ts';
import type { PerformedFrame } from '../../../src/contract/performed-motion.ts';
import type { FaceBasis } from '../../../src/face/face-basis.ts';
import {
  ABOVE_UPPER_LIP,
  BELOW_LOWER_LIP,
  CHIN,
  EYES,
  LANDMARK_COUNT,
  LOWER_LIP_MIDDLE,
  LOWER_LIP_RINGS,
  MOUTH_CORNER,
  SIDES,
  UPPER_LIP_MIDDLE,
  UPPER_LIP_RINGS,
} from '../../../src/face/topology.ts';
import { type FacePose, poseOf } from './face-pose.ts';
import { ShapeFit } from './shape-fit.ts';

type Side = (typeof SIDES)[number];
type Shapes = Partial<Record<Blendshape, number>>;

const MOUTH_SHAPES = [
  ...(['jawLeft', 'jawRight', 'mouthFunnel', 'mouthPucker', 'mouthLeft'] as const),
  ...(['mouthRight', 'mouthSmileLeft', 'mouthSmileRight', 'mouthFrownLeft', 'mouthFrownRight'] as const),
  ...(['mouthStretchLeft', 'mouthStretchRight', 'mouthRollLower', 'mouthRollUpper'] as const),
  ...(['mouthUpperUpLeft', 'mouthUpperUpRight', 'mouthLowerDownLeft', 'mouthLowerDownRight'] as const),
] satisfies Blendshape[];
const MOUTH_POINTS = [
  ...[...UPPER_LIP_RINGS, ...LOWER_LIP_RINGS].flat(),
  ...[
    MOUTH_CORNER.left,
    MOUTH_CORNER.right,
    CHIN,
    148,
    377,
    176,
    400,
    199,
    200,
    ...ABOVE_UPPER_LIP,
    ...BELOW_LOWER_LIP,
  ],
];
const BROW_SHAPES = [
  ...(['browDownLeft', 'browDownRight', 'browInnerUp', 'browOuterUpLeft', 'browOuterUpRight'] as const),
] satisfies Blendshape[];
const BROW_POINTS = [
  70, 63, 105, 66, 107, 46, 53, 52, 65, 55, 300, 293, 334, 296, 336, 276, 283, 282, 295, 285,
];

/** Of how far an open eye stands open at rest: what a tracker sees of lids that are shut, and where a blink begins. */
const [SHUT_SHARE, BLINK_FROM_SHARE, WIDE_SHARE] = [0.4, 0.9, 1.35];
/** Of the width of an eye: how far its iris wanders for a look of 1 (30°) to the side, and up. */
const [LOOK_ACROSS, LOOK_UP] = [0.2, 0.14];
/** What a calibrated smile becomes, and the least that counts as one. */
const [FULL_SMILE, LEAST_SMILE] = [0.85, 0.12];

/** What a turned head makes of a mouth at rest is mostly no expression. */
const FAINT = 0.15;

interface Eye {
  /** Between the lids, in widths of the eye. */
  aperture: number;
  /** The iris against the middle of the corners, in widths of the eye: to the avatar's left, and up. */
  across: number;
  up: number;
}

/** A face as it looks at rest. */
interface Rest {
  pose: FacePose;
  eyes: Record<Side, Eye>;
}

/**
 * Landmarks of a face as ARKit coefficients, against that face's own look at rest: lids and irises by their own measures,
 * mouth and brows by the shapes of the face basis that come nearest.
 */
export class FaceExpression {
  readonly #basis: FaceBasis;
  readonly #mouth: ShapeFit;
  readonly #brows: ShapeFit;
  /** What an open jaw does to the landmarks. */
  readonly #jaw: Float32Array;
  #rest: Rest | undefined;
  #smileGain = 1;

  constructor(basis: FaceBasis) {
    this.#basis = basis;
    const from = 3 * LANDMARK_COUNT * CHANNEL.jawOpen;
    this.#jaw = basis.deltas.subarray(from, from + 3 * LANDMARK_COUNT);
    this.#mouth = new ShapeFit(basis, MOUTH_SHAPES, MOUTH_POINTS);
    this.#brows = new ShapeFit(basis, BROW_SHAPES, BROW_POINTS);
  }

  get calibrated(): boolean {
    return this.#rest !== undefined;
  }

  /** Looks into the camera with a face at rest: `[478·3]` each. */
  calibrateRest(looks: readonly Float64Array[]): void {
    const mean = looks[0].map((_, i) => looks.reduce((sum, look) => sum + look[i] / looks.length, 0));
    const pose = poseOf(this.#basis, mean);
    // A blink among them does not count: the eye is as open as it mostly is.
    const eyes = SIDES.map((side) => {
      const seen = looks.map((look) => eyeOf(poseOf(this.#basis, look).points, side));
      const middle = (of: (eye: Eye) => number) => seen.map(of).sort((a, b) => a - b)[seen.length >> 1];
      return [
        side,
        {
          aperture: middle((eye) => eye.aperture),
          across: middle((eye) => eye.across),
          up: middle((eye) => eye.up),
        },
      ];
    });
    this.#rest = { pose, eyes: Object.fromEntries(eyes) };
    this.#smileGain = 1;
  }

  /** How wide this face smiles, of all that was seen while it was asked to. */
  calibrateSmile(frames: readonly Omit<PerformedFrame, 'timeMs'>[]): void {
    const smiles = frames
      .map(({ shapes = {} }) => 0.5 * ((shapes.mouthSmileLeft ?? 0) + (shapes.mouthSmileRight ?? 0)))
      .sort((a, b) => a - b);
    const wide = smiles[Math.floor(0.8 * smiles.length)] ?? 0;
    if (wide > LEAST_SMILE) this.#smileGain = FULL_SMILE / wide;
  }

  /** `landmarks [478·3]`; only after `calibrateRest`. */
  read(landmarks: Float64Array): Omit<PerformedFrame, 'timeMs'> {
    const rest = this.#rest!;
    const pose = poseOf(this.#basis, landmarks);
    const moved = pose.points.map((value, i) => value - rest.pose.points[i]);
    const jawOpen = this.#openJaw(moved);
    const mouth = this.#mouth.fit(moved.map((value, i) => value - jawOpen * this.#jaw[i]));
    for (const name of MOUTH_SHAPES) mouth[name] = Math.max(0, mouth[name]! - FAINT) / (1 - FAINT);
    for (const name of ['mouthSmileLeft', 'mouthSmileRight'] as const)
      mouth[name] = Math.min(1, this.#smileGain * mouth[name]!);
    return {
      shapes: { jawOpen, ...mouth, ...this.#brows.fit(moved), ...eyeShapes(pose, rest) },
      head: {
        yaw: pose.yaw - rest.pose.yaw,
        pitch: pose.pitch - rest.pose.pitch,
        roll: pose.roll - rest.pose.roll,
      },
    };
  }

  /** By how far the lips part: nearly all of what parts them is the jaw. */
  #openJaw(moved: ArrayLike<number>): number {
    const gap = (points: ArrayLike<number>) =>
      points[3 * UPPER_LIP_MIDDLE + 1] - points[3 * LOWER_LIP_MIDDLE + 1];
    return Math.max(0, Math.min(1, gap(moved) / gap(this.#jaw)));
  }
}

function eyeOf(points: Float64Array, side: Side): Eye {
  const { outerCorner, innerCorner, upperLid, lowerLid, irisCentre } = EYES[side];
  const at = (i: number, axis: number) => points[3 * i + axis];
  const width = Math.hypot(at(outerCorner, 0) - at(innerCorner, 0), at(outerCorner, 1) - at(innerCorner, 1));
  const level = (lid: readonly number[]) => lid.reduce((sum, i) => sum + at(i, 1) / lid.length, 0);
  const middle = (axis: number) => 0.5 * (at(outerCorner, axis) + at(innerCorner, axis));
  return {
    aperture: (level(upperLid) - level(lowerLid)) / width,
    across: (at(irisCentre, 0) - middle(0)) / width,
    up: (at(irisCentre, 1) - middle(1)) / width,
  };
}

/** Both eyes look the same way, as eyes do beyond a metre; each blinks by itself. */
function eyeShapes({ points }: FacePose, { eyes }: Rest): Shapes {
  const seen = SIDES.map((side) => ({ side, eye: eyeOf(points, side), rest: eyes[side] }));
  const mean = (of: (one: (typeof seen)[number]) => number) =>
    seen.reduce((sum, one) => sum + of(one) / 2, 0);
  const across = mean(({ eye, rest }) => eye.across - rest.across) / LOOK_ACROSS;
  const up = mean(({ eye, rest }) => eye.up - rest.up) / LOOK_UP;
  const unit = (value: number) => Math.max(0, Math.min(1, value));
  const shapes: Shapes = {
    eyeLookOutLeft: unit(across),
    eyeLookInLeft: unit(-across),
    eyeLookInRight: unit(across),
    eyeLookOutRight: unit(-across),
    eyeLookUpLeft: unit(up),
    eyeLookUpRight: unit(up),
    eyeLookDownLeft: unit(-up),
    eyeLookDownRight: unit(-up),
  };
  for (const { side, eye, rest } of seen) {
    const share = eye.aperture / rest.aperture;
    const name = side === 'left' ? 'Left' : 'Right';
    shapes[`eyeBlink${name}`] = unit((BLINK_FROM_SHARE - share) / (BLINK_FROM_SHARE - SHUT_SHARE));
    shapes[`eyeWide${name}`] = unit((share - 1.1) / (WIDE_SHARE - 1.1));
  }
  return shapes;
}
