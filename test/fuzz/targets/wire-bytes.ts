import { parseClientMessage, parseServerMessage } from '../../../src/contract/wire.ts';
import { fuzzTarget } from '../target.ts';
import { wireBytes as inputs } from '../wire-inputs.ts';

/** Bytes are a message or are refused, in bounded time and memory, at either end. */
export const wireBytes = fuzzTarget<Uint8Array>({
  name: 'wire-bytes',
  runsInSuite: 2000,
  inputs,
  attempt(bytes) {
    for (const parse of [parseClientMessage, parseServerMessage]) {
      try {
        parse(bytes);
      } catch (cause) {
        if (!(cause instanceof Error)) throw new Error(`throws ${String(cause)}`, { cause });
      }
    }
  },
});
