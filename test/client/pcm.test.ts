import { expect, test } from 'vitest';
import { type VoiceData, voiceBytes } from '../../src/client/pcm.ts';

const SAMPLES = new Int16Array([0, 1000, -1000]);
const BYTES = new Uint8Array(SAMPLES.buffer);

test.each<[string, VoiceData]>([
  ['int16', SAMPLES],
  ['bytes', BYTES],
  ['an ArrayBuffer', SAMPLES.buffer],
  ['float32', Float32Array.from(SAMPLES, (sample) => sample / 32767)],
])('voice as %s becomes s16le', (_name, voice) => {
  expect([...voiceBytes(voice, 's16le')]).toEqual([...BYTES]);
});

test('bytes of other encodings stay as they are, an ArrayBuffer too', () => {
  expect([...voiceBytes(BYTES.subarray(1).slice(), 'opus')]).toEqual([...BYTES.subarray(1)]);
  expect([...voiceBytes(BYTES.slice().buffer, 'pcmu')]).toEqual([...BYTES]);
});

test.each<[string, unknown]>([
  ['numbers', [0, 0.1, 0.2]],
  ['base64', 'AAAA'],
  ['nothing', undefined],
  ['a Blob', new Blob([BYTES])],
  ['float64', new Float64Array(4)],
  ['half a sample', new ArrayBuffer(3)],
])('%s is no voice, and that is said', (_name, voice) => {
  expect(() => voiceBytes(voice as VoiceData, 's16le')).toThrow(
    expect.objectContaining({ code: 'invalid_audio' }),
  );
});

test.each<[string, unknown]>([
  ['samples', SAMPLES],
  ['text', 'AAAA'],
])('where Opus was announced, %s is not voice', (_name, voice) => {
  expect(() => voiceBytes(voice as VoiceData, 'opus')).toThrow(
    expect.objectContaining({ code: 'invalid_audio' }),
  );
});
