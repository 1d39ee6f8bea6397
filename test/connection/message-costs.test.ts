import { expect, it } from 'vitest';
import { messageCost } from '../../src/connection/message-costs.ts';
import type { AudioFormat } from '../../src/contract/formats.ts';
import type { ClientMessage } from '../../src/contract/wire.ts';

const audio = (ms: number, voice: AudioFormat) => {
  const bytesOfMs = voice.encoding === 'opus' ? 4 : voice.encoding === 's16le' ? voice.sampleRateHz / 500 : 8;
  const data = new Uint8Array(ms * bytesOfMs);
  return messageCost({ type: 'audio', data }, data.length, { voice });
};
const PCMU: AudioFormat = { encoding: 'pcmu', sampleRateHz: 8000 };
const s16le = (sampleRateHz: number): AudioFormat => ({ encoding: 's16le', sampleRateHz });

it('voice in 20 ms counts 1 to 2, in whatever format', () => {
  for (const voice of [PCMU, s16le(8000), s16le(16_000), s16le(48_000), { encoding: 'opus' } as const]) {
    expect(audio(20, voice)).toBeGreaterThanOrEqual(1);
    expect(audio(20, voice)).toBeLessThanOrEqual(2);
  }
});

it('two minutes at once count as long as they are, even where they are few bytes', () => {
  for (const voice of [PCMU, s16le(8000), s16le(16_000)])
    expect(audio(120_000, voice)).toBeGreaterThanOrEqual(3000);
});

it('words count each, for each is told to all connections', () => {
  const words = Array.from({ length: 200 }, () => ({ text: 'a', startMs: 0, endMs: 0 }));
  const message: ClientMessage = { type: 'words', words };
  expect(messageCost(message, 5000)).toBeGreaterThan(200);
});
