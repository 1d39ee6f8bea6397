import { CUES } from '../../audio/voice-activity/speech-cues.ts';
import type { AvatarState, Controls } from '../../contract/controls.ts';
import { MOTION_RATE_HZ } from '../../contract/motion-frame.ts';
import { randomNumbers } from '../../random.ts';
import type { Seen } from './seen-user.ts';

/** Radians, +yaw to the avatar's left, +pitch up. */
export type Direction = Exclude<Controls['gaze'], 'camera'>;

const FACE: Direction = Object.freeze({ yaw: 0, pitch: 0 });
/** Mean seconds of a look at the user and of one away: at whoever talks (Lee, Badler & Badler 2002: 7.9 and 0.4)… */
const TALKING = { stayS: 7.9, awayS: 0.4, degrees: [6, 14] } as const;
/** … and while nobody does, and the face looks about. */
const NOBODY = { stayS: 1.7, awayS: 2, degrees: [13, 24] } as const;
const SHORTEST_S = 0.25;
/** When the turn is over, so many look away before they answer (Kendon 1967), after so long, for so long. */
const THINKS = 0.8;
const [THINKS_AFTER_S, THINKS_FOR_S] = [
  [0.08, 0.3],
  [0.9, 1.5],
] as const;
/** So far, degrees. */
const THOUGHT_DEGREES = [9, 16] as const;
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
  /** Undefined for a thought of an answer, which is over as soon as the user goes on. */
  ways?: typeof TALKING | typeof NOBODY;
}

/** What is known of the user as a block of motion is made. */
export interface Heard {
  /** First frame of the block. */
  frame: number;
  state: AvatarState;
  /** See `SpeechCues`; undefined without a microphone. */
  cues: Float32Array | undefined;
  /** Undefined without a camera. */
  seen?: Seen | undefined;
}

/**
 * Where a face looks that hears the user: at whoever talks, now and then away, away while it thinks of an answer, and
 * about while nobody talks, but back at once at whoever looks back. Left to themselves the eyes would not know which of them it is. How head and eyes go there is
 * the model's.
 */
export class ListenerGaze {
  readonly #random: () => number;
  #look: Look | undefined;
  #turn = 0;
  #returns = 0;

  constructor(seed: number) {
    this.#random = randomNumbers(seed ^ 0x6a09e667);
  }

  /** Undefined where the eyes are left to themselves. Call for each block in order; again is no harm. */
  aim({ frame, state, cues, seen }: Heard): Direction | undefined {
    const turn = cue(cues, 'turn');
    const isOver = turn > this.#turn + ANEW;
    this.#turn = turn;
    const isBack = (seen?.returns ?? 0) > this.#returns;
    this.#returns = seen?.returns ?? this.#returns;
    if ((!cues && !seen) || state === 'speaking') {
      this.#look = undefined;
      return undefined;
    }
    const sounds = cue(cues, 'voice') > TALKS;
    // It turns to a voice before that is known to be talk.
    const ways = state === 'listening' || sounds ? TALKING : NOBODY;
    if (isBack) this.#look = { at: FACE, ways, from: frame, until: frame + frames(ways.stayS) };
    else if (isOver && this.#random() < THINKS) this.#look = this.#thought(frame);
    const look = this.#look;
    const goesOn = turn === 0 && sounds;
    if (look && !look.ways && frame < look.until && !goesOn) return frame < look.from ? FACE : look.at;
    if (!look || look.ways !== ways || frame >= look.until) {
      const at = look?.at === FACE && look.ways === ways ? this.#away(ways.degrees, false) : FACE;
      const meanS = at === FACE ? ways.stayS : ways.awayS;
      const seconds = SHORTEST_S + (SHORTEST_S - meanS) * Math.log(1 - this.#random());
      this.#look = { at, ways, from: frame, until: frame + frames(Math.min(2 * meanS, seconds)) };
    }
    return this.#look!.at;
  }

  #thought(frame: number): Look {
    const from = frame + frames(this.#between(THINKS_AFTER_S));
    const at = this.#away(THOUGHT_DEGREES, this.#random() < THINKS_UPWARDS);
    return { at, from, until: from + frames(this.#between(THINKS_FOR_S)) };
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
}

function frames(seconds: number): number {
  return Math.max(1, Math.round(seconds * MOTION_RATE_HZ));
}

/** What is told of it now; 0 without a microphone. */
export function cue(cues: Float32Array | undefined, name: (typeof CUES)[number]): number {
  return cues?.[CUES.indexOf(name)] ?? 0;
}
