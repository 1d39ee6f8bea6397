/** Synthesised voices with exact phone timings, by programs that training does not use for these voices. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readAudioFile } from '../src/audio/read-audio-file.ts';

const run = promisify(execFile);
const NAIST_JDIC = '/var/lib/mecab/dic/open-jtalk/naist-jdic';

export interface VoiceSettings {
  engine: 'festival' | 'open-jtalk';
  /** Name of festival's voice, or file of Open JTalk's. */
  voice: string;
  /** Encoding that the voice reads its text in. */
  encoding: string;
}

export interface Utterance {
  /** Mono at 48 kHz. */
  voice48k: Float32Array;
  /** In the engine's own phone set, seconds. */
  phones: [name: string, from: number, to: number][];
}

/** Why the voice can't speak here; undefined where it can. */
export async function whatIsMissing({ engine, voice }: VoiceSettings): Promise<string | undefined> {
  const program = engine === 'festival' ? 'festival' : 'open_jtalk';
  const found = await run('which', [program]).catch(() => undefined);
  if (!found) return `the program ${program}`;
  if (engine === 'open-jtalk') return existsSync(voice) ? undefined : voice;
  const { stdout } = await run('festival', ['-b', '(print (voice.list))']);
  return stdout.split(/[\s()]+/).includes(voice) ? undefined : `festival's voice ${voice}`;
}

export async function synthesise(settings: VoiceSettings, text: string): Promise<Utterance> {
  const folder = await mkdtemp(join(tmpdir(), 'vultus-voice-'));
  try {
    return settings.engine === 'festival'
      ? await festival(folder, settings, text)
      : await openJtalk(folder, settings.voice, text);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function festival(
  folder: string,
  { voice, encoding }: VoiceSettings,
  text: string,
): Promise<Utterance> {
  const [wave, segments, script] = ['x.wav', 'x.seg', 'x.scm'].map((name) => join(folder, name));
  const commands = [
    `(voice_${voice})`,
    `(set! spoken (utt.synth (Utterance Text "${text.replaceAll(/["\\]/g, ' ')}")))`,
    `(utt.save.wave spoken "${wave}" 'riff)`,
    `(utt.save.segs spoken "${segments}")`,
  ];
  await writeFile(script, encode(commands.join('\n'), encoding));
  await run('festival', ['-b', script]);
  return {
    voice48k: (await readAudioFile(wave)).voice48k,
    phones: parseFestivalSegments(await readFile(segments, 'latin1')),
  };
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

async function openJtalk(folder: string, voice: string, text: string): Promise<Utterance> {
  const [wave, trace, input] = ['x.wav', 'x.txt', 'text.txt'].map((name) => join(folder, name));
  await writeFile(input, `${text}\n`);
  await run('open_jtalk', ['-x', NAIST_JDIC, '-m', voice, '-ow', wave, '-ot', trace, input]);
  return {
    voice48k: (await readAudioFile(wave)).voice48k,
    phones: parseOpenJtalkTrace(await readFile(trace, 'utf8')),
  };
}

/** Rows of begin and end (in 100 ns) and a full-context label, in which the phone stands between - and +. */
export function parseOpenJtalkTrace(trace: string): Utterance['phones'] {
  const labels = trace.split('[Output label]')[1].matchAll(/^(\d+) (\d+) [^-\s]*-([^+\s]+)\+/gm);
  return [...labels].map(([, from, to, name]) => [name, Number(from) / 1e7, Number(to) / 1e7]);
}

/** Text in UTF-8 or in an encoding of one byte per character. */
export function encode(text: string, encoding: string): Uint8Array {
  if (encoding === 'utf-8') return Buffer.from(text);
  const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
  const byteOf = new Map([...new TextDecoder(encoding).decode(bytes)].map((letter, i) => [letter, i]));
  return Uint8Array.from(text, (letter) => byteOf.get(letter) ?? 0x20);
}
