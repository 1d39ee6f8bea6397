import { readAudioFile } from '../audio/read-audio-file.ts';
import { resampleAll } from '../audio/resampler.ts';
import { VOICE_RATE_HZ } from './endpoint.ts';
import { rms } from './measure/recorder.ts';

const STEP_MS = 10;
const STEP = (VOICE_RATE_HZ * STEP_MS) / 1000;
/** What is sent at once. */
const CHUNK_MS = 20;
/** Of the loudest of its kind; the rest of a piece of voice is a pause. */
const LOUD_SHARE = 0.2;

/** A piece of voice to send: mono, 24 kHz. */
export interface Piece {
  chunks: Int16Array[];
  durationMs: number;
  /** RMS of each 10 ms. */
  envelope: number[];
}

/** A recorded voice, from which pieces are cut. */
export class TestVoice {
  readonly #samples: Float32Array;

  constructor(samples: Float32Array) {
    this.#samples = samples;
  }

  /** @throws VultusError `audio_…` where the file is no sound */
  static async read(path: string): Promise<TestVoice> {
    const { voice48k } = await readAudioFile(path);
    return new TestVoice(resampleAll(voice48k, 48_000, VOICE_RATE_HZ));
  }

  /** From where speech begins after `fromMs`, round and round. */
  cut(fromMs: number, durationMs: number): Piece {
    const all = this.#samples;
    const count = Math.round((durationMs / 1000) * VOICE_RATE_HZ);
    let at = Math.round((fromMs / 1000) * VOICE_RATE_HZ) % all.length;
    const loudness = envelopeOf(all);
    const least = LOUD_SHARE * loudness.reduce((most, value) => Math.max(most, value), 0);
    for (
      let tries = 0;
      tries < loudness.length && loudness[Math.floor(at / STEP) % loudness.length] < least;
      tries++
    )
      at = (at + STEP) % all.length;
    const samples = Float32Array.from({ length: count }, (_, i) => all[(at + i) % all.length]);
    return pieceOf(samples);
  }
}

export function pieceOf(samples: Float32Array): Piece {
  const pcm = Int16Array.from(samples, (one) => Math.max(-32768, Math.min(32767, Math.round(one * 32768))));
  const size = (VOICE_RATE_HZ * CHUNK_MS) / 1000;
  const chunks: Int16Array[] = [];
  for (let at = 0; at < pcm.length; at += size) chunks.push(pcm.slice(at, at + size));
  return { chunks, durationMs: (1000 * samples.length) / VOICE_RATE_HZ, envelope: envelopeOf(samples) };
}

function envelopeOf(samples: Float32Array): number[] {
  const values: number[] = [];
  for (let at = 0; at + STEP <= samples.length; at += STEP) values.push(rms(samples.subarray(at, at + STEP)));
  return values;
}
