/**
 * What a drawn mouth does for a motion frame. Animators draw few shapes and hold them: the shape snaps from one to the
 * next, so that what lies between them is passed within a picture or two. It depends on nothing but the frame.
 */
import { CHANNEL, type MotionChannel } from '../../../contract/motion-frame.ts';
import { clamp, smoothstep } from '../../../image/planes.ts';

/** In half widths of an open mouth. */
export interface MouthShape {
  /** Half its width, and how far it opens up and down from its line. */
  half: number;
  up: number;
  down: number;
  /** 0: pointed corners, 1: round as an o. */
  round: number;
  /** How far the corners are raised. */
  raised: number;
  /** Shift of its middle to the avatar's left. */
  aside: number;
  /** How far the tongue is raised, 0..1. */
  tongue: number;
  /** Whether the mouth is as it was drawn. */
  own: boolean;
}

/** Openings that are held: of the jaw, shut to wide. */
const HELD = [0, 0.2, 0.46, 0.78, 1];
/** Between two that are held, this share of the way is passed quickly. */
const SNAP = 0.5;
/** What of the jaw's channel opens a mouth fully. */
const JAW = 0.62;
/** Openings below this are none. */
const SHUT = 0.1;
const OWN = { open: 0.06, expression: 0.06 } as const;

export function mouthShape(frame: Float32Array): MouthShape {
  const at = (name: MotionChannel) => frame[CHANNEL[name]];
  const both = (name: string) =>
    0.5 * (at(`${name}Left` as MotionChannel) + at(`${name}Right` as MotionChannel));
  const lips = 0.25 * (both('mouthLowerDown') + both('mouthUpperUp'));
  const pressed = both('mouthPress') + at('mouthRollLower') + at('mouthRollUpper') + at('mouthClose');
  const spoken = Math.max(0, at('jawOpen') / JAW + lips - 0.6 * pressed);
  const wanted = clamp(spoken, 0, 1);
  const open = held(wanted < SHUT ? 0 : wanted, HELD);
  const rounded = held(clamp(1.1 * at('mouthPucker') + 0.8 * at('mouthFunnel'), 0, 1), [0, 0.5, 1]);
  const smile = both('mouthSmile') - both('mouthFrown');
  const wide = clamp(
    0.8 * both('mouthStretch') + 0.5 * Math.max(0, both('mouthSmile')) + 0.3 * both('mouthDimple'),
    0,
    1,
  );
  const half = (1 + 0.35 * wide - 0.12 * open) * (1 - 0.52 * rounded);
  const height = open * (0.95 - 0.25 * wide) * (1 + 0.1 * rounded);
  const raised = 0.42 * smile * (1 - 0.7 * rounded);
  const aside = 0.5 * (at('mouthLeft') - at('mouthRight') + 0.5 * (at('jawLeft') - at('jawRight')));
  const expression = Math.abs(smile) + wide + rounded + Math.abs(aside) + 0.5 * pressed;
  return {
    half,
    up: height * (0.22 + 0.28 * rounded),
    down: height * (0.78 - 0.2 * rounded),
    round: clamp(rounded + 0.25 * open, 0, 1),
    raised,
    aside,
    tongue: smoothstep(0.05, 0.3, at('tongueOut')),
    own: open < OWN.open && expression < OWN.expression,
  };
}

/** Keeps to the nearest of `levels`, and passes quickly from each to the next. */
function held(value: number, levels: readonly number[]): number {
  let k = 0;
  while (k + 2 < levels.length && value > levels[k + 1]) k++;
  const [low, high] = [levels[k], levels[k + 1]];
  const share = (value - low) / (high - low);
  return low + (high - low) * smoothstep(0.5 - 0.5 * SNAP, 0.5 + 0.5 * SNAP, share);
}
