import type { PictureFormat } from '../../contract/formats.ts';
import type { SentFormat } from '../../media/adaptive-encoder.ts';

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

type Sides = Pick<PictureFormat, 'width' | 'height'>;

/** Which size and rate of pictures a bitrate is enough for, with hysteresis. */
export class FormatLadder {
  readonly #rungs: { format: SentFormat; neededKbps: number }[];
  #rung = 0;
  #bitrateKbps = Number.POSITIVE_INFINITY;
  #enoughSinceMs: number | undefined;

  constructor(full: Sides & { fps: number }) {
    const rungs = RUNGS.map(({ step, scale, bitsPerPixel }) => {
      const { width, height } = scaledSides(full, scale);
      const neededKbps = (bitsPerPixel * width * height * full.fps) / step / 1000;
      return { format: { step, width, height }, neededKbps };
    });
    this.#rungs = rungs.filter(({ format }, i) => i < 2 || format.width < rungs[i - 1].format.width);
    this.#rungs.at(-1)!.neededKbps = 0;
  }

  setBitrate(bitrateKbps: number): void {
    this.#bitrateKbps = bitrateKbps;
  }

  /** To be asked before each picture. */
  formatAt(nowMs: number): SentFormat {
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

/** A smaller picture of the same shape, in whole blocks of an encoder and no smaller than a face needs. */
export function scaledSides({ width, height }: Sides, scale: number): Sides {
  const shorter = Math.min(width, height);
  const factor = Math.max(scale, Math.min(1, SMALLEST / shorter));
  if (factor === 1) return { width, height };
  const scaled = (side: number) => Math.round((side * factor) / BLOCK) * BLOCK;
  return { width: scaled(width), height: scaled(height) };
}
