/**
 * What a picture is drawn of, on its way to who draws it: a motion frame of little more than a byte a channel. Each is
 * told by what has changed since the one before; every second one is whole, and so is the first. What the server draws
 * is rounded alike, so that both draw the same.
 *
 * Bytes: a counter (modulo 128; the highest bit says that the frame is whole), then of each channel in its order the
 * change, or the value where it is whole, in steps: zigzag, and 7 bits in each byte, the lowest first (as varints of
 * Protocol Buffers).
 */
import { BLENDSHAPES, MOTION_SIZE } from './motion-frame.ts';

/** Steps of 1/4096 move a jaw by less than a hundredth of a pixel; a head is larger. Powers of 2: floats hold them as they are. */
const SHAPE_STEPS = 4096;
const HEAD_STEPS = 16_384;
/** Frames from one that is whole to the next. */
const WHOLE_EVERY = 25;
const WHOLE = 0x80;

/** The nearest frame that can be told, `Float32Array [58]`. */
export function roundFrame(frame: Float32Array): Float32Array {
  return frame.map((value, channel) => Math.round(value * stepsOf(channel)) / stepsOf(channel));
}

/** Of frames one after the other, for one taker who gets them all. */
export class DrawnFrameWriter {
  readonly #before = new Int32Array(MOTION_SIZE);
  #count = 0;

  /** @param frame `Float32Array [58]` */
  write(frame: Float32Array): Uint8Array {
    const whole = this.#count % WHOLE_EVERY === 0;
    const bytes = [(this.#count % WHOLE) | (whole ? WHOLE : 0)];
    this.#count++;
    for (let channel = 0; channel < MOTION_SIZE; channel++) {
      const steps = Math.round(frame[channel] * stepsOf(channel));
      const told = whole ? steps : steps - this.#before[channel];
      this.#before[channel] = steps;
      let rest = ((told << 1) ^ (told >> 31)) >>> 0;
      for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
      bytes.push(rest);
    }
    return Uint8Array.from(bytes);
  }
}

/** The taker's end. */
export class DrawnFrameReader {
  readonly #steps = new Int32Array(MOTION_SIZE);
  /** Of the frame that can be read next, unless it is whole; undefined where only a whole one can. */
  #next: number | undefined;

  /**
   * `Float32Array [58]`; undefined after a gap, until a whole frame comes.
   * @throws RangeError for bytes that are no frame
   */
  read(bytes: Uint8Array): Float32Array | undefined {
    const whole = (bytes[0] & WHOLE) !== 0;
    const count = bytes[0] % WHOLE;
    if (!whole && count !== this.#next) {
      this.#next = undefined;
      return undefined;
    }
    this.#next = (count + 1) % WHOLE;
    let at = 1;
    for (let channel = 0; channel < MOTION_SIZE; channel++) {
      let value = 0;
      for (let shift = 0; ; shift += 7) {
        if (at >= bytes.length || shift > 28) throw new RangeError('no frame');
        value |= (bytes[at] & 0x7f) << shift;
        if (bytes[at++] < 0x80) break;
      }
      const told = (value >>> 1) ^ -(value & 1);
      this.#steps[channel] = whole ? told : this.#steps[channel] + told;
    }
    return Float32Array.from(this.#steps, (steps, channel) => steps / stepsOf(channel));
  }
}

function stepsOf(channel: number): number {
  return channel < BLENDSHAPES.length ? SHAPE_STEPS : HEAD_STEPS;
}
