/** What trackers call the shapes of a face: Apple's names ("Perfect Sync"), and those of VRM 0 and VRM 1. */
import { BLENDSHAPES, type Blendshape } from '../../contract/motion-frame.ts';

type Weights = Partial<Record<Blendshape, number>>;

/** Vowels as a mouth makes them; emotions as `Controls.emotion` has them, mildly. */
const SHAPES = {
  a: { jawOpen: 0.6, mouthLowerDownLeft: 0.25, mouthLowerDownRight: 0.25 },
  i: {
    jawOpen: 0.12,
    mouthStretchLeft: 0.45,
    mouthStretchRight: 0.45,
    mouthUpperUpLeft: 0.2,
    mouthUpperUpRight: 0.2,
  },
  u: { jawOpen: 0.15, mouthPucker: 0.7, mouthFunnel: 0.2 },
  e: {
    jawOpen: 0.3,
    mouthStretchLeft: 0.3,
    mouthStretchRight: 0.3,
    mouthLowerDownLeft: 0.2,
    mouthLowerDownRight: 0.2,
  },
  o: { jawOpen: 0.4, mouthFunnel: 0.55, mouthPucker: 0.2 },
  blink: { eyeBlinkLeft: 1, eyeBlinkRight: 1 },
  blinkLeft: { eyeBlinkLeft: 1 },
  blinkRight: { eyeBlinkRight: 1 },
  joy: { mouthSmileLeft: 0.8, mouthSmileRight: 0.8, cheekSquintLeft: 0.5, cheekSquintRight: 0.5 },
  fun: { mouthSmileLeft: 0.5, mouthSmileRight: 0.5 },
  sorrow: { mouthFrownLeft: 0.6, mouthFrownRight: 0.6, browInnerUp: 0.7 },
  angry: { browDownLeft: 0.8, browDownRight: 0.8, mouthFrownLeft: 0.3, mouthFrownRight: 0.3 },
  surprised: {
    browInnerUp: 0.7,
    browOuterUpLeft: 0.7,
    browOuterUpRight: 0.7,
    eyeWideLeft: 0.6,
    eyeWideRight: 0.6,
  },
  lookUp: { eyeLookUpLeft: 1, eyeLookUpRight: 1 },
  lookDown: { eyeLookDownLeft: 1, eyeLookDownRight: 1 },
  lookLeft: { eyeLookOutLeft: 1, eyeLookInRight: 1 },
  lookRight: { eyeLookInLeft: 1, eyeLookOutRight: 1 },
} as const satisfies Record<string, Weights>;

const { a, i, u, e, o, blink, blinkLeft, blinkRight, joy, fun, sorrow, angry } = SHAPES;

/** In lower case: senders do not agree on it. VRM 1 calls vowels aa, ih, ou, ee, oh. */
const VRM: Readonly<Record<string, Weights>> = {
  ...Object.fromEntries(Object.entries(SHAPES).map(([name, weights]) => [name.toLowerCase(), weights])),
  ...{ aa: a, ih: i, ou: u, ee: e, oh: o },
  ...{ blink_l: blinkLeft, blink_r: blinkRight, blink },
  ...{ happy: joy, relaxed: fun, sad: sorrow, joy, angry },
};
const APPLE = new Map<string, Blendshape>(BLENDSHAPES.map((name) => [name.toLowerCase(), name]));
/** As some trackers write Apple's names: eyeBlink_L. */
const SIDE = /_(l|r)$/;

/** What a name stands for; undefined for what is none of a face. */
export function weightsOf(name: string): Weights | undefined {
  const lower = name.toLowerCase();
  const apple = APPLE.get(lower.replace(SIDE, (_, side) => (side === 'l' ? 'left' : 'right')));
  return apple ? { [apple]: 1 } : Object.hasOwn(VRM, lower) ? VRM[lower] : undefined;
}
