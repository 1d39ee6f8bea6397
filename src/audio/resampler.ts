/**
 * Streaming band-limited change of sample rate (Smith, "Digital Audio Resampling": a Kaiser-windowed sinc,
 * tabulated per phase). The kernel spans `ZERO_CROSSINGS` periods of the lower rate to each side, so the sound
 * is delayed by nothing (output sample n is the input at n · fromHz / toHz), while results wait for 16 periods
 * of the lower rate to arrive: 1 ms between 16 and 48 kHz.
 */
const ZERO_CROSSINGS = 16;
/** Pass band up to 0.8, −6 dB at 0.92, stop band from about 1.04 of the lower Nyquist frequency. */
const CUTOFF = 0.92;
/** 70 dB of stop-band attenuation. */
const KAISER_BETA = 6.8;
/** Rates without a small common ratio share this many phases and interpolate between them. */
const MAX_PHASES = 640;

export class Resampler {
  readonly fromHz: number;
  readonly toHz: number;
  /** Input samples that must follow a moment before it comes out; the sound itself is not shifted. */
  readonly delaySamples: number;
  readonly #up: number;
  readonly #down: number;
  readonly #kernel: Kernel | undefined;
  /** Input not yet done with; its first sample is input number `#start`. */
  #pending: Float32Array = new Float32Array(0);
  #start = 0;
  #produced = 0;
  #received = 0;

  constructor(fromHz: number, toHz: number) {
    this.fromHz = fromHz;
    this.toHz = toHz;
    const divisor = greatestCommonDivisor(fromHz, toHz);
    this.#up = toHz / divisor;
    this.#down = fromHz / divisor;
    this.#kernel = fromHz === toHz ? undefined : kernelFor(this.#up, this.#down);
    this.delaySamples = this.#kernel?.reach ?? 0;
    this.#reset();
  }

  /** `Float32Array [samples at toHz]`; the same stream gives the same samples however it is cut into pieces. */
  process(input: Float32Array): Float32Array {
    if (!this.#kernel) return input.slice();
    this.#append(input);
    this.#received += input.length;
    // Output n needs the input up to floor(n · down / up) + reach.
    const ready = Math.ceil(((this.#received - this.delaySamples) * this.#up) / this.#down);
    return this.#render(Math.max(0, ready - this.#produced), this.#kernel);
  }

  /** The samples that still wait, with silence after them; the resampler then starts anew. */
  flush(): Float32Array {
    if (!this.#kernel) return new Float32Array(0);
    const total = Math.ceil((this.#received * this.#up) / this.#down);
    this.#append(new Float32Array(this.delaySamples + 1));
    const output = this.#render(total - this.#produced, this.#kernel);
    this.#reset();
    return output;
  }

  #reset(): void {
    // Silence before the first sample, so that the kernel never reaches outside.
    this.#pending = new Float32Array(this.delaySamples);
    this.#start = -this.delaySamples;
    this.#produced = 0;
    this.#received = 0;
  }

  #append(input: Float32Array): void {
    const joined = new Float32Array(this.#pending.length + input.length);
    joined.set(this.#pending);
    joined.set(input, this.#pending.length);
    this.#pending = joined;
  }

  #render(count: number, kernel: Kernel): Float32Array {
    const output = new Float32Array(count);
    const { taps, phases, table, reach } = kernel;
    const exact = phases === this.#up;
    for (let i = 0; i < count; i++) {
      const position = (this.#produced + i) * this.#down;
      const whole = Math.floor(position / this.#up);
      const remainder = position - whole * this.#up;
      const first = whole - reach + 1 - this.#start;
      const at = exact ? remainder : (remainder * phases) / this.#up;
      const phase = Math.floor(at);
      let sum = dot(this.#pending, first, table, phase * taps, taps);
      if (!exact) sum += (at - phase) * (dot(this.#pending, first, table, (phase + 1) * taps, taps) - sum);
      output[i] = sum;
    }
    this.#produced += count;
    const next = Math.floor((this.#produced * this.#down) / this.#up) - reach + 1;
    const done = Math.min(Math.max(0, next - this.#start), this.#pending.length);
    this.#pending = this.#pending.slice(done);
    this.#start += done;
    return output;
  }
}

interface Kernel {
  /** Input samples to each side. */
  readonly reach: number;
  readonly taps: number;
  readonly phases: number;
  /** `Float32Array [phases + 1, taps]`. */
  readonly table: Float32Array;
}

const kernels = new Map<string, Kernel>();

function kernelFor(up: number, down: number): Kernel {
  const key = `${up}/${down}`;
  let kernel = kernels.get(key);
  if (!kernel) {
    kernel = makeKernel(up, down);
    // Callers choose the rates: keep the few that are in use, not every one ever asked for.
    if (kernels.size >= 16) kernels.delete(kernels.keys().next().value as string);
    kernels.set(key, kernel);
  }
  return kernel;
}

function makeKernel(up: number, down: number): Kernel {
  // Width of one zero crossing in input samples: the lower of both rates sets the band.
  const stretch = Math.max(1, down / up);
  const reach = Math.ceil(ZERO_CROSSINGS * stretch);
  const taps = 2 * reach;
  const phases = Math.min(up, MAX_PHASES);
  const table = new Float32Array((phases + 1) * taps);
  const half = ZERO_CROSSINGS * stretch;
  for (let phase = 0; phase <= phases; phase++) {
    let sum = 0;
    for (let tap = 0; tap < taps; tap++) {
      const x = tap - reach + 1 - phase / phases;
      const value = sinc((CUTOFF * x) / stretch) * kaiser(x / half);
      table[phase * taps + tap] = value;
      sum += value;
    }
    // Unit gain at 0 Hz in every phase: a constant stays constant.
    for (let tap = 0; tap < taps; tap++) table[phase * taps + tap] /= sum;
  }
  return { reach, taps, phases, table };
}

function dot(a: Float32Array, aStart: number, b: Float32Array, bStart: number, count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += a[aStart + i] * b[bStart + i];
  return sum;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

function kaiser(x: number): number {
  return Math.abs(x) >= 1 ? 0 : besselI0(KAISER_BETA * Math.sqrt(1 - x * x)) / besselI0(KAISER_BETA);
}

/** Modified Bessel function of the first kind, order 0, by its power series. */
function besselI0(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > 1e-12 * sum; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
