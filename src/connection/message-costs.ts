import type { AudioFormat } from '../contract/formats.ts';
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
  draw: 50,
  pause: 25,
  resume: 25,
  'speech.end': 10,
  words: 10,
});
/** On top, where it is answered with an error. */
const REFUSED = 25;
const BYTES_OF_ONE = 2048;

/** Voice that is decoded and listened to costs by its time, however few its bytes are. */
const MS_OF_ONE = 40;
/** Each is told to every connection when it is heard. */
const WORD = 1;

/** `message`: undefined where it cannot be read; `voice`: what its audio is in. */
export function messageCost(
  message: ClientMessage | undefined,
  bytes: number,
  { refused = false, voice }: { refused?: boolean; voice?: AudioFormat } = {},
): number {
  const one = message?.type === 'audio' && voice ? Math.min(BYTES_OF_ONE, bytesOfOne(voice)) : BYTES_OF_ONE;
  const words = message?.type === 'words' ? WORD * message.words.length : 0;
  return ((message && COSTS[message.type]) ?? 1) + words + bytes / one + (refused ? REFUSED : 0);
}

function bytesOfOne(voice: AudioFormat): number {
  if (voice.encoding === 'opus') return BYTES_OF_ONE;
  const bytesOfSample = voice.encoding === 's16le' ? 2 : 1;
  return (MS_OF_ONE / 1000) * voice.sampleRateHz * bytesOfSample;
}
