/** What makes a voice harder to hear, on samples of mono at 16 kHz. Whatever is random comes from `random`. */
import { resampleAll } from '../src/audio/resampler.ts';
import { fft } from './fft.ts';

export const EFFECT_RATE_HZ = 16000;

const STRETCH_WINDOW = 480;
const STRETCH_SEARCH = 160;
const WHISPER_WINDOW = 400;
const WHISPER_ORDER = 18;
const WHISPER_EMPHASIS = 0.95;

/** Of the whole recording, its pauses included. */
export function rootMeanSquare(samples: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < samples.length; i++) sum += samples[i] ** 2;
  return Math.sqrt(sum / samples.length);
}

/** `voice` with `noise` under it, over and over where it is shorter, `snrDb` below the voice. */
export function withNoise(voice: Float32Array, noise: Float32Array, snrDb: number): Float32Array {
  const gain = (rootMeanSquare(voice) / rootMeanSquare(noise)) * 10 ** (-snrDb / 20);
  return voice.map((value, i) => value + gain * noise[i % noise.length]);
}

/** Below `hz`, by one pole: 6 dB an octave. */
export function lowPass(voice: Float32Array, hz: number): Float32Array {
  const share = 1 - Math.exp((-2 * Math.PI * hz) / EFFECT_RATE_HZ);
  let low = 0;
  return voice.map((value) => (low += share * (value - low)));
}

/**
 * A room's answer: the direct sound at once, then noise that dies away exponentially.
 * @param t60S seconds until it has fallen by 60 dB
 * @param directDb the direct sound's energy over that of all the rest
 */
export function roomAnswer(t60S: number, directDb: number, random: () => number): Float32Array {
  const answer = new Float32Array(Math.round(t60S * EFFECT_RATE_HZ));
  const silent = Math.round(0.004 * EFFECT_RATE_HZ);
  for (let i = silent; i < answer.length; i++)
    answer[i] = (2 * random() - 1) * 10 ** ((-3 * i) / answer.length);
  const energy = answer.reduce((sum, value) => sum + value * value, 0);
  const gain = 10 ** (-directDb / 20) / Math.sqrt(energy);
  for (let i = 0; i < answer.length; i++) answer[i] *= gain;
  answer[0] = 1;
  return answer;
}

/** `voice` as it sounds by way of `answer`, as long as before. */
export function convolve(voice: Float32Array, answer: Float32Array): Float32Array {
  const size = 2 ** Math.ceil(Math.log2(voice.length + answer.length));
  // Two real signals in one complex transform; their product is taken apart by symmetry.
  const [real, imaginary] = [new Float64Array(size), new Float64Array(size)];
  real.set(voice);
  imaginary.set(answer);
  fft(real, imaginary);
  const [re, im] = [new Float64Array(size), new Float64Array(size)];
  for (let k = 0; k < size; k++) {
    const mirror = (size - k) % size;
    const [a, b] = [(real[k] + real[mirror]) / 2, (imaginary[k] - imaginary[mirror]) / 2];
    const [c, d] = [(imaginary[k] + imaginary[mirror]) / 2, (real[mirror] - real[k]) / 2];
    re[k] = a * c - b * d;
    // The inverse transform is the transform of the conjugate.
    im[k] = -(a * d + b * c);
  }
  fft(re, im);
  return Float32Array.from({ length: voice.length }, (_, i) => re[i] / size);
}

/** `voice` `times` as fast at the same pitch: waveform similarity overlap-add (Verhelst & Roelands 1993). */
export function faster(voice: Float32Array, times: number): Float32Array {
  const half = STRETCH_WINDOW / 2;
  const out = new Float32Array(Math.floor(voice.length / times));
  let from = 0;
  for (let at = 0; at + STRETCH_WINDOW <= out.length; at += half) {
    if (at > 0) from = mostAlike(voice, from + half, Math.round(at * times));
    for (let i = 0; i < STRETCH_WINDOW; i++) {
      const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / STRETCH_WINDOW);
      out[at + i] += window * (voice[from + i] ?? 0);
    }
  }
  return out;
}

/** Near `wanted`, the place that sounds most as what would have followed at `natural`. */
function mostAlike(voice: Float32Array, natural: number, wanted: number): number {
  let best = { at: wanted, likeness: Number.NEGATIVE_INFINITY };
  const last = Math.min(wanted + STRETCH_SEARCH, voice.length - STRETCH_WINDOW);
  for (let at = Math.max(0, wanted - STRETCH_SEARCH); at <= last; at += 2) {
    let likeness = 0;
    // A quarter of the samples tells the same.
    for (let i = 0; i < STRETCH_WINDOW; i += 4) likeness += voice[at + i] * (voice[natural + i] ?? 0);
    if (likeness > best.likeness) best = { at, likeness };
  }
  return best.at;
}

/**
 * `voice` whispered: noise through the linear prediction of what was said. The lows that voicing gives a voice are
 * left out, as in whispers.
 */
export function whispered(voice: Float32Array, random: () => number): Float32Array {
  const emphasised = voice.map((value, i) => value - WHISPER_EMPHASIS * (voice[i - 1] ?? 0));
  const out = new Float32Array(voice.length);
  for (let at = 0; at + WHISPER_WINDOW <= voice.length; at += WHISPER_WINDOW / 2) {
    const frame = Float64Array.from({ length: WHISPER_WINDOW }, (_, i) => emphasised[at + i] * hann(i));
    const { coefficients, gain } = linearPrediction(frame, WHISPER_ORDER);
    const made = new Float64Array(WHISPER_WINDOW);
    for (let i = 0; i < WHISPER_WINDOW; i++) {
      // Uniform noise of power 1.
      made[i] = gain * Math.sqrt(3) * (2 * random() - 1);
      for (let k = 1; k <= Math.min(i, WHISPER_ORDER); k++) made[i] -= coefficients[k] * made[i - k];
      out[at + i] += made[i] * hann(i);
    }
  }
  const gain = (0.5 * rootMeanSquare(voice)) / (rootMeanSquare(out) + 1e-9);
  return out.map((value) => value * gain);
}

/** Of a shout: how much higher its voice and longer its syllables are, and its overtones louder (Traunmüller & Eriksson 2000). */
const [SHOUT_HIGHER, SHOUT_LONGER, SHOUT_BRIGHTER, SHOUT_BRIGHT_HZ] = [1.3, 1.15, 1.5, 1000];

/** `voice` called out: higher, longer, brighter, and as loud as before. */
export function shouted(voice: Float32Array): Float32Array {
  const raised = resampleAll(voice, SHOUT_HIGHER * EFFECT_RATE_HZ, EFFECT_RATE_HZ);
  const long = faster(raised, 1 / (SHOUT_HIGHER * SHOUT_LONGER));
  const low = lowPass(long, SHOUT_BRIGHT_HZ);
  const bright = long.map((value, i) => value + SHOUT_BRIGHTER * (value - low[i]));
  const gain = rootMeanSquare(voice) / (rootMeanSquare(bright) + 1e-9);
  return bright.map((value) => value * gain);
}

const hann = (i: number) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / WHISPER_WINDOW);

/** Levinson–Durbin on the autocorrelation; `gain` is that of white noise of power 1. */
function linearPrediction(frame: Float64Array, order: number) {
  const correlation = Array.from({ length: order + 1 }, (_, lag) => {
    let sum = 0;
    for (let i = lag; i < frame.length; i++) sum += frame[i] * frame[i - lag];
    return sum / frame.length;
  });
  let error = correlation[0] * 1.0001 + 1e-12;
  let coefficients = [1];
  for (let k = 1; k <= order; k++) {
    let sum = 0;
    for (let j = 0; j < k; j++) sum += coefficients[j] * correlation[k - j];
    const reflection = -sum / error;
    const before = [...coefficients, 0];
    coefficients = before.map((value, j) => value + reflection * before[k - j]);
    error *= 1 - reflection ** 2;
  }
  return { coefficients, gain: Math.sqrt(error) };
}
