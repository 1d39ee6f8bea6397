import { readFileSync } from 'node:fs';

export const INPUTS = 26;
const UNITS = 40;

/** A gated recurrent unit (Cho et al., 2014; gates in the order of PyTorch: reset, update, new) and one output. */
interface Weights {
  input: Float32Array;
  recurrent: Float32Array;
  inputBias: Float32Array;
  recurrentBias: Float32Array;
  output: Float32Array;
  outputBias: number;
}

const WEIGHTS = readWeights();

/** Tells from what is heard, frame by frame, how surely somebody talks. 8 thousand weights, trained in models/training. */
export class VoiceNetwork {
  readonly #weights = WEIGHTS;
  readonly #state = new Float32Array(UNITS);
  readonly #fromInput = new Float32Array(3 * UNITS);
  readonly #fromState = new Float32Array(3 * UNITS);

  /** `heard`: see `describe`. Log odds that it is a voice. */
  hear(heard: Float32Array): number {
    const { input, recurrent, inputBias, recurrentBias, output, outputBias } = this.#weights;
    const [state, x, h] = [this.#state, this.#fromInput, this.#fromState];
    multiply(input, heard, inputBias, x);
    multiply(recurrent, state, recurrentBias, h);
    let logOdds = outputBias;
    for (let i = 0; i < UNITS; i++) {
      const reset = sigmoid(x[i] + h[i]);
      const update = sigmoid(x[UNITS + i] + h[UNITS + i]);
      const fresh = Math.tanh(x[2 * UNITS + i] + reset * h[2 * UNITS + i]);
      state[i] = fresh + update * (state[i] - fresh);
      logOdds += output[i] * state[i];
    }
    return logOdds;
  }

  /** Forgets what was heard. */
  reset(): void {
    this.#state.fill(0);
  }
}

/** `matrix`: `[out, in]`, row by row. */
function multiply(matrix: Float32Array, vector: Float32Array, bias: Float32Array, out: Float32Array): void {
  let at = 0;
  for (let row = 0; row < out.length; row++) {
    let sum = bias[row];
    for (let column = 0; column < vector.length; column++) sum += matrix[at++] * vector[column];
    out[row] = sum;
  }
}

function sigmoid(value: number): number {
  return 1 / (1 + Math.exp(-value));
}

/** Little-endian float32 in the order of `Weights`. */
function readWeights(): Weights {
  const bytes = readFileSync(new URL('weights.bin', import.meta.url));
  const all = new Float32Array(new Uint8Array(bytes).buffer);
  let at = 0;
  const take = (count: number) => {
    at += count;
    return all.subarray(at - count, at);
  };
  return {
    input: take(3 * UNITS * INPUTS),
    recurrent: take(3 * UNITS * UNITS),
    inputBias: take(3 * UNITS),
    recurrentBias: take(3 * UNITS),
    output: take(UNITS),
    outputBias: take(1)[0],
  };
}
