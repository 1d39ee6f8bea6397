/** Real voices that training never hears, with their phones (QUALITY A.2), and the actress of A.1. */
import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { readAudioFile } from '../src/audio/read-audio-file.ts';
import { sharedFile } from './fixtures.ts';
import { readNpy } from './npy.ts';
import type { Phone } from './phones.ts';

const HELD_OUT_READERS = 24;
/** Column of jaw opening in the takes, and their rate (human-motion/README.md). */
const JAW_COLUMN = 74;
const TAKE_RATE_HZ = 30;

export interface Clip {
  name: string;
  /** Mono at 48 kHz, and what the model hears of it, at 16 kHz. */
  voice48k: Float32Array;
  voice16k: Float32Array;
  phones: Phone[];
}

/** Whether the clips are there. */
export function hasHeldOutSpeech(): boolean {
  return sharedFile('speech/alignments.json') !== undefined;
}

/** The readers with the highest ids, LJ Speech and JFK, one after the other. */
export async function* heldOutSpeech(): AsyncGenerator<Clip> {
  const alignments = JSON.parse(await readFile(sharedFile('speech/alignments.json')!, 'utf8')) as Record<
    string,
    { phones: Phone[]; suspect: boolean }
  >;
  for (const file of heldOutFiles()) {
    const name = basename(file).replace(/\.\w+$/, '');
    const alignment = alignments[name];
    if (!alignment || alignment.suspect) continue;
    const { voice48k, samples } = await readAudioFile(file);
    yield { name, voice48k, voice16k: samples, phones: alignment.phones };
  }
}

function heldOutFiles(): string[] {
  const readerOf = (file: string) => Number(basename(file).split('-')[0]);
  const folder = sharedFile('speech/train_librispeech_train-clean-100')!;
  const readers = globSync(`${folder}/*.flac`).sort((a, b) => readerOf(a) - readerOf(b));
  const others = [...globSync(`${sharedFile('speech/ljspeech')}/*.wav`), sharedFile('speech/jfk.wav')];
  return [...readers.slice(-HELD_OUT_READERS), ...others.filter((file) => file !== undefined)];
}

/** Voice and jaw opening (at 25 per second) of the take that is kept for validation; undefined where absent. */
export async function humanTake() {
  const file = sharedFile('human-motion/take_05.npy');
  if (!file) return undefined;
  const { data, shape } = readNpy(await readFile(file));
  const { voice48k, samples: voice16k } = await readAudioFile(file.replace(/npy$/, 'wav'));
  const [rows, columns] = shape;
  const frames = Math.floor(Math.min(voice16k.length / 640, (rows / TAKE_RATE_HZ) * 25));
  const jaw = Float64Array.from({ length: frames }, (_, i) => {
    // Our frame shows the middle of its 40 ms; row k is what was captured at k / 30 s.
    const at = ((i + 0.5) / 25) * TAKE_RATE_HZ;
    const row = Math.min(rows - 2, Math.floor(at));
    const value = (offset: number) => data[(row + offset) * columns + JAW_COLUMN];
    return value(0) + (at - row) * (value(1) - value(0));
  });
  return { voice48k, voice16k, jaw };
}
