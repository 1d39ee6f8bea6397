/**
 * What is sent many times a second to those who draw by themselves, in fewer bytes than MessagePack has names for: a byte
 * that MessagePack never uses, a letter for the type, epoch and media time (microseconds) as varints, and the data.
 */
import type { ServerMessage } from './server-messages.ts';

/** "Never used" in MessagePack. */
const COMPACT = 0xc1;
const LETTERS = { voice: 0x76, drawn: 0x64 } as const;
type CompactType = keyof typeof LETTERS;
export type CompactMessage = Extract<ServerMessage, { type: CompactType }>;

export function isCompactible(message: ServerMessage): message is CompactMessage {
  return message.type in LETTERS;
}

export function serializeCompact({ type, mediaTimeMs, epoch, data }: CompactMessage): Uint8Array {
  const head = [COMPACT, LETTERS[type], ...varint(epoch), ...varint(Math.round(1000 * mediaTimeMs))];
  const bytes = new Uint8Array(head.length + data.length);
  bytes.set(head);
  bytes.set(data, head.length);
  return bytes;
}

export function isCompact(bytes: Uint8Array): boolean {
  return bytes[0] === COMPACT;
}

/** @throws TypeError for what is no such message */
export function parseCompact(bytes: Uint8Array): CompactMessage {
  const type = (Object.keys(LETTERS) as CompactType[]).find((name) => LETTERS[name] === bytes[1]);
  let at = 2;
  const read = (): number => {
    let value = 0;
    for (let factor = 1; at < bytes.length && factor < 2 ** 49; factor *= 128) {
      const byte = bytes[at++];
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
    throw new TypeError('This compact message is cut off.');
  };
  if (!type) throw new TypeError('This is no compact message.');
  const [epoch, mediaTimeUs] = [read(), read()];
  return { type, epoch, mediaTimeMs: mediaTimeUs / 1000, data: bytes.subarray(at) };
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  for (; value > 0x7f; value = Math.floor(value / 128)) bytes.push((value % 128) | 0x80);
  return [...bytes, value];
}
