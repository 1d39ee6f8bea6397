import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readAudioFile } from '../../../src/audio/read-audio-file.ts';
import { tone } from '../../support/signals.ts';
import { writeSound } from '../../support/sound-file.ts';
import { wavOf } from '../../support/wav.ts';
import { codedLater } from '../coded.ts';
import { damaged } from '../damaged.ts';
import type { FuzzTarget } from '../target.ts';

const RATE_HZ = 16000;
const KINDS = [
  ['mp3', 'libmp3lame'],
  ['flac', 'flac'],
  ['ogg', 'libvorbis'],
  ['aac', 'aac'],
  ['m4a', 'aac'],
] as const;

/** A damaged sound file is decoded as far as can be, or refused; what comes out are samples. */
export const soundFiles: FuzzTarget<Uint8Array> = {
  name: 'sound-files',
  runsInSuite: 150,
  async open() {
    const folder = mkdtempSync(join(tmpdir(), 'vultus-sounds-'));
    const samples = tone(RATE_HZ, 0.3, (t) => 0.4 * Math.sin(2 * Math.PI * 200 * t));
    const files = KINDS.map(([ending, encoder]) => {
      const path = join(folder, `sound.${ending}`);
      writeSound(path, encoder, samples, RATE_HZ);
      return new Uint8Array(readFileSync(path));
    });
    for (const float of [false, true]) {
      const data = float
        ? Buffer.from(samples.buffer)
        : Buffer.from(Int16Array.from(samples, (x) => 32767 * x).buffer);
      files.push(new Uint8Array(wavOf(data, { rateHz: RATE_HZ, float })));
    }
    const path = join(folder, 'input');
    return {
      inputs: damaged(...files),
      async attempt(bytes) {
        writeFileSync(path, bytes);
        const read = await codedLater(['audio_unreadable'], () => readAudioFile(path));
        if (!read) return;
        if (read.voice48k.length === 0) throw new Error('no sound');
        if (!read.voice48k.every(Number.isFinite)) throw new Error('a sample is no number');
      },
      close: () => rmSync(folder, { recursive: true, force: true }),
    };
  },
};
