import { isDeepStrictEqual } from 'node:util';
import {
  type ClientMessageInput,
  clientMessageSchema,
  parseClientMessage,
  serializeClientMessage,
} from '../../../src/contract/wire.ts';
import { fuzzTarget } from '../target.ts';
import { clientMessage } from '../wire-inputs.ts';

/** Whatever a client may say is read as it was written. */
export const wireMessages = fuzzTarget<ClientMessageInput>({
  name: 'wire-messages',
  runsInSuite: 2000,
  inputs: clientMessage,
  attempt(message) {
    const read = parseClientMessage(serializeClientMessage(message));
    if (!isDeepStrictEqual(plain(read), plain(clientMessageSchema.parse(message))))
      throw new Error(`read as ${JSON.stringify(read)}`);
  },
});

/** Bytes are bytes, whether in a Buffer or not, and MessagePack has one zero. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return [...value];
  if (value === 0) return 0;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}
