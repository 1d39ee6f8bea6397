/**
 * What is no user, made here, otherwise than what the detector is trained with (models/training has its own instruments,
 * coughs and keys): mono at 16 kHz. Loudness is a peak of RMS over 50 ms, in dBFS, drawn for each sound.
 */
import { randomNumbers } from '../../src/random.ts';
import { RATE_HZ } from './words.ts';

type Random = () => number;
const between = (random: Random, low: number, high: number) => low + random() * (high - low);

/** Noise whose power falls by 0 to 6 dB an octave, at −60 to −25 dBFS, another every 20 s, sometimes all at once. */
export function noises(seconds: number): Float32Array {
  const random = randomNumbers(2);
  const out = new Float32Array(seconds * RATE_HZ);
  let [level, pole, wanted] = [0, 0, 0.01];
  let low = 0;
  for (let i = 0; i < out.length; i++) {
    if (i % (20 * RATE_HZ) === 0) {
      wanted = 10 ** (between(random, -60, -25) / 20);
      pole = random() < 0.4 ? 0 : between(random, 0.5, 0.98);
      if (random() < 0.5) level = wanted;
    }
    level += (wanted - level) / (0.3 * RATE_HZ);
    low = pole * low + (2 * random() - 1) * Math.sqrt(1 - pole * pole);
    out[i] = low * 1.7 * level;
  }
  return out;
}

/** Plucked strings (Karplus & Strong, 1983), chords of a progression under a melody, and a drum of noise. */
export function music(seconds: number): Float32Array {
  const random = randomNumbers(3);
  const out = new Float32Array(seconds * RATE_HZ);
  for (let at = 0; at < out.length; ) {
    const song = Math.round(between(random, 20, 40) * RATE_HZ);
    const beat = Math.round(between(random, 0.25, 0.6) * RATE_HZ);
    const level = 10 ** (between(random, -45, -15) / 20);
    const tonic = Math.round(between(random, 40, 52));
    const [damping, drums, lead] = [between(random, 0.98, 0.998), random() < 0.6, random() < 0.6];
    const end = Math.min(out.length, at + song);
    for (let step = 0; at < end; step++, at += beat) {
      const chord = [0, 5, 7, 0, 9, 5, 7, 7][Math.floor(step / 4) % 8];
      const third = chord === 9 ? 3 : 4;
      for (const tone of [0, third, 7, 12]) {
        if (random() < 0.7) pluck(out, at, tonic + chord + tone, level * 0.3, damping, random);
      }
      if (lead && random() < 0.7) {
        const note = tonic + 24 + [0, 2, 4, 5, 7, 9, 11][Math.floor(random() * 7)];
        pluck(out, at + (random() < 0.3 ? beat / 2 : 0), note, level * 0.6, 0.999, random);
      }
      if (drums)
        burst(out, at, level * (step % 2 === 0 ? 0.8 : 0.4), step % 2 === 0 ? 90 : 4000, 0.05, random);
    }
    at += RATE_HZ;
  }
  return out;
}

/** A cough every three to ten seconds: a burst, breath through a throat, and in half of them some voice at its end. */
export function coughs(seconds: number): Float32Array {
  const random = randomNumbers(4);
  const out = floor(seconds, random);
  for (let at = RATE_HZ; at < out.length - 2 * RATE_HZ; at += between(random, 3, 10) * RATE_HZ) {
    let from = Math.round(at);
    const level = 10 ** (between(random, -35, -12) / 20);
    for (let n = 1 + Math.floor(random() * 3); n > 0; n--) {
      const lengthS = between(random, 0.18, 0.4);
      burst(out, from, level * 1.5, between(random, 600, 1400), 0.03, random);
      throat(out, from + 300, lengthS, level, random);
      if (random() < 0.5) voiced(out, from + Math.round(lengthS * 0.7 * RATE_HZ), level * 0.4, random);
      from += Math.round((lengthS + between(random, 0.1, 0.3)) * RATE_HZ);
    }
  }
  return out;
}

/** Somebody types, three to nine keys a second, with pauses: a click as a key goes down and a softer one as it comes up. */
export function keys(seconds: number): Float32Array {
  const random = randomNumbers(5);
  const out = floor(seconds, random);
  for (let at = RATE_HZ; at < out.length - RATE_HZ; at += between(random, 0.11, 0.33) * RATE_HZ) {
    if (random() < 0.02) at += 2 * RATE_HZ;
    const level = 10 ** (between(random, -30, -14) / 20);
    burst(out, Math.round(at), level, between(random, 1500, 5000), 0.008, random);
    burst(out, Math.round(at), level * 0.7, between(random, 150, 500), 0.015, random);
    burst(out, Math.round(at) + 1100, level * 0.4, between(random, 2500, 6000), 0.006, random);
  }
  return out;
}

/** The air of a room, between −75 and −55 dBFS. */
export function floor(seconds: number, random: Random, db = between(random, -75, -55)): Float32Array {
  const level = 1.7 * 10 ** (db / 20);
  let low = 0;
  return Float32Array.from({ length: Math.round(seconds * RATE_HZ) }, () => {
    low = 0.7 * low + 0.71 * (2 * random() - 1);
    return low * level;
  });
}

function pluck(
  out: Float32Array,
  from: number,
  midi: number,
  level: number,
  damping: number,
  random: Random,
) {
  const period = Math.max(2, Math.round(RATE_HZ / (440 * 2 ** ((midi - 69) / 12))));
  const string = Float32Array.from({ length: period }, () => 2 * random() - 1);
  const start = Math.round(from);
  for (let i = 0; i < 1.5 * RATE_HZ && start + i < out.length; i++) {
    const [here, next] = [i % period, (i + 1) % period];
    out[start + i] += level * string[here];
    string[here] = damping * 0.5 * (string[here] + string[next]);
  }
}

/** Noise around `hz` that dies away. */
function burst(out: Float32Array, from: number, level: number, hz: number, decayS: number, random: Random) {
  const ring = resonator(hz, hz);
  for (let i = 0; i < 6 * decayS * RATE_HZ && from + i < out.length; i++) {
    out[from + i] += 2 * level * ring(2 * random() - 1) * Math.exp(-i / (decayS * RATE_HZ));
  }
}

function throat(out: Float32Array, from: number, lengthS: number, level: number, random: Random) {
  const rings = [between(random, 450, 900), between(random, 1200, 1900), between(random, 2300, 3400)].map(
    (hz) => resonator(hz, between(random, 200, 500)),
  );
  const count = Math.round(lengthS * RATE_HZ);
  for (let i = 0; i < count && from + i < out.length; i++) {
    const breath = 2 * random() - 1;
    const shape = Math.min(1, i / 200) * Math.exp((-3 * i) / count);
    out[from + i] += level * shape * rings.reduce((sum, ring) => sum + ring(breath), 0);
  }
}

function voiced(out: Float32Array, from: number, level: number, random: Random) {
  const [f0, ring] = [between(random, 130, 380), resonator(between(random, 500, 900), 300)];
  const count = Math.round(between(random, 0.05, 0.15) * RATE_HZ);
  let phase = 0;
  for (let i = 0; i < count && from + i < out.length; i++) {
    phase += (f0 * (1 - (0.3 * i) / count) * between(random, 0.9, 1.1)) / RATE_HZ;
    const pulse = phase >= 1 ? 1 : 0;
    phase %= 1;
    out[from + i] += 12 * level * ring(pulse + 0.05 * (random() - 0.5)) * Math.sin((Math.PI * i) / count);
  }
}

/** A resonance, at its peak as loud as what goes in. */
function resonator(hz: number, widthHz: number): (value: number) => number {
  const radius = Math.exp((-Math.PI * widthHz) / RATE_HZ);
  const turn = 2 * radius * Math.cos((2 * Math.PI * hz) / RATE_HZ);
  const gain =
    (1 - radius) * Math.sqrt(1 + radius * radius - 2 * radius * Math.cos((4 * Math.PI * hz) / RATE_HZ));
  let [y1, y2] = [0, 0];
  return (value) => {
    const y = gain * value + turn * y1 - radius * radius * y2;
    [y2, y1] = [y1, y];
    return y;
  };
}
