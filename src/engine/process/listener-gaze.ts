import { CUES } from '../../audio/voice-activity/speech-cues.ts';
import type { AvatarState, Controls } from '../../contract/controls.ts';
import { MOTION_RATE_HZ } from '../../contract/motion-frame.ts';
import { randomNumbers } from '../../random.ts';

/** Radians, +yaw to the avatar's left, +pitch up. */
export type Direction = Exclude<Controls['gaze'], 'camera'>;

const FACE: Direction = Object.freeze({ yaw: 0, pitch: 0 });
/** Mean seconds on the face of the one who talks, and of a glance away (Lee, Badler & Badler 2002: 7.9 and 0.4). */
const [STAY_S, GLANCE_S] = [7.9, 0.4];
const SHORTEST_S = 0.25;
/** When the turn is over, so many look away before they answer (Kendon 1967), after so long, for so long. */
const THINKS = 0.8;
const [THINKS_AFTER_S, THINKS_FOR_S] = [
  [0.08, 0.3],
  [0.9, 1.5],
] as const;
/** So far, degrees. */
const [GLANCE_DEGREES, THOUGHT_DEGREES] = [
  [6, 14],
  [9, 16],
] as const;
/** How much of them look up, rather than anywhere. */
const THINKS_UPWARDS = 0.5;
/** Eyes go less far up and down. */
const HEIGHT = 0.6;
/** Eighths of a turn from the right counter-clockwise (Lee et al. 2002), the same for left and right. */
const EIGHTHS = [16.15, 6.95, 17.7, 6.95, 16.15, 7.85, 20.4, 7.85];
/** A cue that comes anew is so much more than it was. */
const ANEW = 0.2;
const TALKS = 0.3;

interface Look {
  at: Direction;
  from: number;
  /** Frame after its last. */
  until: number;
  /** Of an answer: over as soon as the user goes on. */
  thinks?: true;
}

/** What is known of the user as a block of motion is made. */
export interface Heard {
  /** First frame of the block. */
  frame: number;
  state: AvatarState;
  /** See `SpeechCues`; undefined without a microphone. */
  cues: Float32Array | undefined;
}

/**
 * Where a face looks that hears the user: at whoever talks, now and then away, and away while it thinks of an answer.
 * Left to themselves the eyes would not know which of the two it is. Where they look in detail is the model's.
 */
export class ListenerGaze {
  readonly #random: () => number;
  #look: Look | undefined;
  #turn = 0;

  constructor(seed: number) {
    this.#random = randomNumbers(seed ^ 0x6a09e667);
  }

  /** Undefined where the eyes are left to themselves. Call for each block in order; again is no harm. */
  aim({ frame, state, cues }: Heard): Direction | undefined {
    const turn = cue(cues, 'turn');
    const isOver = turn > this.#turn + ANEW;
    this.#turn = turn;
    if (!cues || state === 'speaking') {
      this.#look = undefined;
      return undefined;
    }
    if (isOver && this.#random() < THINKS) this.#look = this.#thought(frame);
    const look = this.#look;
    const goesOn = turn === 0 && cue(cues, 'voice') > TALKS;
    if (look?.thinks && frame < look.until && !goesOn) return frame < look.from ? FACE : look.at;
    if (state !== 'listening') {
      this.#look = undefined;
      return undefined;
    }
    if (!look || look.thinks || frame >= look.until) {
      this.#look = look?.at === FACE ? this.#glance(frame) : this.#stay(frame);
    }
    return this.#look!.at;
  }

  #stay(frame: number): Look {
    return { at: FACE, from: frame, until: frame + this.#frames(SHORTEST_S - STAY_S * this.#logarithm()) };
  }

  #glance(frame: number): Look {
    const seconds = SHORTEST_S - (GLANCE_S - SHORTEST_S) * this.#logarithm();
    return {
      at: this.#away(GLANCE_DEGREES, false),
      from: frame,
      until: frame + this.#frames(Math.min(1, seconds)),
    };
  }

  #thought(frame: number): Look {
    const from = frame + this.#frames(this.#between(THINKS_AFTER_S));
    const at = this.#away(THOUGHT_DEGREES, this.#random() < THINKS_UPWARDS);
    return { at, from, until: from + this.#frames(this.#between(THINKS_FOR_S)), thinks: true };
  }

  #away(degrees: readonly [number, number], upwards: boolean): Direction {
    const size = (this.#between(degrees) * Math.PI) / 180;
    const angle = ((this.#eighth() + this.#random() - 0.5) * Math.PI) / 4;
    const pitch = HEIGHT * size * Math.sin(angle);
    return { yaw: size * Math.cos(angle), pitch: upwards ? Math.abs(pitch) : pitch };
  }

  #eighth(): number {
    let left = this.#random() * EIGHTHS.reduce((sum, share) => sum + share, 0);
    return Math.max(
      0,
      EIGHTHS.findIndex((share) => {
        left -= share;
        return left < 0;
      }),
    );
  }

  #between([from, to]: readonly [number, number]): number {
    return from + (to - from) * this.#random();
  }

  #logarithm(): number {
    return Math.log(1 - this.#random());
  }

  #frames(seconds: number): number {
    return Math.max(1, Math.round(seconds * MOTION_RATE_HZ));
  }
}

function cue(cues: Float32Array | undefined, name: (typeof CUES)[number]): number {
  return cues?.[CUES.indexOf(name)] ?? 0;
}
