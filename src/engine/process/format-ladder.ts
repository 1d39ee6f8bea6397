import type { PictureFormat } from '../../media/adaptive-encoder.ts';

/**
 * Fewer pictures first, as a face that moves less smoothly disturbs less than a blurred one; then smaller ones.
 * `bitsPerPixel`: what a talking head needs with some in reserve (x264 makes 42 dB of 0.023, measured at 150
 * kbit/s, 512×512 and 25 pictures a second).
 */
const RUNGS: readonly { step: number; scale: number; bitsPerPixel: number }[] = Object.freeze([
  { step: 1, scale: 1, bitsPerPixel: 0.025 },
  { step: 2, scale: 1, bitsPerPixel: 0.035 },
  { step: 2, scale: 0.75, bitsPerPixel: 0.035 },
  { step: 2, scale: 0.5, bitsPerPixel: 0 },
]);
/** A better format needs so much more than it takes to keep it, for so long; with plenty there is less to fear. */
const RESTORE_FACTOR = 1.3;
const RESTORE_AFTER_MS = 3000;
const PLENTY_FACTOR = 2;
const RESTORE_OF_PLENTY_AFTER_MS = 1000;
const SMALLEST = 256;
const BLOCK = 16;

/** Which size and rate of pictures a bitrate is enough for, with hysteresis. */
export class FormatLadder {
  readonly #rungs: { format: PictureFormat; neededKbps: number }[];
  #rung = 0;
  #bitrateKbps = Number.POSITIVE_INFINITY;
  #enoughSinceMs: number | undefined;

  constructor({ size, fps }: { size: number; fps: number }) {
    const rungs = RUNGS.map(({ step, scale, bitsPerPixel }) => {
      const side = scaledSide(size, scale);
      const neededKbps = (bitsPerPixel * side * side * fps) / step / 1000;
      return { format: { step, size: side }, neededKbps };
    });
    this.#rungs = rungs.filter(({ format }, i) => i < 2 || format.size < rungs[i - 1].format.size);
    this.#rungs.at(-1)!.neededKbps = 0;
  }

  setBitrate(bitrateKbps: number): void {
    this.#bitrateKbps = bitrateKbps;
  }

  /** To be asked before each picture. */
  formatAt(nowMs: number): PictureFormat {
    while (this.#bitrateKbps < this.#rungs[this.#rung].neededKbps) {
      this.#rung++;
      this.#enoughSinceMs = undefined;
    }
    const better = this.#rungs[this.#rung - 1];
    const reserve = better ? this.#bitrateKbps / better.neededKbps : 0;
    if (reserve < RESTORE_FACTOR) this.#enoughSinceMs = undefined;
    else this.#enoughSinceMs ??= nowMs;
    const waitMs = reserve < PLENTY_FACTOR ? RESTORE_AFTER_MS : RESTORE_OF_PLENTY_AFTER_MS;
    if (this.#enoughSinceMs !== undefined && nowMs - this.#enoughSinceMs >= waitMs) {
      this.#rung--;
      this.#enoughSinceMs = undefined;
    }
    return this.#rungs[this.#rung].format;
  }
}

/** Side of a smaller picture, in whole blocks of an encoder and no smaller than a face needs. */
export function scaledSide(size: number, scale: number): number {
  return Math.max(Math.min(size, SMALLEST), Math.round((size * scale) / BLOCK) * BLOCK);
}
