import { randomNumbers } from '../../src/random.ts';
import { RATE_HZ } from './words.ts';

/** Of the room: by 60 dB in so long. */
const REVERBERATION_S = 0.3;
const TAPS = Math.round(0.2 * RATE_HZ);
/** A laptop's loudspeaker has no bass. */
const BASS_HZ = 300;

/**
 * What a microphone hears of a laptop's loudspeaker: later, without bass, through the room, so many dB below what is
 * played. 0.2 s of a room of noise that dies away, of which one in a hundred reflections is kept.
 */
export function byLoudspeaker(played: Float32Array, delayMs: number, db: number): Float32Array {
  const random = randomNumbers(11);
  const taps: { at: number; gain: number }[] = [{ at: 0, gain: 1 }];
  for (let at = 40; at < TAPS; at++) {
    const gain = (2 * random() - 1) * 2 * 10 ** ((-3 * at) / (REVERBERATION_S * RATE_HZ));
    if (random() < 0.01) taps.push({ at, gain: 0.5 * gain });
  }
  const thin = highPass(played);
  const delay = Math.round((delayMs / 1000) * RATE_HZ);
  const heard = new Float32Array(played.length);
  for (const { at, gain } of taps) {
    for (let i = delay + at; i < heard.length; i++) heard[i] += gain * thin[i - delay - at];
  }
  const power = (sound: Float32Array) => sound.reduce((sum, value) => sum + value * value, 0);
  const scale = 10 ** (db / 20) * Math.sqrt(power(played) / power(heard));
  return heard.map((value) => value * scale);
}

function highPass(sound: Float32Array): Float32Array {
  const pole = Math.exp((-2 * Math.PI * BASS_HZ) / RATE_HZ);
  let [x, y] = [0, 0];
  return sound.map((value) => {
    y = pole * (y + value - x);
    x = value;
    return y;
  });
}
