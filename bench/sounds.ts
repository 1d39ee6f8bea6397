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
