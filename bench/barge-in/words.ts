/** First words of people whom training never heard: the first quarter to two fifths of a second after a pause. */
import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { readAudioFile } from '../../src/audio/read-audio-file.ts';
import { randomNumbers } from '../../src/random.ts';
import { sharedFile } from '../fixtures.ts';
import { heldOutSpeech } from '../held-out-speech.ts';
import type { Phone } from '../phones.ts';

export const RATE_HZ = 16000;
const MOST_OF_A_CLIP = 3;
const [SHORTEST_S, LONGEST_S] = [0.25, 0.4];
const PAUSE_S = 0.1;
const FADE_SAMPLES = 160;

export interface FirstWord {
  reader: string;
  /** Mono at 16 kHz, at an RMS of 1; it begins with the word's first phone. */
  sound: Float32Array;
}

/** Undefined where the recordings are not there. */
export async function firstWords(): Promise<FirstWord[] | undefined> {
  if (!sharedFile('speech/alignments.json')) return undefined;
  const random = randomNumbers(1);
  const words: FirstWord[] = [];
  for await (const { name, voice16k, phones } of heldOutSpeech()) {
    words.push(...wordsOf(name.split('-')[0], voice16k, phones, random));
  }
  const other: [string, string, string][] = [
    ['speech/alignments.json', 'speech/librispeech_test-other', '{367,3080}-*.flac'],
    ['speech/vctk/alignments.json', 'speech/vctk', '{p225,p227}_*.flac'],
  ];
  for (const [list, folder, pattern] of other) {
    const file = sharedFile(list);
    if (!file) continue;
    const alignments = JSON.parse(await readFile(file, 'utf8')) as Record<string, { phones: Phone[] }>;
    for (const clip of globSync(`${sharedFile(folder)}/${pattern}`).sort()) {
      const name = basename(clip, '.flac');
      const { samples } = await readAudioFile(clip);
      const [reader] = name.split(/[-_]/);
      if (alignments[name]) words.push(...wordsOf(reader, samples, alignments[name].phones, random));
    }
  }
  return words;
}

function wordsOf(
  reader: string,
  sound: Float32Array,
  phones: readonly Phone[],
  random: () => number,
): FirstWord[] {
  const words: FirstWord[] = [];
  for (let i = 1; i < phones.length && words.length < MOST_OF_A_CLIP; i++) {
    const [before, from, to] = phones[i - 1];
    const [first, start] = phones[i];
    if (before !== 'SIL' || to - from < PAUSE_S || first === 'SIL') continue;
    const silence = phones.findIndex(([phone], at) => at > i && phone === 'SIL');
    const stretchS = (phones[silence]?.[1] ?? sound.length / RATE_HZ) - start;
    const lengthS = Math.min(stretchS, SHORTEST_S + random() * (LONGEST_S - SHORTEST_S));
    if (lengthS < SHORTEST_S) continue;
    words.push({ reader, sound: cut(sound, start, lengthS) });
  }
  return words;
}

function cut(sound: Float32Array, startS: number, lengthS: number): Float32Array {
  const at = Math.round(startS * RATE_HZ);
  const word = sound.slice(at, at + Math.round(lengthS * RATE_HZ));
  for (let i = 0; i < FADE_SAMPLES; i++) word[word.length - 1 - i] *= i / FADE_SAMPLES;
  const power = word.reduce((sum, value) => sum + value * value, 0) / word.length;
  return word.map((value) => value / Math.sqrt(power));
}
