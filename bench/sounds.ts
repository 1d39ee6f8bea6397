/** Sounds that are not speech, made here: mono at 48 kHz. */
import { randomNumbers } from '../src/random.ts';

const RATE_HZ = 48000;

/** What a quiet room sounds like: noise that falls by 6 dB an octave above 200 Hz, at −46 dBFS. */
export function roomNoise(seconds: number): Float32Array {
  const random = randomNumbers(7);
  const noise = new Float32Array(seconds * RATE_HZ);
  const share = 1 - Math.exp((-2 * Math.PI * 200) / RATE_HZ);
  let low = 0;
  for (let i = 0; i < noise.length; i++) {
    low += share * (2 * random() - 1 - low);
    noise[i] = low;
  }
  const power = noise.reduce((sum, value) => sum + value * value, 0) / noise.length;
  return noise.map((value) => (value * 0.005) / Math.sqrt(power));
}

/**
 * A songbird: strophes of a few repeated syllables, each a whistle of 40–200 ms that sweeps or trills between
 * 1.8 and 7 kHz, with pauses between them.
 */
export function birdSong(seconds: number): Float32Array {
  const random = randomNumbers(11);
  const between = (low: number, high: number) => low + (high - low) * random();
  const song = new Float32Array(seconds * RATE_HZ);
  let at = Math.round(0.5 * RATE_HZ);
  while (at < song.length) {
    const syllables = 2 + Math.floor(random() * 7);
    const [fromHz, toHz] = [between(1800, 7000), between(1800, 7000)];
    const [lengthS, gapS] = [between(0.04, 0.2), between(0.02, 0.12)];
    const [trillHz, trillDepth] = [between(15, 40), random() < 0.4 ? between(100, 500) : 0];
    for (let syllable = 0; syllable < syllables; syllable++) {
      let phase = 0;
      const count = Math.round(lengthS * RATE_HZ);
      for (let i = 0; i < count && at + i < song.length; i++) {
        const x = i / count;
        const hz =
          fromHz + (toHz - fromHz) * x + trillDepth * Math.sin((2 * Math.PI * trillHz * i) / RATE_HZ);
        phase += (2 * Math.PI * hz) / RATE_HZ;
        song[at + i] = 0.3 * Math.sin(Math.PI * x) ** 2 * (Math.sin(phase) + 0.15 * Math.sin(2 * phase));
      }
      at += count + Math.round(gapS * RATE_HZ);
    }
    at += Math.round(between(0.4, 1.8) * RATE_HZ);
  }
  return song;
}

/** A burst's formants and their widths, Hz. */
const LAUGHING_THROAT = [
  [750, 120],
  [1400, 160],
  [2600, 220],
] as const;

/** Somebody laughs: seven bursts of voice and breath at 4.8 a second, falling in pitch and loudness (Bachorowski et al. 2001). */
export function laughter(hz = 260, seed = 13): Float32Array {
  const random = randomNumbers(seed);
  const [bursts, every, length] = [7, RATE_HZ / 4.8, 0.09 * RATE_HZ];
  const sound = new Float32Array(Math.round((bursts + 1) * every));
  for (let burst = 0; burst < bursts; burst++) {
    const from = Math.round(every * (burst + 0.05 * (2 * random() - 1)));
    let phase = 0;
    for (let i = 0; i < length; i++) {
      const pitch = hz * (1 - 0.04 * burst) * (1 - (0.15 * i) / length);
      phase += (2 * Math.PI * pitch) / RATE_HZ;
      let value = 0.1 * (2 * random() - 1);
      for (let k = 1; k * pitch < 4000; k++) {
        const gain = LAUGHING_THROAT.reduce(
          (sum, [at, width]) => sum + 1 / (1 + ((k * pitch - at) / width) ** 2),
          0,
        );
        value += (gain / Math.sqrt(k)) * Math.sin(k * phase);
      }
      sound[Math.max(0, from) + i] += 0.08 * 0.94 ** burst * Math.sin((Math.PI * i) / length) ** 0.5 * value;
    }
  }
  return sound;
}
