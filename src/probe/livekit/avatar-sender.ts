import type { ByteStreamWriter, LocalParticipant } from '@livekit/rtc-node';
import { z } from 'zod';
import { type SegmentEnd, VOICE_RATE_HZ } from '../endpoint.ts';

const AUDIO_STREAM_TOPIC = 'lk.audio_stream';
const CLEAR_BUFFER = 'lk.clear_buffer';
const PLAYBACK_STARTED = 'lk.playback_started';
const PLAYBACK_FINISHED = 'lk.playback_finished';
const [OK, REJECT] = ['ok', 'reject'];

const finishedSchema = z.object({ playback_position: z.number(), interrupted: z.boolean() });

interface SenderEvents {
  started(): void;
  finished(end: SegmentEnd): void;
}

/** The sending half of LiveKit's avatar contract, as its agents have it: a byte stream for each segment, and calls. */
export class AvatarSender {
  readonly #participant: LocalParticipant;
  readonly #avatar: string;
  #writer: ByteStreamWriter | undefined;
  #segments = 0;

  constructor(participant: LocalParticipant, avatarIdentity: string, events: SenderEvents) {
    this.#participant = participant;
    this.#avatar = avatarIdentity;
    participant.registerRpcMethod(PLAYBACK_STARTED, async ({ callerIdentity }) => {
      if (callerIdentity !== avatarIdentity) return REJECT;
      events.started();
      return OK;
    });
    participant.registerRpcMethod(PLAYBACK_FINISHED, async ({ callerIdentity, payload }) => {
      if (callerIdentity !== avatarIdentity) return REJECT;
      const end = finishedSchema.parse(JSON.parse(payload));
      events.finished({ playedMs: 1000 * end.playback_position, interrupted: end.interrupted });
      return OK;
    });
  }

  /** Begins a segment where none is being sent. */
  async say(samples: Int16Array): Promise<void> {
    this.#writer ??= await this.#participant.streamBytes({
      name: `AUDIO_probe_${++this.#segments}`,
      topic: AUDIO_STREAM_TOPIC,
      destinationIdentities: [this.#avatar],
      attributes: { sample_rate: String(VOICE_RATE_HZ), num_channels: '1' },
    });
    await this.#writer.write(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength));
  }

  async endSegment(): Promise<void> {
    const writer = this.#writer;
    this.#writer = undefined;
    await writer?.close();
  }

  /** @throws Error where the avatar does not answer, or not with `ok` */
  async clear(): Promise<void> {
    const answer = await this.#participant.performRpc({
      destinationIdentity: this.#avatar,
      method: CLEAR_BUFFER,
      payload: '',
    });
    if (answer !== OK) throw new Error(`${CLEAR_BUFFER} was answered by "${answer}"`);
  }
}
