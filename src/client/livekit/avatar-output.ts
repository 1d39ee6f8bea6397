import { DataStreamAudioOutput } from '@livekit/agents';
import { type AudioFrame, type Room, TrackKind } from '@livekit/rtc-node';

const SAMPLE_RATE_HZ = 24_000;

/**
 * What an agent says, as streams of bytes to its avatar. While the avatar is away, what is said waits for it; LiveKit
 * lists one whose connection broke for a while longer, so that it is there does not say that it hears.
 */
export class AvatarOutput extends DataStreamAudioOutput {
  #present = Promise.withResolvers<void>();
  #away = false;
  #startedAtMs = 0;

  constructor(room: Room, identity: string) {
    super({
      room,
      destinationIdentity: identity,
      waitRemoteTrack: TrackKind.KIND_VIDEO,
      sampleRate: SAMPLE_RATE_HZ,
      waitPlaybackStart: true,
    });
    this.#present.resolve();
  }

  override async captureFrame(frame: AudioFrame): Promise<void> {
    await this.#present.promise;
    await super.captureFrame(frame);
  }

  override clearBuffer(): void {
    if (!this.#away) super.clearBuffer();
  }

  override onPlaybackStarted(createdAt: number): void {
    this.#startedAtMs = createdAt;
    super.onPlaybackStarted(createdAt);
  }

  avatarJoined(): void {
    this.#away = false;
    this.#present.resolve();
  }

  /** Whoever waits for the end of what it had to say is told that it was interrupted. */
  avatarLeft(): void {
    this.#away = true;
    this.#present = Promise.withResolvers();
    this.abandonOpenSegment();
    const playbackPosition = this.#startedAtMs > 0 ? (Date.now() - this.#startedAtMs) / 1000 : 0;
    while (this.pendingPlayoutSegments > 0) this.onPlaybackFinished({ playbackPosition, interrupted: true });
  }
}
