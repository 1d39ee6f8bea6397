import { CHANNEL, MOTION_RATE_HZ } from '../../contract/motion-frame.ts';
import { randomNumbers } from '../../random.ts';
import { cue, type Heard } from './listener-gaze.ts';

/** So many draw breath when it is their turn, after so long, in so long, and let go in as long again; seconds. */
const [DRAWS, AFTER_S, IN_S] = [0.7, [0.1, 0.4], [0.35, 0.6]] as const;
/** At its height: how far the jaw parts the lips, and how far the shoulders lift the head, in heights of the face. */
const [JAW, LIFT] = [0.09, 0.012];
/** Whoever begins to speak has drawn it: seconds in which what is left of it goes. */
const GOES_S = 0.12;
const ANEW = 0.2;

/**
 * The breath that people draw before they answer, as it shows: lips that part and shoulders that rise (BEHAVIOUR.md of
 * models/training has the sources). The chin, which rises with them, is the model's.
 */
export class ListenerBreath {
  readonly #random: () => number;
  #turn = 0;
  #from = Number.NEGATIVE_INFINITY;
  /** Motion frames. */
  #length = 1;
  #speaks = false;
  #shown = 0;

  constructor(seed: number) {
    this.#random = randomNumbers(seed ^ 0x510e527f);
  }

  /** Call for each block in order; again is no harm. */
  hear({ frame, state, cues }: Heard): void {
    const turn = cue(cues, 'turn');
    const isOver = turn > this.#turn + ANEW;
    this.#turn = turn;
    this.#speaks = state === 'speaking';
    if (!isOver || this.#speaks || this.#random() > DRAWS) return;
    this.#from = frame + this.#between(AFTER_S) * MOTION_RATE_HZ;
    this.#length = this.#between(IN_S) * MOTION_RATE_HZ;
  }

  /** Adds to a frame that is shown, at a time in motion frames, `seconds` after the one before. */
  show(shown: Float32Array, frame: number, { amount, seconds }: { amount: number; seconds: number }): void {
    const phase = (frame - this.#from) / (2 * this.#length);
    const breath = phase > 0 && phase < 1 && !this.#speaks ? Math.sin(Math.PI * phase) ** 2 : 0;
    this.#shown = Math.max(breath, this.#shown * Math.exp(-seconds / GOES_S));
    shown[CHANNEL.jawOpen] = Math.max(shown[CHANNEL.jawOpen], JAW * amount * this.#shown);
    shown[CHANNEL.headY] += LIFT * amount * this.#shown;
  }

  #between([from, to]: readonly [number, number]): number {
    return from + (to - from) * this.#random();
  }
}
