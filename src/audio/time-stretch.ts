/**
 * Makes a piece of voice shorter or longer by one period of its pitch, without changing the pitch: what follows is
 * faded into what sounds most like it (WSOLA, Verhelst & Roelands, ICASSP 1993; NetEq does the same).
 */

/** Periods of 2.5 to 10 ms at 48 kHz: voices of 100 to 400 Hz, lower ones by their octave. */
const SHORTEST = 120;
const LONGEST = 480;
const DECIMATION = 4;
/** Less alike than this, a cut would be heard. */
const ALIKE = 0.6;
/** Noise of a room may be cut anywhere; 0.005 is −46 dBFS. */
const QUIET_PEAK = 0.005;

/** `Float32Array [samples − period]`; undefined where nothing repeats itself, unless `force`. */
export function shorten(samples: Float32Array, force = false): Float32Array | undefined {
  const period = findPeriod(samples, force);
  if (period === undefined) return undefined;
  const result = samples.slice(period);
  for (let i = 0; i < period; i++) {
    const weight = i / period;
    result[i] = samples[i] * (1 - weight) + samples[i + period] * weight;
  }
  return result;
}

/** `Float32Array [samples + period]`; undefined where nothing repeats itself. */
export function lengthen(samples: Float32Array): Float32Array | undefined {
  const period = findPeriod(samples, false);
  if (period === undefined) return undefined;
  const result = new Float32Array(samples.length + period);
  result.set(samples.subarray(0, period));
  result.set(samples.subarray(period), 2 * period);
  for (let i = 0; i < period; i++) {
    const weight = i / period;
    result[period + i] = samples[period + i] * (1 - weight) + samples[i] * weight;
  }
  return result;
}

/** In samples; both the piece before and the piece after have to be there. */
function findPeriod(samples: Float32Array, force: boolean): number | undefined {
  const longest = Math.min(LONGEST, Math.floor(samples.length / 2));
  if (longest < SHORTEST) return undefined;
  if (samples.every((sample) => Math.abs(sample) < QUIET_PEAK)) return longest;
  const coarse = decimate(samples);
  let best = { period: longest, likeness: Number.NEGATIVE_INFINITY };
  for (let lag = SHORTEST / DECIMATION; lag <= longest / DECIMATION; lag++) {
    const likeness = likenessAt(coarse, lag);
    if (likeness > best.likeness) best = { period: lag * DECIMATION, likeness };
  }
  return force || best.likeness >= ALIKE ? best.period : undefined;
}

function decimate(samples: Float32Array): Float32Array {
  const result = new Float32Array(Math.floor(samples.length / DECIMATION));
  for (let i = 0; i < result.length; i++) {
    let sum = 0;
    for (let k = 0; k < DECIMATION; k++) sum += samples[i * DECIMATION + k];
    result[i] = sum / DECIMATION;
  }
  return result;
}

/** Normalised correlation of the first `lag` samples with the next ones. */
function likenessAt(samples: Float32Array, lag: number): number {
  let [product, before, after] = [0, 0, 0];
  for (let i = 0; i < lag; i++) {
    product += samples[i] * samples[i + lag];
    before += samples[i] ** 2;
    after += samples[i + lag] ** 2;
  }
  return product / Math.max(1e-9, Math.sqrt(before * after));
}
