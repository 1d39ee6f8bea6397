import type { RTCDataChannel } from 'werift';
import type { Drawer } from '../../contract/drawing.ts';
import type { Warning } from '../../contract/session-events.ts';
import { CONTROL_CHANNEL, type ServerMessage } from '../../contract/wire.ts';
import type { VultusError } from '../../errors.ts';
import type { Attachment } from '../attachment.ts';
import { SessionChannel } from '../session-channel.ts';
import type { SessionChannelOptions } from '../session-channel-options.ts';

/** Messages that wait for a slow peer; beyond this it is told less, then cut off. */
const CROWDED_BYTES = 256 * 1024;
const FULL_BYTES = 4 * 1024 * 1024;

export interface ControlChannelListeners {
  /** The peer takes nothing any more. */
  stuck: () => void;
  /** It asks for a key frame on its track. */
  keyFrame: () => void;
  /** Who draws its pictures from now on. */
  drawer: (drawer: Drawer) => void;
  /** It has sent too much, has been told so, and is to go. */
  abuse: () => void;
}

/** The messages of wire.ts on the data channel `vultus`, the only one that a peer may open. */
export class ControlChannel {
  readonly #peer: Pick<SessionChannelOptions, 'role' | 'nextToken' | 'budgets' | 'videoCodec'>;
  readonly #on: ControlChannelListeners;
  #attachment: Attachment | undefined;
  #messages: SessionChannel | undefined;
  #voiceInput: 'speak' | 'listen' | undefined;
  #closed = false;

  constructor(
    peer: Pick<SessionChannelOptions, 'role' | 'nextToken' | 'budgets' | 'videoCodec'>,
    on: ControlChannelListeners,
  ) {
    this.#peer = peer;
    this.#on = on;
  }

  /** What the microphone of the peer is for, if it has said so here. */
  get voiceInput(): 'speak' | 'listen' | undefined {
    return this.#voiceInput;
  }

  /** To be called before the peer can be there. */
  attach(attachment: Attachment): void {
    this.#attachment = attachment;
  }

  take(channel: RTCDataChannel): void {
    if (channel.label !== CONTROL_CHANNEL || this.#messages || this.#closed) {
      channel.close();
      return;
    }
    if (channel.readyState === 'open') this.#talk(channel);
    else channel.stateChanged.subscribe((state) => state === 'open' && this.#talk(channel));
  }

  warn(warning: Warning): void {
    this.#messages?.warn(warning);
  }

  tell(error: VultusError): void {
    this.#messages?.tell(error);
  }

  /** Idempotent. */
  close(): void {
    this.#closed = true;
    this.#messages?.close();
  }

  #talk(channel: RTCDataChannel): void {
    this.#attachment?.contain(() => {
      if (this.#messages || this.#closed) return;
      const send = (message: Uint8Array, kind: ServerMessage['type']): void => {
        if (channel.readyState !== 'open' || this.#closed) return;
        const expendable = kind === 'motion' || kind === 'stats';
        if (channel.bufferedAmount > FULL_BYTES) this.#on.stuck();
        else if (!expendable || channel.bufferedAmount < CROWDED_BYTES) channel.send(Buffer.from(message));
      };
      const messages = new SessionChannel(this.#attachment!, send, {
        ...this.#peer,
        media: false,
        onAbuse: this.#on.abuse,
        keyFrame: this.#on.keyFrame,
        onDrawer: this.#on.drawer,
        onVoiceInput: (voiceInput) => {
          this.#voiceInput = voiceInput;
        },
      });
      this.#messages = messages;
      channel.onMessage.subscribe((data) => messages.receive(Buffer.from(data as Buffer)));
      channel.stateChanged.subscribe((state) => state === 'closed' && messages.close());
    });
  }
}
