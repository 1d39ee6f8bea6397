import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readAudioFile } from '../../src/audio/read-audio-file.ts';

const folder = new URL('../../client-demo/public/voices/', import.meta.url);

/** A sample voice of the demo page, the first: mono at 48 kHz, at most `seconds` long. */
export async function sampleVoice(seconds: number, which = 0): Promise<Float32Array> {
  const voices = JSON.parse(readFileSync(new URL('voices.json', folder), 'utf8')) as { file: string }[];
  const { file } = voices[which];
  const { voice48k } = await readAudioFile(fileURLToPath(new URL(file, folder)));
  return voice48k.slice(0, seconds * 48000);
}
