/**
 * What hangs free of a drawing's head (strands, ears, ribbons) follows it late and swings out, and the body leans after
 * it. Each direction from the face has a spring of its own, the longer the slower, so that strands do not move as one.
 */
import { CHIN, FACE_OVAL } from '../../../face/topology.ts';
import { clamp } from '../../../image/planes.ts';
import type { Moment } from '../../renderer.ts';
import { type HeadPose, posePoint } from '../head/head-pose.ts';
import { RING_COUNT, RING_SIZE, ringVertex } from '../head/mesh-topology.ts';
import type { Rig } from '../rig.ts';
import type { FreeParts } from './free-parts.ts';
import { Spring } from './spring.ts';

/** Of an end one face height long; a pendulum's goes with one over the root of its length. */
const FREQUENCY_HZ = 1.25;
const LENGTHS = [0.3, 1.6] as const;
/** Neighbours differ by up to this share. */
const APART = 0.09;
const DAMPING = 0.3;
/** How much farther than a spring a free end swings, and how far at most, in face heights. */
const REACH = 1.5;
const FARTHEST = 0.11;
const BODY_HZ = 0.7;
const BODY_DAMPING = 0.8;
/** How much of the head's shift the body takes in the end. */
const LEAN = 0.12;
/** After a longer pause, and when time goes back, everything hangs still again. */
const LONGEST_STEP_MS = 500;
/** Hair that hangs before the shoulders goes along with the head by so much, not with them. */
const ALONG = 0.6;
/** Ends are never quite still: face heights, and two slow waves that never meet. */
const AIR = 0.006;
const AIR_HZ = [0.23, 0.37] as const;

export class Sway {
  readonly #parts: FreeParts;
  readonly #faceHeight: number;
  /** What the springs follow: the face's outline as far to the front as the face. */
  readonly #roots: Float32Array;
  readonly #across: Spring[] = [];
  readonly #down: Spring[] = [];
  readonly #lean = new Spring(BODY_HZ, BODY_DAMPING);
  /** How far the head has shifted each direction, and how far its free ends are off that, x and y, view fractions. */
  readonly #shifts = new Float32Array(2 * RING_SIZE);
  readonly #off = new Float32Array(2 * RING_SIZE);
  /** How much of the head's shift each vertex takes that it would not as a part of the body. */
  readonly #along: Float32Array;
  readonly #moved = new Float32Array(3);
  readonly #still = new Float32Array(3);
  #timeMs = Number.NaN;

  constructor({ portrait, faceHeight }: Pick<Rig, 'portrait' | 'faceHeight'>, parts: FreeParts) {
    this.#parts = parts;
    this.#faceHeight = faceHeight;
    const front = portrait[3 * CHIN + 2];
    this.#roots = Float32Array.from({ length: 3 * RING_SIZE }, (_, i) =>
      i % 3 === 2 ? front : portrait[3 * FACE_OVAL[Math.floor(i / 3)] + (i % 3)],
    );
    this.#along = parts.body.map((body) => Math.max(0, ALONG - 1 + body));
    parts.lengths.forEach((length, i) => {
      const own = 1 + APART * Math.sin(2.4 * i);
      const frequency = (own * FREQUENCY_HZ) / Math.sqrt(clamp(length, ...LENGTHS));
      this.#across.push(new Spring(frequency, DAMPING));
      this.#down.push(new Spring(1.3 * frequency, DAMPING));
    });
  }

  /** Follows the head to `moment`, and moves `posed`, the head mesh as it was posed for it. */
  bend(posed: Float32Array, pose: HeadPose, { mediaTimeMs, seed }: Moment): void {
    const step = mediaTimeMs - this.#timeMs;
    this.#timeMs = mediaTimeMs;
    this.#follow(pose, step > 0 && step <= LONGEST_STEP_MS ? step / 1000 : undefined);
    this.#blow(mediaTimeMs / 1000, seed);
    const { free, body } = this.#parts;
    const lean = pose.scale * LEAN * this.#lean.place;
    for (let k = 0; k < RING_COUNT * RING_SIZE; k++) {
      const i = k % RING_SIZE;
      const vertex = 3 * ringVertex(0, k);
      const [along, freely] = [this.#along[k], pose.scale * free[k]];
      posed[vertex] += freely * (along * this.#shifts[2 * i] + this.#off[2 * i]) + lean * body[k];
      posed[vertex + 1] += freely * (along * this.#shifts[2 * i + 1] + this.#off[2 * i + 1]);
    }
  }

  /** Without `seconds` everything hangs still where the head is. */
  #follow(pose: HeadPose, seconds: number | undefined): void {
    for (let i = 0; i < RING_SIZE; i++) {
      const [x, y] = this.#shift(pose, i);
      this.#shifts.set([x, y], 2 * i);
      const [across, down] = [this.#across[i], this.#down[i]];
      if (seconds === undefined) {
        across.rest(x);
        down.rest(y);
      } else {
        across.follow(x, seconds);
        down.follow(y, seconds);
      }
      this.#off[2 * i] = this.#reach(across.lag);
      this.#off[2 * i + 1] = this.#reach(down.lag);
    }
    const [x] = this.#shift(pose, RING_SIZE / 2);
    if (seconds === undefined) this.#lean.rest(x);
    else this.#lean.follow(x, seconds);
  }

  /** How far the head has moved the outline's point `i` from where it is at rest, but for the distance. */
  #shift(pose: HeadPose, i: number): readonly [number, number] {
    const [x, y, z] = this.#roots.subarray(3 * i);
    posePoint(pose, x, y, z, 1, this.#moved, 0);
    posePoint(pose, x, y, z, 0, this.#still, 0);
    return [(this.#moved[0] - this.#still[0]) / pose.scale, (this.#moved[1] - this.#still[1]) / pose.scale];
  }

  #reach(lag: number): number {
    const farthest = FARTHEST * this.#faceHeight;
    return farthest * Math.tanh((REACH * lag) / farthest);
  }

  #blow(seconds: number, seed: number): void {
    const wide = AIR * this.#faceHeight;
    for (let i = 0; i < RING_SIZE; i++) {
      const at = 2 * Math.PI * seconds;
      const phase = 0.55 * i + seed;
      this.#off[2 * i] +=
        wide * (Math.sin(AIR_HZ[0] * at + phase) + 0.5 * Math.sin(AIR_HZ[1] * at - 1.7 * phase));
    }
  }
}
