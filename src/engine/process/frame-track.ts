import { DRAWING, MOTION, outputKey, type Packet, type Timed } from '../../contract/outputs.ts';

const [MOTION_KEY, DRAWING_KEY] = [MOTION, DRAWING].map(outputKey);

/** The motion of a session as its takers get it: 25 frames a second, or what each picture is drawn of. */
export class FrameTrack {
  #keys: ReadonlySet<string> = new Set();
  /** The first motion frame that has not been told. */
  #nextMotion: number;

  constructor(firstMotion: number) {
    this.#nextMotion = firstMotion;
  }

  /** Keys of the streams that are made from now on. */
  setStreams(keys: ReadonlySet<string>): void {
    this.#keys = keys;
  }

  get taken(): boolean {
    return this.#keys.has(MOTION_KEY) || this.drawn;
  }

  /** Whether somebody draws by himself. */
  get drawn(): boolean {
    return this.#keys.has(DRAWING_KEY);
  }

  /** `motionIndex`: the motion frame that the picture shows, fractional between two. */
  packets(frame: Float32Array, motionIndex: number, timed: Timed): Packet[] {
    const packets: Packet[] = [];
    if (this.drawn) packets.push({ kind: 'drawing', stream: DRAWING_KEY, ...timed, frame });
    if (this.#keys.has(MOTION_KEY) && motionIndex >= this.#nextMotion) {
      // Counted from this one: those before it may have been left out, or nobody took them.
      this.#nextMotion = Math.floor(motionIndex) + 1;
      packets.push({ kind: 'motion', stream: MOTION_KEY, ...timed, frame });
    }
    return packets;
  }
}
