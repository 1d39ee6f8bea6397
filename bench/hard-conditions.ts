/** Copies of a recording that are harder to hear, made here and always alike. */
import { randomNumbers } from '../src/random.ts';
import type { Phone } from './phones.ts';
import {
  convolve,
  EFFECT_RATE_HZ,
  faster,
  lowPass,
  roomAnswer,
  rootMeanSquare,
  whispered,
  withNoise,
} from './voice-effects.ts';

export const CONDITIONS = ['noise', 'babble', 'reverberation', 'distance', 'fast', 'whisper'] as const;
export type Condition = (typeof CONDITIONS)[number];

const FAST = 1.3;
const NOISE_S = 20;

/** A voice, mono at 16 kHz, and when it says what. */
export interface SpokenPhones {
  voice16k: Float32Array;
  phones: Phone[];
}

/** @param crowd other voices, at 16 kHz, of whom babble is made */
export function harden(
  { voice16k, phones }: SpokenPhones,
  condition: Condition,
  seed: number,
  crowd: readonly Float32Array[],
): SpokenPhones {
  const random = randomNumbers(seed);
  const snrDb = 5 + 5 * random();
  switch (condition) {
    case 'noise':
      return { voice16k: withNoise(voice16k, streetNoise(random), snrDb), phones };
    case 'babble':
      return { voice16k: withNoise(voice16k, babble(crowd), snrDb), phones };
    case 'reverberation':
      return { voice16k: convolve(voice16k, roomAnswer(0.7, 0, random)), phones };
    case 'distance': {
      const far = lowPass(convolve(voice16k, roomAnswer(0.5, -3, random)), 2000);
      return { voice16k: withNoise(far, streetNoise(random), 15), phones };
    }
    case 'fast':
      return {
        voice16k: faster(voice16k, FAST),
        phones: phones.map(([name, from, to]) => [name, from / FAST, to / FAST]),
      };
    case 'whisper':
      return { voice16k: whispered(voice16k, random), phones };
  }
}

/** Falls by 6 dB an octave above 500 Hz, and swells and ebbs within seconds. */
function streetNoise(random: () => number): Float32Array {
  const white = Float32Array.from({ length: NOISE_S * EFFECT_RATE_HZ }, () => 2 * random() - 1);
  const [first, second] = [random(), random()].map((phase) => 2 * Math.PI * phase);
  return lowPass(white, 500).map((value, i) => {
    const turns = (2 * Math.PI * i) / EFFECT_RATE_HZ;
    return value * (1 + 0.25 * Math.sin(0.35 * turns + first) + 0.25 * Math.sin(1.1 * turns + second));
  });
}

/** All at once, equally loud, as long as the longest. */
function babble(crowd: readonly Float32Array[]): Float32Array {
  const sum = new Float32Array(Math.max(...crowd.map((voice) => voice.length)));
  for (const voice of crowd) {
    const gain = 1 / rootMeanSquare(voice);
    for (let i = 0; i < sum.length; i++) sum[i] += gain * voice[i % voice.length];
  }
  return sum;
}
