/**
 * Cartoon mouths in the manner of Rhubarb Lip Sync: nine mouth shapes (A–H and X, after Preston Blair), chosen by
 * rules from phones and their lengths, each held until the next one. Most consonants leave a choice and take what
 * is nearest to the shape before; a vowel has its own shape, which the consonants before it take on if they may.
 */
import { MOTION_FRAME_MS } from '../../src/contract/motion-frame.ts';
import { type Pose, poseFrame, VISEMES } from '../../src/render/warp/sheet/poses.ts';
import type { Phone } from '../phones.ts';

const SHAPES: Readonly<Record<string, Pose>> = {
  A: VISEMES.PP,
  B: VISEMES.SS,
  C: VISEMES.E,
  D: VISEMES.aa,
  E: VISEMES.oh,
  F: VISEMES.ou,
  G: VISEMES.FF,
  H: VISEMES.nn,
  X: VISEMES.sil,
};
const ANY = 'ABCDEFGHX';
const OPEN = 'BCDEFGH';

/** Shapes to choose from; `>` parts a diphthong's two, `|` what a stop does before its burst and after. */
const RULES: Readonly<Record<string, string>> = {
  ...{
    AA: 'D',
    AE: 'C',
    AH: 'C',
    AO: 'E',
    AW: 'C>E',
    AY: 'C>B',
    EH: 'C',
    ER: 'E',
    EY: 'C>B',
    IH: 'B',
    IY: 'B',
  },
  ...{ OW: 'E>F', OY: 'E>B', UH: 'F', UW: 'F', W: 'F', Y: 'BCF', R: 'BEF', L: 'BEFH', HH: ANY },
  ...{ P: `A|${ANY}`, B: `A|${ANY}`, M: 'A', F: 'G', V: 'G', T: `BF|${OPEN}`, D: `BF|${OPEN}`, N: 'BCFH' },
  ...{ K: `BCEFH|${OPEN}`, G: `BCEFH|${OPEN}`, NG: 'BCEF', TH: 'BF', DH: 'BF', S: 'BF', Z: 'BF', SH: 'BF' },
  ...{ ZH: 'BF', CH: 'BF', JH: 'BF', SIL: 'X' },
};
/** Lasting for longer than that (seconds), these open wider. */
const LONG: Readonly<Record<string, [seconds: number, rule: string]>> = {
  AH: [0.2, 'D'],
  AY: [0.2, 'D>B'],
  AW: [0.3, 'D>E'],
  L: [0.2, 'H'],
};
const DIPHTHONG_SHARE = 0.6;
const OCCLUSION_S = [0.04, 0.12] as const;
const MAX_ANTICIPATION_S = 0.2;

interface Segment {
  from: number;
  to: number;
  options: string;
}

/** Motion frames, `Float32Array[58]` at 25 per second. */
export function animateMouth(phones: readonly Phone[], frames: number): Float32Array[] {
  const segments = phones.flatMap(([name, from, to], i) => segmentsOf(name, from, to, phones[i - 1]));
  segments.sort((a, b) => a.from - b.from);
  const shapes = chooseShapes(segments);
  let at = 0;
  return Array.from({ length: frames }, (_, frame) => {
    const seconds = ((frame + 0.5) * MOTION_FRAME_MS) / 1000;
    while (at + 1 < segments.length && segments[at + 1].from <= seconds) at++;
    return poseFrame(SHAPES[shapes[at] ?? 'X']);
  });
}

function segmentsOf(name: string, from: number, to: number, before: Phone | undefined): Segment[] {
  const long = LONG[name];
  const rule = long && to - from >= long[0] ? long[1] : (RULES[name] ?? ANY);
  if (rule.includes('|')) {
    const [closed, released] = rule.split('|');
    const half = before ? (before[2] - before[1]) / 2 : 0;
    const occlusion = Math.min(OCCLUSION_S[1], Math.max(OCCLUSION_S[0], half));
    return [
      { from: from - occlusion, to: from, options: closed },
      { from, to, options: released },
    ];
  }
  const [first, second] = rule.split('>');
  if (!second) return [{ from, to, options: rule }];
  const middle = from + DIPHTHONG_SHARE * (to - from);
  return [
    { from, to: middle, options: first },
    { from: middle, to, options: second },
  ];
}

/** Forwards each segment takes what is nearest to the last; then shapes without a choice spread back. */
export function chooseShapes(segments: readonly Segment[]): string[] {
  const shapes: string[] = [];
  let last = 'X';
  for (const { options } of segments) {
    last = nearest(last, options);
    shapes.push(last);
  }
  for (let i = segments.length - 1; i > 0; i--) {
    if (segments[i].options.length > 1) continue;
    const [shape, start] = [shapes[i], segments[i].from];
    for (let back = i - 1; back >= 0; back--) {
      const { from, options } = segments[back];
      if (options.length === 1 || start - from > MAX_ANTICIPATION_S || !options.includes(shape)) break;
      shapes[back] = shape;
    }
  }
  return shapes;
}

function nearest(shape: string, options: string): string {
  const distance = (other: string) => {
    const [a, b] = [poseFrame(SHAPES[shape]), poseFrame(SHAPES[other])];
    return a.reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0);
  };
  return [...options].reduce((best, next) => (distance(next) < distance(best) ? next : best));
}
