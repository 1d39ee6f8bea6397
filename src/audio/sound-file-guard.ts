import { VultusError } from '../errors.ts';

/** What sound files begin with, in Latin-1, from byte `at` (0) on: none of it is how a voice begins. */
const FILE_HEADS: readonly { kind: string; at?: number; heads: readonly string[] }[] = [
  { kind: 'WAV', heads: ['RIFF', 'RIFX', 'RF64', 'BW64', 'riff'] },
  { kind: 'MP3', heads: ['ID3\x02', 'ID3\x03', 'ID3\x04'] },
  { kind: 'Ogg', heads: ['OggS'] },
  { kind: 'FLAC', heads: ['fLaC'] },
  { kind: 'WebM or Matroska', heads: ['\x1a\x45\xdf\xa3'] },
  { kind: 'MP4', at: 4, heads: ['ftyp', 'moov', 'mdat'] },
  { kind: 'AIFF', heads: ['FORM'] },
  { kind: 'CAF', heads: ['caff'] },
  { kind: 'AU', heads: ['.snd'] },
];
const HEAD_BYTES = 8;
const NOTHING = new Uint8Array(0);
/** Voice that comes after such a pause is not the rest of a file. */
const PAUSE_MS = 1000;

/** Kind of the sound file that begins with these bytes; undefined where they are none. */
export function soundFileKind(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.subarray(0, HEAD_BYTES)).toString('latin1');
  return FILE_HEADS.find(({ at, heads }) => heads.some((one) => head.startsWith(one, at)))?.kind;
}

/**
 * Lets the bytes of a voice through, and refuses a sound file that is sent in its place: read as samples it would be
 * noise. What is refused once stays so until the utterance ends, or a second passes in which nothing comes.
 */
export class SoundFileGuard {
  /** Bytes of which it cannot be said yet; undefined once it is known what comes. */
  #head: Uint8Array | undefined = NOTHING;
  #refused = false;
  #lastMs = Number.NEGATIVE_INFINITY;

  /**
   * The bytes that may be read now, maybe none; `whole`: they need not wait for others.
   * @throws VultusError `unsupported_audio` once for each file
   */
  pass(data: Uint8Array, { whole = false, nowMs = performance.now() } = {}): Uint8Array | undefined {
    if (this.#refused && nowMs - this.#lastMs > PAUSE_MS) this.end();
    this.#lastMs = nowMs;
    if (this.#refused) return undefined;
    if (!this.#head) return data;
    const bytes = this.#head.length > 0 ? Buffer.concat([this.#head, data]) : data;
    const kind = soundFileKind(bytes);
    if (kind) {
      this.#head = undefined;
      this.#refused = true;
      throw new VultusError(
        'unsupported_audio',
        `this is a ${kind} file; decode it and send its samples, or the packets of an Opus file one by one`,
      );
    }
    this.#head = whole || bytes.length >= HEAD_BYTES ? undefined : Uint8Array.from(bytes);
    return this.#head ? undefined : bytes;
  }

  /** The utterance is over; returns what it held back. */
  end(): Uint8Array {
    const held = this.#head ?? NOTHING;
    this.#head = NOTHING;
    this.#refused = false;
    return held;
  }
}
