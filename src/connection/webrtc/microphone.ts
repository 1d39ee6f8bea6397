import type { MediaStreamTrack } from 'werift';
import { VultusError } from '../../errors.ts';
import type { Attachment } from '../attachment.ts';
import { VoiceReceiver } from './voice-receiver.ts';

export interface MicrophoneOptions {
  /** Where its voice goes; undefined where it is not to go anywhere. */
  attachment: () => Attachment | undefined;
  /** Whether the avatar listens to it, or says what it hears. */
  isOfUser: () => boolean;
  /** At each packet. */
  onHeard: () => void;
}

/** The voice that a peer sends, on its way into the session. */
export class Microphone {
  readonly #options: MicrophoneOptions;
  readonly #receiver = new VoiceReceiver((samples) => this.#take(samples));

  constructor(track: MediaStreamTrack, options: MicrophoneOptions) {
    this.#options = options;
    track.onReceiveRtp.subscribe(({ header, payload }) => {
      options.onHeard();
      options.attachment()?.contain(() => this.#receiver.receive(header, payload));
    });
  }

  close(): void {
    this.#receiver.close();
  }

  #take(samples: Float32Array): void {
    const attachment = this.#options.attachment();
    attachment?.contain(() => {
      const { session, speaker } = attachment;
      if (this.#options.isOfUser()) return session.hearUser(samples);
      try {
        speaker.push(samples, { live: true });
      } catch (cause) {
        // A microphone goes on also where the session is full.
        if (!(cause instanceof VultusError)) throw cause;
      }
    });
  }
}
