import type { RTCDataChannel } from 'werift';
import { CONTROL_CHANNEL, type ServerMessage } from '../../contract/wire.ts';
import type { SessionApi } from '../../session/session-api.ts';
import { SessionChannel } from '../session-channel.ts';

/** Messages that wait for a slow peer; beyond this it is told less, then cut off. */
const CROWDED_BYTES = 256 * 1024;
const FULL_BYTES = 4 * 1024 * 1024;

/** The messages of wire.ts on the data channel `vultus`, the only one that a peer may open. */
export class ControlChannel {
  readonly #session: SessionApi;
  readonly #onStuck: () => void;
  #messages: SessionChannel | undefined;
  #closed = false;

  /** `onStuck`: the peer takes nothing any more. */
  constructor(session: SessionApi, onStuck: () => void) {
    this.#session = session;
    this.#onStuck = onStuck;
  }

  take(channel: RTCDataChannel): void {
    if (channel.label !== CONTROL_CHANNEL || this.#messages || this.#closed) {
      channel.close();
      return;
    }
    if (channel.readyState === 'open') this.#talk(channel);
    else channel.stateChanged.subscribe((state) => state === 'open' && this.#talk(channel));
  }

  /** Idempotent. */
  close(): void {
    this.#closed = true;
    this.#messages?.close();
  }

  #talk(channel: RTCDataChannel): void {
    if (this.#messages || this.#closed || this.#session.closed) return;
    const send = (message: Uint8Array, kind: ServerMessage['type']): void => {
      if (channel.readyState !== 'open' || this.#closed) return;
      const expendable = kind === 'motion' || kind === 'stats';
      if (channel.bufferedAmount > FULL_BYTES) this.#onStuck();
      else if (!expendable || channel.bufferedAmount < CROWDED_BYTES) channel.send(Buffer.from(message));
    };
    const messages = new SessionChannel(this.#session, send, { media: false });
    this.#messages = messages;
    channel.onMessage.subscribe((data) => messages.receive(Buffer.from(data as Buffer)));
    channel.stateChanged.subscribe((state) => state === 'closed' && messages.close());
  }
}
