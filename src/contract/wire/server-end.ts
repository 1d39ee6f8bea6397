/** The server's end of the wire. */
import { Packr } from 'msgpackr';
import type { ClientMessage } from './client-messages.ts';
import { clientMessageSchema } from './client-schema.ts';
import { isCompactible, serializeCompact } from './compact.ts';
import type { ServerMessage } from './server-messages.ts';

// Plain MessagePack: no msgpackr record extension, so that any MessagePack library can take part.
const packr = new Packr({
  useRecords: false,
  variableMapSize: true,
  useBigIntExtension: false,
  int64AsType: 'number',
});

/** `compact`: for those who draw by themselves, see compact.ts. */
export function serializeServerMessage(message: ServerMessage, { compact = false } = {}): Uint8Array {
  if (compact && isCompactible(message)) return serializeCompact(message);
  return packr.pack(message);
}

/** Throws whatever msgpackr or zod throw: the caller answers with `invalid_message`. */
export function parseClientMessage(data: Uint8Array): ClientMessage {
  return clientMessageSchema.parse(packr.unpack(data));
}
