/** The server's end of the wire. */
import { Packr } from 'msgpackr';
import type { ClientMessage } from './client-messages.ts';
import { clientMessageSchema } from './client-schema.ts';
import type { ServerMessage } from './server-messages.ts';

// Plain MessagePack: no msgpackr record extension, so that any MessagePack library can take part.
const packr = new Packr({
  useRecords: false,
  variableMapSize: true,
  useBigIntExtension: false,
  int64AsType: 'number',
});

export function serializeServerMessage(message: ServerMessage): Uint8Array {
  return packr.pack(message);
}

/** Throws whatever msgpackr or zod throw: the caller answers with `invalid_message`. */
export function parseClientMessage(data: Uint8Array): ClientMessage {
  return clientMessageSchema.parse(packr.unpack(data));
}
