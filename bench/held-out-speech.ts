/** Real voices that training never hears, with their phones (QUALITY A.2), and the actress of A.1. */
import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { readAudioFile } from '../src/audio/read-audio-file.ts';
import { sharedFile } from './fixtures.ts';
import { readNpy } from './npy.ts';
import type { Phone } from './phones.ts';
import { quantile } from './statistics.ts';
import { rootMeanSquare } from './voice-effects.ts';

const HELD_OUT_READERS = 24;
/** Column of jaw opening in the takes, and their rate (human-motion/README.md). */
const JAW_COLUMN = 74;
const TAKE_RATE_HZ = 30;
/** She speaks where the voice is louder than this share of its 95th percentile: 40 dB below. */
const SPEAKING_SHARE = 0.01;

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
  yield* clipsOf(heldOutFiles(), sharedFile('speech/alignments.json')!);
}

/** The recordings of these British readers (`p225` …); none where they are not there. */
export async function* britishSpeech(readers: readonly string[]): AsyncGenerator<Clip> {
  const list = sharedFile('speech/vctk/alignments.json');
  if (!list) return;
  const files = globSync(`${dirname(list)}/*.flac`).sort();
  yield* clipsOf(
    files.filter((file) => readers.includes(basename(file).split('_')[0])),
    list,
  );
}

/** @param list where the phones of the files are */
async function* clipsOf(files: readonly string[], list: string): AsyncGenerator<Clip> {
  const alignments = JSON.parse(await readFile(list, 'utf8')) as Record<
    string,
    { phones: Phone[]; suspect: boolean }
  >;
  for (const file of files) {
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

/**
 * Voice, jaw opening (at 25 per second) and the frames in which she speaks, of the take that is kept for validation;
 * undefined where absent.
 */
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
  const level = Float64Array.from(jaw, (_, i) => rootMeanSquare(voice16k.subarray(i * 640, (i + 1) * 640)));
  const floor = SPEAKING_SHARE * quantile(level, 0.95);
  return { voice48k, voice16k, jaw, isSpeaking: (frame: number) => level[frame] > floor };
}
