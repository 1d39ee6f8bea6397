import { CUES } from '../../audio/voice-activity/speech-cues.ts';
import { CHANNEL, MOTION_RATE_HZ } from '../../contract/motion-frame.ts';
import { EYE_LOOK_RADIANS } from '../../face/gaze.ts';
import { randomNumbers } from '../../random.ts';
import type { Heard } from './listener-gaze.ts';

/** So many answers are nods, and no sooner after each other. */
const ANSWERS = 0.85;
const GAP_S = 1.6;
/** Of a group: nods, the first one's depth in degrees, their rate, and what each has of the one before it. */
const [MOST_NODS, DEPTH_DEGREES, RATE_HZ, DYING] = [3, [2, 4], [1.5, 2.2], 0.6] as const;
/** After a cue, which is told 0.26 s after the pause began. */
const LATEST_S = 0.12;
const ANEW = 0.2;

interface Group {
  from: number;
  nods: number;
  radians: number;
  hertz: number;
}

/**
 * Groups of dying nods at the pauses and rising ends of whoever talks (BEHAVIOUR.md of models/training has the sources).
 * The model bows to them by a degree and a half, the mean of all the nods it was shown, which come a little sooner or
 * later: what makes them nods is added here.
 */
export class ListenerNods {
  readonly #random: () => number;
  #group: Group = { from: Number.NEGATIVE_INFINITY, nods: 0, radians: 0, hertz: 1 };
  #before = { pause: 0, rise: 0 };

  constructor(seed: number) {
    this.#random = randomNumbers(seed ^ 0x3c6ef372);
  }

  /** Call for each block in order; again is no harm. */
  hear({ frame, state, cues }: Heard): void {
    const now = { pause: cues?.[CUES.indexOf('pause')] ?? 0, rise: cues?.[CUES.indexOf('rise')] ?? 0 };
    const isNew = now.pause > this.#before.pause + ANEW || now.rise > this.#before.rise + ANEW;
    this.#before = now;
    const rests = frame > this.#group.from + GAP_S * MOTION_RATE_HZ;
    if (!isNew || !rests || state !== 'listening' || this.#random() > ANSWERS) return;
    this.#group = {
      from: frame + this.#between([0, LATEST_S]) * MOTION_RATE_HZ,
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
