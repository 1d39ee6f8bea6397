import { CUES } from '../../audio/voice-activity/speech-cues.ts';
import type { Controls } from '../../contract/controls.ts';
import { randomNumbers } from '../../random.ts';
import { cue, type Heard } from './listener-gaze.ts';
import { mayBeHappy } from './listener-smile.ts';

/** So many of them raise the brows of people who listen (BEHAVIOUR.md of models/training). */
const SHARES = { pause: 0.35, rise: 0.6 } as const;
const NAMES = ['pause', 'rise'] as const;
/** A cue that comes anew is so much more than it was. */
const ANEW = 0.2;

/**
 * What the model is told of the user's voice. It was shown brows that rise at some cues, cannot know which, and raises
 * them a little at every one: so it is told of those alone at which they are to rise. Nods do not need it
 * (`ListenerNods`). Nor of laughter while another emotion is set than happiness.
 */
export class ToldCues {
  readonly #random: () => number;
  readonly #before = { pause: 0, rise: 0 };
  readonly #told = { pause: false, rise: false };

  constructor(seed: number) {
    this.#random = randomNumbers(seed ^ 0x5be0cd19);
  }

  /** Undefined without a microphone. Call for each block in order; again is no harm. */
  of({ cues }: Pick<Heard, 'cues'>, emotion: Controls['emotion']): Float32Array | undefined {
    const told = cues?.slice();
    for (const name of NAMES) {
      const now = cue(cues, name);
      if (now > this.#before[name] + ANEW) this.#told[name] = this.#random() < SHARES[name];
      this.#before[name] = now;
      if (told && !this.#told[name]) told[CUES.indexOf(name)] = 0;
    }
    if (told && !mayBeHappy(emotion)) told[CUES.indexOf('laughter')] = 0;
    return told;
  }
}
