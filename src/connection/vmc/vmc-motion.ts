import type { Blendshape } from '../../contract/motion-frame.ts';
import {
  PERFORMED_RANGES,
  type PerformedFrame,
  type PerformedHead,
} from '../../contract/performed-motion.ts';
import type { OscArgument, OscMessage } from './osc.ts';
import { weightsOf } from './vmc-names.ts';

/** `[x, y, z, w]` */
type Quaternion = readonly [number, number, number, number];

/** Trackers send hundreds of bones, and few of them bend a neck. */
const HEAD_BONES = ['Neck', 'Head'];
/** A head that has not come for so many frames is not tracked. */
const HEAD_FRAMES = 4;

/**
 * Motion of a face as the Virtual Motion Capture protocol tells it (protocol.vmc.info, 2.7): coefficients one by one, then
 * `Apply`; bones as positions and quaternions in Unity's left-handed axes. What concerns no face is passed over.
 */
export class VmcMotion {
  #shapes: Partial<Record<Blendshape, number>> = {};
  readonly #bones = new Map<string, Quaternion>();
  #headFrames = HEAD_FRAMES;

  /** @returns a frame where the message completes one */
  take({ address, values }: OscMessage, nowMs: number): PerformedFrame | undefined {
    switch (address) {
      case '/VMC/Ext/Blend/Val':
        this.#takeShape(values);
        return undefined;
      case '/VMC/Ext/Bone/Pos':
        this.#takeBone(values);
        return undefined;
      case '/VMC/Ext/Blend/Apply':
        return this.#frame(nowMs);
      case '/VMC/Ext/OK':
        // Its fourth value says how the tracking is: 0 where it is lost.
        return values[3] === 0 ? { timeMs: nowMs } : undefined;
      default:
        return undefined;
    }
  }

  /** Several names may move one coefficient: the strongest does. */
  #takeShape([name, value]: OscArgument[]): void {
    if (typeof name !== 'string' || !isFiniteNumber(value)) return;
    const weights = Object.entries(weightsOf(name) ?? {}) as [Blendshape, number][];
    for (const [shape, weight] of weights) {
      const moved = Math.max(0, Math.min(1, weight * value));
      this.#shapes[shape] = Math.max(this.#shapes[shape] ?? 0, moved);
    }
  }

  #takeBone([name, ...values]: OscArgument[]): void {
    if (typeof name !== 'string' || !HEAD_BONES.includes(name)) return;
    const [x, y, z, w] = values.slice(3, 7);
    if (![x, y, z, w].every(isFiniteNumber)) return;
    const length = Math.hypot(x as number, y as number, z as number, w as number);
    if (length < 1e-6) return;
    const unit = [x, y, z, w].map((value) => (value as number) / length);
    // From left-handed axes to ours, whose x points to the other side.
    this.#bones.set(name, [unit[0], -unit[1], -unit[2], unit[3]]);
    this.#headFrames = 0;
  }

  #frame(timeMs: number): PerformedFrame {
    const shapes = this.#shapes;
    this.#shapes = {};
    const tracked = this.#headFrames++ < HEAD_FRAMES;
    return { timeMs, shapes, ...(tracked && { head: headOf(this.#bones) }) };
  }
}

function headOf(bones: ReadonlyMap<string, Quaternion>): PerformedHead {
  const [x, y, z, w] = HEAD_BONES.reduce<Quaternion>(
    (turned, name) => {
      const bone = bones.get(name);
      return bone ? product(turned, bone) : turned;
    },
    [0, 0, 0, 1],
  );
  const [least, most] = PERFORMED_RANGES.angleRadians;
  const within = (radians: number) => Math.max(least, Math.min(most, radians));
  // R = Ry(yaw) · Rx(pitch) · Rz(roll), as in motion-frame.ts.
  return {
    yaw: within(Math.atan2(2 * (x * z + w * y), 1 - 2 * (x * x + y * y))),
    pitch: within(Math.asin(Math.max(-1, Math.min(1, 2 * (w * x - y * z))))),
    roll: within(Math.atan2(2 * (x * y + w * z), 1 - 2 * (x * x + z * z))),
  };
}

function product([ax, ay, az, aw]: Quaternion, [bx, by, bz, bw]: Quaternion): Quaternion {
  return [
    aw * bx + ax * bw + ay * bz - az * by,
    aw * by - ax * bz + ay * bw + az * bx,
    aw * bz + ax * by - ay * bx + az * bw,
    aw * bw - ax * bx - ay * by - az * bz,
  ];
}

function isFiniteNumber(value: OscArgument | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
