/** Voices of festival, an engine that training never hears, with the exact times of their phones. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readAudioFile } from '../src/audio/read-audio-file.ts';

const run = promisify(execFile);

export interface VoiceSettings {
  /** What festival calls the voice. */
  voice: string;
  /** Encoding that the voice reads its text in. */
  encoding: string;
}

export interface Utterance {
  /** Mono at 48 kHz. */
  voice48k: Float32Array;
  /** In the voice's own phone set, seconds. */
  phones: [name: string, from: number, to: number][];
}

/** Names of the voices that are installed; undefined where festival itself is not. */
export async function installedVoices(): Promise<Set<string> | undefined> {
  try {
    const { stdout } = await run('festival', ['-b', '(print (voice.list))']);
    return new Set(stdout.split(/[\s()]+/));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw cause;
  }
}

export async function synthesise({ voice, encoding }: VoiceSettings, text: string): Promise<Utterance> {
  const folder = await mkdtemp(join(tmpdir(), 'vultus-voice-'));
  const [wave, segments, script] = ['x.wav', 'x.seg', 'x.scm'].map((name) => join(folder, name));
  const commands = [
    `(voice_${voice})`,
    `(set! spoken (utt.synth (Utterance Text "${text.replaceAll(/["\\]/g, ' ')}")))`,
    `(utt.save.wave spoken "${wave}" 'riff)`,
    `(utt.save.segs spoken "${segments}")`,
  ];
  try {
    await writeFile(script, encode(commands.join('\n'), encoding));
    await run('festival', ['-b', script]);
    return {
      voice48k: (await readAudioFile(wave)).voice48k,
      phones: parseFestivalSegments(await readFile(segments, 'latin1')),
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A header that ends with "#", then rows of end time, colour, phone. */
export function parseFestivalSegments(text: string): Utterance['phones'] {
  const lines = text.split('\n');
  const phones: Utterance['phones'] = [];
  let from = 0;
  for (const line of lines.slice(lines.indexOf('#') + 1)) {
    const [end, , name] = line.trim().split(/\s+/);
    if (!name) continue;
    phones.push([name, from, Number(end)]);
    from = Number(end);
  }
  return phones;
}

/** Text in UTF-8 or in an encoding of one byte per character. */
export function encode(text: string, encoding: string): Uint8Array {
  if (encoding === 'utf-8') return Buffer.from(text);
  const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
  const byteOf = new Map([...new TextDecoder(encoding).decode(bytes)].map((letter, i) => [letter, i]));
  return Uint8Array.from(text, (letter) => byteOf.get(letter) ?? 0x20);
}
