/**
 * What is used of `@livekit/agents`, which is too large (285 MB) to be installed for its types: whoever uses the plugin
 * has it, and the plugin's own declarations then go by the real ones.
 */
declare module '@livekit/agents' {
  import type { AudioFrame, Room, TrackKind } from '@livekit/rtc-node';

  export class AudioOutput {
    captureFrame(frame: AudioFrame): Promise<void>;
    clearBuffer(): void;
    abandonOpenSegment(): void;
    get pendingPlayoutSegments(): number;
    onPlaybackStarted(createdAt: number): void;
    onPlaybackFinished(event: { playbackPosition: number; interrupted: boolean }): void;
  }
  export class DataStreamAudioOutput extends AudioOutput {
    constructor(options: {
      room: Room;
      destinationIdentity: string;
      sampleRate?: number;
      waitRemoteTrack?: TrackKind;
      waitPlaybackStart?: boolean;
    });
  }
  export class AgentSession {
    readonly output: { audio: AudioOutput | null };
  }
  export class AvatarSession {
    get avatarIdentity(): string;
    get provider(): string;
    start(agentSession: AgentSession, room: Room): Promise<unknown>;
    aclose(): Promise<void>;
  }
  export function log(): { warn(details: object, message: string): void };
}
