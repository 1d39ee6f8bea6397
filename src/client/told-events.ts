import type { DrawnFrameReader } from '../contract/drawn-frame.ts';
import type { ServerMessage } from '../contract/wire/server-messages.ts';
import type { LiveEvents } from './live-connection.ts';

/** What is an event as it stands, or nearly. */
type Told = Exclude<ServerMessage, { type: 'ready' | 'pong' | 'state' | 'error' }>;

/** A message of the server as an event; undefined for a frame that cannot be read without those before it. */
export function toldEvent(
  message: Told,
  frames: DrawnFrameReader,
): { name: keyof LiveEvents; event: never } | undefined {
  const named = (event: unknown) => ({ name: message.type, event: event as never });
  switch (message.type) {
    case 'motion': {
      const { mediaTimeMs, epoch, data } = message;
      return named({ mediaTimeMs, epoch, frame: new Float32Array(data.slice().buffer) });
    }
    case 'drawn': {
      const { mediaTimeMs, epoch, data } = message;
      const frame = frames.read(data);
      return frame && named({ mediaTimeMs, epoch, frame });
    }
    case 'stats':
      return named(message.stats);
    default:
      return named(message);
  }
}
