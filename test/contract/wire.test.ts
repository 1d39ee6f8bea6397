import { readFileSync } from 'node:fs';
import { pack } from 'msgpackr';
import { describe, expect, it } from 'vitest';
import {
  clientMessageSchema,
  MAX_AUDIO_BYTES,
  parseClientMessage,
  parseServerMessage,
  serializeClientMessage,
  serializeServerMessage,
} from '../../src/contract/wire.ts';

interface Fixtures {
  client: unknown[];
  clientInvalid: { why: string; message: unknown }[];
  server: unknown[];
}
const fixtures = JSON.parse(
  readFileSync(new URL('./wire-fixtures.json', import.meta.url), 'utf8'),
  (_, value) =>
    typeof value?.$bytes === 'string' ? Uint8Array.from(Buffer.from(value.$bytes, 'hex')) : value,
) as Fixtures;

/** MessagePack implementations return Buffers for bytes: compare as plain arrays. */
const plain = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_, field) => (field?.type === 'Buffer' ? field.data : field)),
    (_, field) =>
      field && typeof field === 'object' && '0' in field && !Array.isArray(field)
        ? Object.values(field)
        : field,
  );

describe('wire messages', () => {
  it.each(fixtures.client.map((message) => [(message as { type: string }).type, message]))(
    'client %s',
    (_, message) => {
      const parsed = parseClientMessage(serializeClientMessage(message as never));
      expect(plain(parsed)).toEqual(plain(clientMessageSchema.parse(message)));
      expect(plain(parsed)).toMatchObject(plain(message) as object);
    },
  );

  it.each(fixtures.server.map((message) => [(message as { type: string }).type, message]))(
    'server %s',
    (_, message) => {
      expect(plain(parseServerMessage(serializeServerMessage(message as never)))).toEqual(plain(message));
    },
  );

  it.each(fixtures.clientInvalid.map(({ why, message }) => [why, message]))('refuses %s', (_, message) => {
    expect(() => parseClientMessage(pack(message))).toThrow();
  });

  it.each([
    ['nothing', new Uint8Array(0)],
    ['half a map', serializeClientMessage({ type: 'ping', id: 1 }).subarray(0, 5)],
    [
      'a word that is too long',
      pack({ type: 'words', words: [{ text: 'a'.repeat(101), startMs: 0, endMs: 1 }] }),
    ],
    [
      'too many words',
      pack({ type: 'words', words: new Array(201).fill({ text: 'a', startMs: 0, endMs: 1 }) }),
    ],
    [
      'audio that is too long',
      serializeClientMessage({ type: 'audio', data: new Uint8Array(MAX_AUDIO_BYTES + 1) }),
    ],
    ['text', new TextEncoder().encode('{"type":"ping","id":1}')],
  ])('refuses %s', (_, bytes) => {
    expect(() => parseClientMessage(bytes)).toThrow();
  });

  it.each([
    ['nothing', new Uint8Array(0)],
    ['a number', pack(1)],
    ['what the client says', pack({ type: 'ping', id: 1 })],
    ['the name of something that every object has', pack({ type: 'constructor' })],
    ['a field of another type', pack({ type: 'pong', id: '1' })],
    ['a field that is missing', pack({ type: 'user.ended' })],
    ['a value that is none of those', pack({ type: 'state', state: 'asleep' })],
    ['statistics without their figures', pack({ type: 'stats', stats: { fps: 25 } })],
    ['an array of four milliards', new Uint8Array([0xdd, 0xff, 0xff, 0xff, 0xff, 0xc0])],
  ])('does not take for a message of the server: %s', (_, message) => {
    expect(() => parseServerMessage(message)).toThrow();
  });

  it('leaves alone what a newer server says more', () => {
    const message = { type: 'pong', id: 1, hue: 'blue' };
    expect(parseServerMessage(pack(message))).toEqual(message);
  });
});
