import type { ClientMessage } from '../contract/wire.ts';

/**
 * What a message costs of the budget of its connection: one is an audio message of 20 ms, which takes about 0.1 ms here
 * and in the engine. An interruption makes the motion model think again, `hello` may open decoders, a background is
 * decoded, a key frame is as large as several pictures.
 */
const COSTS: Readonly<Partial<Record<ClientMessage['type'], number>>> = Object.freeze({
  hello: 100,
  interrupt: 100,
  background: 250,
  keyframe: 50,
  pause: 25,
  resume: 25,
  'speech.end': 10,
  words: 10,
});
/** On top, where it is answered with an error. */
const REFUSED = 25;
const BYTES_OF_ONE = 2048;

/** `type`: undefined where it cannot be read. */
export function messageCost(
  type: ClientMessage['type'] | undefined,
  bytes: number,
  { refused = false } = {},
): number {
  return ((type && COSTS[type]) ?? 1) + bytes / BYTES_OF_ONE + (refused ? REFUSED : 0);
}
