/** QUALITY A: whether a muted mouth tells a shouted reading of a sentence from a spoken and a whispered one. */
import { resampleAll } from '../src/audio/resampler.ts';
import { randomNumbers } from '../src/random.ts';
import type { Rig } from '../src/render/renderer.ts';
import { type Clip, heldOutSpeech } from './held-out-speech.ts';
import { mouthCurves } from './lip-measures.ts';
import { atLeast, type Row } from './report.ts';
import { quantile } from './statistics.ts';
import type { Talker } from './talkers.ts';
import { EFFECT_RATE_HZ, rootMeanSquare, shouted, whispered } from './voice-effects.ts';

export const EFFORTS = ['whispered', 'spoken', 'shouted'] as const;
export type Effort = (typeof EFFORTS)[number];

const [READERS, READING_S, PAUSE_S] = [6, 4, 0.8];
/** As loud as they are beside each other, decibels (Traunmüller & Eriksson 2000; Zhang & Hansen 2007). */
const LOUDER_DB: Readonly<Record<Effort, number>> = { whispered: -18, spoken: 0, shouted: 14 };
/** Of a spoken reading, full scale being 1. */
const SPOKEN_LEVEL = 0.05;

export interface Reading {
  effort: Effort;
  /** Mono at 48 kHz, with a pause after it. */
  voice: Float32Array;
}

/** One sentence in each way, in the order of `EFFORTS`. */
export function readingsOf({ voice16k }: Pick<Clip, 'voice16k'>, seed: number): Reading[] {
  const sentence = voice16k.slice(0, READING_S * EFFECT_RATE_HZ);
  const made = {
    whispered: whispered(sentence, randomNumbers(seed)),
    spoken: sentence,
    shouted: shouted(sentence),
  };
  return EFFORTS.map((effort) => {
    const sound = made[effort];
    const gain = (SPOKEN_LEVEL / rootMeanSquare(sound)) * 10 ** (LOUDER_DB[effort] / 20);
    const voice = new Float32Array(sound.length + PAUSE_S * EFFECT_RATE_HZ);
    voice.set(sound.map((value) => Math.tanh(gain * value)));
    return { effort, voice: resampleAll(voice, EFFECT_RATE_HZ, 48000) };
  });
}

/** Of readings one after the other, in an order that is another each time; and of each by itself, as loud as the others. */
export async function effortRows(talker: Talker, rig: Rig): Promise<Row[]> {
  const [together, alone]: number[][][] = [[], []];
  let seed = 0;
  for await (const clip of heldOutSpeech()) {
    if (seed === READERS) break;
    const readings = readingsOf(clip, seed);
    const order = readings.map((_, i) => (i * (1 + (seed % 2)) + seed) % EFFORTS.length);
    together.push(
      inOrder(
        await openings(
          talker,
          rig,
          order.map((i) => readings[i]),
        ),
        order,
      ),
    );
    const level = readings.map(({ voice }) => {
      const gain = SPOKEN_LEVEL / rootMeanSquare(voice);
      return voice.map((value) => gain * value);
    });
    const own: number[] = [];
    for (const [i, voice] of level.entries())
      own.push(...(await openings(talker, rig, [{ effort: EFFORTS[i], voice }])));
    alone.push(own);
    seed++;
  }
  return [
    atLeast(
      'A shouted, spoken, whispered: told apart by how wide lips open, in one session',
      toldApart(together),
      90,
      '%',
    ),
    {
      measure: 'A the same, each in a session of its own and equally loud',
      value: toldApart(alone),
      unit: '%',
    },
  ];
}

/** How wide the lips open in each of the readings that follow each other. */
async function openings(talker: Talker, rig: Rig, readings: readonly Reading[]): Promise<number[]> {
  const lengths = readings.map(({ voice }) => Math.floor(voice.length / 1920));
  const voice = new Float32Array(1920 * lengths.reduce((sum, length) => sum + length, 0));
  let at = 0;
  for (const [i, reading] of readings.entries()) {
    voice.set(reading.voice.subarray(0, 1920 * lengths[i]), at);
    at += 1920 * lengths[i];
  }
  const { aperture } = mouthCurves(rig, await talker.speak(voice));
  return lengths.map((length, i) => {
    const from = lengths.slice(0, i).reduce((sum, before) => sum + before, 0);
    return quantile(aperture.subarray(from, from + length), 0.9);
  });
}

function inOrder(values: readonly number[], order: readonly number[]): number[] {
  return EFFORTS.map((_, i) => values[order.indexOf(i)]);
}

/** Of all readings, those whose place by opening is that of their effort. */
function toldApart(all: readonly (readonly number[])[]): number {
  const right = all.flatMap((openings) => {
    const sorted = openings.toSorted((a, b) => a - b);
    return openings.map((value, i) => sorted[i] === value);
  });
  return (100 * right.filter(Boolean).length) / right.length;
}
