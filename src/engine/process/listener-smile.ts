import type { EmotionWeights } from '../../contract/controls.ts';
import { CHANNEL, MOTION_RATE_HZ } from '../../contract/motion-frame.ts';
import { randomNumbers } from '../../random.ts';
import { cue, type Heard } from './listener-gaze.ts';

/** The user smiles from the first on, and has stopped below the second. */
const [SMILES, STOPPED] = [0.3, 0.2];
/** A smile is seen for so long before it is answered, seconds. */
const ANSWERED_AFTER_S = [0.2, 0.5] as const;
/** Of the smile that is seen: an answer is fainter. And to laughter, which is answered at once. */
const [ANSWER, LAUGHS_ALONG] = [0.4, 0.5];
/** Seconds in which it comes to 63 %, and goes. */
const [COMES_S, GOES_S] = [0.25, 0.9];
/** Of the smile: it reaches the eyes. */
const CHEEKS = 0.6;

const SMILE = [CHANNEL.mouthSmileLeft, CHANNEL.mouthSmileRight];
const CHEEK = [CHANNEL.cheekSquintLeft, CHANNEL.cheekSquintRight];

/**
 * A faint smile back at the user whom a camera sees smile, and one for laughter (BEHAVIOUR.md of models/training has the
 * sources): the model smiles along by half as much, a little late.
 */
export class ListenerSmile {
  readonly #random: () => number;
  #answerFrom: number | undefined;
  #wanted = 0;
  #shown = 0;

  constructor(seed: number) {
    this.#random = randomNumbers(seed ^ 0x1f83d9ab);
  }

  /** Call for each block in order; again is no harm. */
  hear({ frame, state, cues, seen }: Heard): void {
    const smile = seen?.smile ?? 0;
    if (smile < (this.#answerFrom === undefined ? SMILES : STOPPED)) this.#answerFrom = undefined;
    else this.#answerFrom ??= frame + this.#delayFrames();
    const answers = state !== 'speaking' && frame >= (this.#answerFrom ?? Number.POSITIVE_INFINITY);
    const laughter = state === 'speaking' ? 0 : cue(cues, 'laughter');
    this.#wanted = Math.max(answers ? ANSWER * smile : 0, LAUGHS_ALONG * laughter);
  }

  /** Adds to a frame that is shown, `seconds` after the one before; never to an emotion that was set and is another. */
  show(shown: Float32Array, amount: number, { seconds, emotion }: Shown): void {
    const wanted = mayBeHappy(emotion) ? this.#wanted : 0;
    const constant = wanted > this.#shown ? COMES_S : GOES_S;
    this.#shown += (1 - Math.exp(-seconds / constant)) * (wanted - this.#shown);
    const smile = Math.min(1, amount * this.#shown);
    for (const channel of SMILE) shown[channel] = Math.max(shown[channel], smile);
    for (const channel of CHEEK) shown[channel] = Math.max(shown[channel], CHEEKS * smile);
  }

  #delayFrames(): number {
    const [from, to] = ANSWERED_AFTER_S;
    return (from + (to - from) * this.#random()) * MOTION_RATE_HZ;
  }
}

interface Shown {
  seconds: number;
  emotion: 'voice' | EmotionWeights;
}

/** Whether no emotion is set but happiness, against which no smile goes. */
export function mayBeHappy(emotion: 'voice' | EmotionWeights): boolean {
  return (
    emotion === 'voice' || Object.entries(emotion).every(([name, weight]) => name === 'happy' || !weight)
  );
}
