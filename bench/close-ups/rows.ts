/** What a page of close-ups shows of each portrait, row by row. */
import { EYE_LOOK_RADIANS } from '../../src/face/gaze.ts';
import { gazePose, type Pose, VISEMES } from '../../src/render/warp/sheet/poses.ts';

/** What is cut out of each picture. */
export type Crop = 'mouth' | 'eyes' | 'head';
/** What stands behind the head; absent: the portrait's own. */
export type Ground = 'black' | 'white' | 'green' | 'photograph';

export interface Cell {
  label: string;
  pose: Pose;
  ground?: Ground;
}

export interface Row {
  name: string;
  crop: Crop;
  cells: readonly Cell[];
}

const DEGREE = Math.PI / 180;

const both = (name: string, value: number): Pose => ({ [`${name}Left`]: value, [`${name}Right`]: value });
const cell = (label: string, pose: Pose): Cell => ({ label, pose });
const over = (ground: Ground): Cell => ({ label: `over ${ground}`, pose: {}, ground });

const LAUGH: Pose = {
  jawOpen: 0.3,
  ...both('mouthSmile', 0.8),
  ...both('mouthUpperUp', 0.4),
  ...both('mouthLowerDown', 0.2),
  ...both('cheekSquint', 0.6),
};
const SAD: Pose = { ...both('mouthFrown', 0.45), mouthShrugLower: 0.15, browInnerUp: 0.6 };

export const ROWS: readonly Row[] = [
  {
    name: 'mouth-1',
    crop: 'mouth',
    cells: [
      cell('rest', {}),
      cell('aa', VISEMES.aa),
      cell('ee', VISEMES.E),
      cell('oh', VISEMES.oh),
      cell('oo', VISEMES.ou),
      cell('s', VISEMES.SS),
    ],
  },
  {
    name: 'mouth-2',
    crop: 'mouth',
    cells: [
      cell('f', VISEMES.FF),
      cell('l', { ...VISEMES.DD, tongueOut: 0.1 }),
      cell('th', VISEMES.TH),
      cell('p', VISEMES.PP),
      cell('laugh', LAUGH),
      cell('sad', SAD),
    ],
  },
  {
    name: 'eyes-1',
    crop: 'eyes',
    cells: [
      cell('rest', {}),
      cell('lids half', both('eyeBlink', 0.5)),
      cell('blink', both('eyeBlink', 1)),
      cell('squint', both('eyeSquint', 0.8)),
      cell('wide', both('eyeWide', 0.8)),
      cell('brows up', { browInnerUp: 0.8, ...both('browOuterUp', 0.8) }),
    ],
  },
  {
    name: 'eyes-2',
    crop: 'eyes',
    cells: [
      cell('left', gazePose(0.6, 0)),
      cell('right', gazePose(-0.6, 0)),
      cell('up', gazePose(0, 0.5)),
      cell('down', gazePose(0, -0.5)),
      cell('brows down', both('browDown', 0.8)),
      cell('wink', { eyeBlinkLeft: 1 }),
    ],
  },
  {
    name: 'head',
    crop: 'head',
    cells: [
      cell('smile', { ...both('mouthSmile', 0.7), ...both('cheekSquint', 0.5) }),
      cell('puff', { cheekPuff: 0.8 }),
      over('black'),
      over('white'),
      over('green'),
      over('photograph'),
    ],
  },
  {
    name: 'turns',
    crop: 'head',
    cells: [
      cell('yaw −15°', { headYaw: -15 * DEGREE }),
      cell('yaw 15°', { headYaw: 15 * DEGREE }),
      cell('pitch −10°', { headPitch: -10 * DEGREE }),
      cell('pitch 10°', { headPitch: 10 * DEGREE }),
      cell('aa, turned', { ...VISEMES.aa, headYaw: 12 * DEGREE, headPitch: -6 * DEGREE }),
      cell('eyes stay', { headYaw: 12 * DEGREE, ...gazePose((-12 * DEGREE) / EYE_LOOK_RADIANS, 0) }),
    ],
  },
];
