/** Named poses for contact sheets, previews and tests: visemes, emotions, gaze, lids and head turns. */
import type { Emotion } from '../../../contract/controls.ts';
import { CHANNEL, MOTION_SIZE, type MotionChannel } from '../../../contract/motion-frame.ts';

export type Pose = Partial<Record<MotionChannel, number>>;

/** A motion frame, `Float32Array [58]`, that holds the given channels and is zero elsewhere. */
export function poseFrame(pose: Pose): Float32Array {
  const frame = new Float32Array(MOTION_SIZE);
  for (const [name, value] of Object.entries(pose)) frame[CHANNEL[name as MotionChannel]] = value;
  return frame;
}

/** Sets `<name>Left` and `<name>Right` alike. */
function both(name: string, value: number): Pose {
  return { [`${name}Left`]: value, [`${name}Right`]: value };
}

/** The 15 visemes of the Oculus set as ARKit coefficients. */
export const VISEMES: Readonly<Record<string, Pose>> = {
  sil: {},
  PP: { ...both('mouthPress', 0.35), mouthRollLower: 0.25, mouthRollUpper: 0.2 },
  FF: { jawOpen: 0.06, mouthRollLower: 0.55, ...both('mouthUpperUp', 0.3), mouthShrugLower: 0.1 },
  TH: { jawOpen: 0.16, ...both('mouthLowerDown', 0.15), ...both('mouthUpperUp', 0.12), tongueOut: 0.3 },
  DD: { jawOpen: 0.14, ...both('mouthLowerDown', 0.2), ...both('mouthUpperUp', 0.12) },
  kk: { jawOpen: 0.2, ...both('mouthLowerDown', 0.12), ...both('mouthUpperUp', 0.08) },
  CH: { jawOpen: 0.1, mouthFunnel: 0.45, mouthPucker: 0.15, ...both('mouthUpperUp', 0.1) },
  SS: {
    jawOpen: 0.05,
    ...both('mouthStretch', 0.2),
    ...both('mouthLowerDown', 0.25),
    ...both('mouthUpperUp', 0.12),
  },
  nn: { jawOpen: 0.12, ...both('mouthLowerDown', 0.15), ...both('mouthUpperUp', 0.08) },
  RR: { jawOpen: 0.14, mouthFunnel: 0.3, mouthPucker: 0.2 },
  aa: { jawOpen: 0.48, ...both('mouthLowerDown', 0.15), ...both('mouthUpperUp', 0.1) },
  E: {
    jawOpen: 0.28,
    ...both('mouthStretch', 0.15),
    ...both('mouthLowerDown', 0.2),
    ...both('mouthUpperUp', 0.1),
  },
  ih: {
    jawOpen: 0.16,
    ...both('mouthSmile', 0.25),
    ...both('mouthStretch', 0.15),
    ...both('mouthLowerDown', 0.2),
  },
  oh: { jawOpen: 0.32, mouthFunnel: 0.45, mouthPucker: 0.15 },
  ou: { jawOpen: 0.14, mouthFunnel: 0.3, mouthPucker: 0.6 },
};

/** What the built-in model does to the face at full strength of an emotion while nothing is said. */
const EMOTION_POSES: Readonly<Record<Emotion, Pose>> = {
  happy: {
    ...both('mouthSmile', 0.6),
    ...both('mouthDimple', 0.15),
    ...both('cheekSquint', 0.4),
    ...both('eyeSquint', 0.2),
    ...both('browOuterUp', 0.15),
  },
  sad: {
    ...both('mouthFrown', 0.45),
    mouthShrugLower: 0.15,
    browInnerUp: 0.6,
    ...both('browDown', 0.05),
    ...both('eyeBlink', 0.15),
    ...both('eyeSquint', 0.15),
  },
  angry: {
    ...both('browDown', 0.8),
    ...both('mouthFrown', 0.2),
    ...both('noseSneer', 0.25),
    ...both('cheekSquint', 0.15),
    ...both('eyeSquint', 0.4),
  },
  surprised: { browInnerUp: 0.75, ...both('browOuterUp', 0.7), ...both('eyeWide', 0.65) },
  afraid: {
    browInnerUp: 0.75,
    ...both('browOuterUp', 0.35),
    ...both('browDown', 0.15),
    ...both('eyeWide', 0.65),
    ...both('mouthStretch', 0.4),
  },
  disgusted: {
    ...both('noseSneer', 0.5),
    ...both('browDown', 0.45),
    ...both('cheekSquint', 0.4),
    ...both('eyeSquint', 0.4),
    ...both('mouthFrown', 0.2),
    mouthShrugLower: 0.2,
  },
  contempt: {
    mouthSmileRight: 0.5,
    mouthDimpleRight: 0.35,
    browOuterUpRight: 0.35,
    browDownLeft: 0.2,
    ...both('eyeSquint', 0.15),
  },
};

/** Both eyes: −1..1 to the avatar's left and up. */
export function gazePose(left: number, up: number): Pose {
  return {
    eyeLookOutLeft: Math.max(0, left),
    eyeLookInLeft: Math.max(0, -left),
    eyeLookInRight: Math.max(0, left),
    eyeLookOutRight: Math.max(0, -left),
    ...both('eyeLookUp', Math.max(0, up)),
    ...both('eyeLookDown', Math.max(0, -up)),
  };
}

const DEGREE = Math.PI / 180;

/** What a contact sheet shows, in order. */
export function contactSheetPoses(): [label: string, pose: Pose][] {
  return [
    ['rest', {}],
    ...Object.entries(VISEMES),
    ['lids half', both('eyeBlink', 0.5)],
    ['lids shut', both('eyeBlink', 1)],
    ['wink', { eyeBlinkLeft: 1 }],
    ['wide', both('eyeWide', 1)],
    ...[1, 0, -1].flatMap((up) =>
      [-1, 0, 1].map((left): [string, Pose] => [`gaze ${left},${up}`, gazePose(0.8 * left, 0.8 * up)]),
    ),
    ...Object.entries(EMOTION_POSES),
    ['brows up', { browInnerUp: 1, ...both('browOuterUp', 1) }],
    ['jaw', { jawOpen: 1 }],
    ['yaw −15°', { headYaw: -15 * DEGREE }],
    ['yaw 15°', { headYaw: 15 * DEGREE }],
    ['pitch −10°', { headPitch: -10 * DEGREE }],
    ['pitch 10°', { headPitch: 10 * DEGREE }],
    ['roll −10°', { headRoll: -10 * DEGREE }],
    ['roll 10°', { headRoll: 10 * DEGREE }],
    ['aa, turned', { ...VISEMES.aa, headYaw: 12 * DEGREE, headPitch: -6 * DEGREE }],
    ['nearer', { distance: 0.3 }],
    ['farther', { distance: -0.3 }],
  ];
}
