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
      'audio that is too long',
      serializeClientMessage({ type: 'audio', data: new Uint8Array(MAX_AUDIO_BYTES + 1) }),
    ],
    ['text', new TextEncoder().encode('{"type":"ping","id":1}')],
  ])('refuses %s', (_, bytes) => {
    expect(() => parseClientMessage(bytes)).toThrow();
  });
});
