/** How a performer's motion and that of the voice become one face: see `MotionSource`. */
import { BLENDSHAPES, type Blendshape, HEAD_CHANNELS } from '../../../contract/motion-frame.ts';
import { groupOf, type MotionSource, type PerformedGroup } from '../../../contract/performed-motion.ts';

/** A channel where both have a say. `speaking`: 0..1, how much of the mouth the voice needs. */
type Join = (voice: number, performed: number, speaking: number) => number;

const added: Join = (voice, performed) => voice + performed;
const stronger: Join = (voice, performed) => Math.max(voice, performed);
/** What makes phones visible: a performer who smiles open-mouthed would part the lips of a P. */
const spoken: Join = (voice, performed, speaking) => Math.max(voice, (1 - speaking) * performed);

/** Of the mouth, those that speech does without: they carry expression. */
const EXPRESSIVE = /^(mouth(Smile|Frown|Dimple|Left|Right)|cheek|noseSneer)/;

interface Channel {
  group: PerformedGroup;
  join: Join;
}

/** Of each channel of a motion frame. */
const CHANNELS: readonly Channel[] = [
  ...BLENDSHAPES.map((shape: Blendshape): Channel => {
    const group = groupOf(shape);
    return { group, join: group === 'mouth' && !EXPRESSIVE.test(shape) ? spoken : stronger };
  }),
  ...HEAD_CHANNELS.map((): Channel => ({ group: 'head', join: added })),
];

export function groupOfChannel(channel: number): PerformedGroup {
  return CHANNELS[channel].group;
}

/** One channel: `share` of it, 0..1, is under the performer's influence. */
export function mixed(
  channel: number,
  source: MotionSource,
  values: { voice: number; performed: number; share: number; speaking: number },
): number {
  const { voice, performed, share, speaking } = values;
  if (source === 'voice') return voice;
  const whole = source === 'performer' ? performed : CHANNELS[channel].join(voice, performed, speaking);
  return voice + share * (whole - voice);
}
