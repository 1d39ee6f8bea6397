/**
 * The One-Euro filter (Casiez, Roussel and Vogel, CHI 2012): a low pass whose cutoff rises with speed, so that what
 * rests is still and what moves is not late.
 */
export interface OneEuroOptions {
  /** At rest. */
  minCutoffHz: number;
  /** By how much the cutoff rises for each unit a second. */
  hzPerSpeed: number;
}

/** Of the speed itself: quick, because a blink is over in a tenth of a second. */
const SPEED_CUTOFF_HZ = 5;

export class OneEuro {
  readonly #options: OneEuroOptions;
  #value = 0;
  #raw = 0;
  #speed = 0;

  constructor(options: OneEuroOptions) {
    this.#options = options;
  }

  /** Smoothed. */
  get value(): number {
    return this.#value;
  }

  /** Units a second. */
  get speed(): number {
    return this.#speed;
  }

  /** Begins anew at this value. */
  reset(value: number): void {
    this.#value = value;
    this.#raw = value;
    this.#speed = 0;
  }

  /** `leastTimeConstantS`: no quicker than that, whatever the speed. */
  take(raw: number, seconds: number, leastTimeConstantS = 0): void {
    const speed = (raw - this.#raw) / seconds;
    this.#raw = raw;
    this.#speed += follows(seconds, SPEED_CUTOFF_HZ) * (speed - this.#speed);
    const { minCutoffHz, hzPerSpeed } = this.#options;
    const share = follows(seconds, minCutoffHz + hzPerSpeed * Math.abs(this.#speed));
    const most = leastTimeConstantS > 0 ? 1 - Math.exp(-seconds / leastTimeConstantS) : 1;
    this.#value += Math.min(share, most) * (raw - this.#value);
  }
}

function follows(seconds: number, cutoffHz: number): number {
  const ratio = 2 * Math.PI * cutoffHz * seconds;
  return ratio / (ratio + 1);
}
