import { CHANNEL, MOTION_RATE_HZ } from '../../contract/motion-frame.ts';
import { EYE_LOOK_RADIANS } from '../../face/gaze.ts';
import { randomNumbers } from '../../random.ts';
import { cue, type Heard } from './listener-gaze.ts';

/** So many answers are nods, and no sooner after each other. */
const ANSWERS = 0.85;
const GAP_S = 1.6;
/** Of a group: nods, the first one's depth in degrees, their rate, and what each has of the one before it. */
const [MOST_NODS, DEPTH_DEGREES, RATE_HZ, DYING] = [3, [2, 4], [1.5, 2.2], 0.6] as const;
/** After a cue, which is told 0.26 s after the pause began. */
const AFTER_CUE_S = [0.04, 0.2] as const;
/** After a nod of the user's, which is known 0.2 s after its lowest point; so many are answered. */
const [AFTER_NOD_S, ANSWERS_TO_NODS] = [[0.1, 0.5], 0.75] as const;
/** Whoever talks nods to their own words. */
const TALKS = 0.3;
const ANEW = 0.2;

interface Group {
  from: number;
  nods: number;
  radians: number;
  hertz: number;
}

/**
 * Groups of dying nods at the pauses and rising ends of whoever talks, and back at whoever nods in silence (BEHAVIOUR.md of models/training has the sources).
 * The model bows to them by a degree and a half, the mean of all the nods it was shown, which come a little sooner or
 * later: what makes them nods is added here.
 */
export class ListenerNods {
  readonly #random: () => number;
  #group: Group = { from: Number.NEGATIVE_INFINITY, nods: 0, radians: 0, hertz: 1 };
  #before = { pause: 0, rise: 0, nods: 0 };

  constructor(seed: number) {
    this.#random = randomNumbers(seed ^ 0x3c6ef372);
  }

  /** Call for each block in order; again is no harm. */
  hear({ frame, state, cues, seen }: Heard): void {
    const before = this.#before;
    const now = { pause: cue(cues, 'pause'), rise: cue(cues, 'rise'), nods: seen?.nods ?? before.nods };
    this.#before = now;
    if (frame <= this.#group.from + GAP_S * MOTION_RATE_HZ) return;
    if (now.pause > before.pause + ANEW || now.rise > before.rise + ANEW) {
      if (state === 'listening' && this.#random() < ANSWERS) this.#nod(frame, AFTER_CUE_S);
    } else if (now.nods > before.nods && state !== 'speaking' && cue(cues, 'voice') < TALKS) {
      if (this.#random() < ANSWERS_TO_NODS) this.#nod(frame, AFTER_NOD_S);
    }
  }

  #nod(frame: number, afterS: readonly [number, number]): void {
    this.#group = {
      from: frame + this.#between(afterS) * MOTION_RATE_HZ,
      nods: 1 + Math.floor(MOST_NODS * this.#random()),
      radians: (this.#between(DEPTH_DEGREES) * Math.PI) / 180,
      hertz: this.#between(RATE_HZ),
    };
  }

  /** Adds to a frame that is shown, at a time in motion frames; the eyes stay where they look. */
  show(shown: Float32Array, frame: number, amount: number): void {
    const { from, nods, radians, hertz } = this.#group;
    const phase = ((frame - from) * hertz) / MOTION_RATE_HZ;
    if (phase <= 0 || phase >= nods) return;
    const pitch = amount * radians * DYING ** Math.floor(phase) * Math.sin(Math.PI * phase) ** 2;
    shown[CHANNEL.headPitch] += pitch;
    const { eyeLookUpLeft, eyeLookUpRight, eyeLookDownLeft, eyeLookDownRight } = CHANNEL;
    for (const [up, down] of [
      [eyeLookUpLeft, eyeLookDownLeft],
      [eyeLookUpRight, eyeLookDownRight],
    ]) {
      const look = shown[up] - shown[down] + pitch / EYE_LOOK_RADIANS;
      shown[up] = Math.max(0, look);
      shown[down] = Math.max(0, -look);
    }
  }

  #between([from, to]: readonly [number, number]): number {
    return from + (to - from) * this.#random();
  }
}
