/**
 * Phones that pocketsphinx recognises in a whole English recording, by its acoustic model and a bigram of phones,
 * without knowing what is said (Debian packages pocketsphinx and pocketsphinx-en-us).
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Phone, SILENCE } from '../phones.ts';

const run = promisify(execFile);
const PROGRAM = 'pocketsphinx_batch';
const FRAMES_PER_SECOND = 100;
const MODEL = '/usr/share/pocketsphinx/model/en-us';

export async function hasPhoneRecogniser(): Promise<boolean> {
  if (!existsSync(join(MODEL, 'en-us-phone.lm.bin'))) return false;
  return run('which', [PROGRAM]).then(
    () => true,
    () => false,
  );
}

/** @param voice mono at 16 kHz; noises count as silence */
export async function recognisePhones(voice: Float32Array): Promise<Phone[]> {
  const folder = await mkdtemp(join(tmpdir(), 'vultus-phones-'));
  try {
    const pcm = Int16Array.from(voice, (value) => Math.max(-1, Math.min(1, value)) * 32767);
    await writeFile(join(folder, 'voice.raw'), new Uint8Array(pcm.buffer));
    await writeFile(join(folder, 'list'), 'voice\n');
    await run(PROGRAM, [
      ...['-adcin', 'yes', '-cepdir', folder, '-cepext', '.raw', '-ctl', join(folder, 'list')],
      ...['-hmm', join(MODEL, 'en-us'), '-allphone', join(MODEL, 'en-us-phone.lm.bin')],
      ...['-remove_silence', 'no', '-hypseg', join(folder, 'phones'), '-logfn', '/dev/null'],
      // What its manual says for phones, but for the beams: with the manual's 1e-20 it takes five times as long, and
      // has 70 instead of 69 % of the frames of four held-out clips right, and as many P B M.
      ...['-beam', '1e-10', '-pbeam', '1e-10', '-lw', '2.0'],
    ]);
    return parseSegments(await readFile(join(folder, 'phones'), 'utf8'));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/**
 * Reads a line of `-hypseg`: name, S, T, A and L with a number each, then per phone its first frame (100 a
 * second), two scores and its name, and at last the number of frames.
 */
export function parseSegments(line: string): Phone[] {
  const words = line.trim().split(/\s+/).slice(9);
  const phones: Phone[] = [];
  for (let i = 0; i + 4 < words.length; i += 4) {
    const [first, , , name, next] = words.slice(i, i + 5);
    const [from, to] = [Number(first) / FRAMES_PER_SECOND, Number(next) / FRAMES_PER_SECOND];
    phones.push([/^[A-Z]+$/.test(name) ? name : SILENCE, from, to]);
  }
  return phones;
}
