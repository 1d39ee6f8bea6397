import { EventEmitter } from 'node:events';
import { type Backdrop, describeBackdrop } from '../../src/contract/backdrop.ts';
import { squareFormat } from '../../src/contract/formats.ts';
import {
  type MotionPacket,
  type Output,
  outputKey,
  type PcmPacket,
  type PicturePacket,
  type UserAudioPacket,
  type VideoPacket,
  type VoicePacket,
} from '../../src/contract/outputs.ts';
import type { PerformedFrame } from '../../src/contract/performed-motion.ts';
import type { Word } from '../../src/contract/speech.ts';
import type { UserFace } from '../../src/contract/user-face.ts';
import type { VultusError } from '../../src/errors.ts';
import type { SessionApi, SessionEvents, Speaker, Taker, Taking } from '../../src/session/session-api.ts';

type Unnamed<Packet> = Omit<Packet, 'stream'>;
type AnyPacket =
  | Unnamed<VideoPacket>
  | Unnamed<VoicePacket>
  | Unnamed<PcmPacket>
  | Unnamed<PicturePacket>
  | Unnamed<MotionPacket>
  | Unnamed<UserAudioPacket>;

/** A session that does what the test says and writes down what it was asked: for the tests of transports. */
export class ScriptedSession extends EventEmitter<SessionEvents> implements SessionApi {
  readonly id: string;
  readonly settings: SessionApi['settings'];
  readonly createdAt = new Date();
  readonly delayMs = 160;
  readonly state = 'idle';
  readonly calls: string[] = [];
  readonly voice: Float32Array[] = [];
  readonly motion: PerformedFrame[] = [];
  readonly seen: UserFace[] = [];
  /** Whether what is given of a performer is shown. */
  performs = true;
  readonly #taken = new Set<{ outputs: readonly Output[]; taker: Taker }>();
  readonly stats = {
    fps: 25,
    framesSent: 0,
    framesLate: 0,
    bitrateKbps: 1500,
    delayMs: { p50: 90, p95: 140 },
    delayStages: { hold: { p50: 40, p95: 60 } },
    stages: { render: { p50: 7, p95: 9 } },
    encoders: 1,
    queuedMs: 0,
    provider: 'cpu',
  };
  closed = false;
  live = true;
  /** Of all its connections. */
  readonly speaker = {
    patient: false,
    turn: 0,
    /** Names of utterances that are over. */
    late: [] as (string | undefined)[],
    accepts: (id?: string): boolean => !this.speaker.late.includes(id),
    push: (samples: Float32Array, { id }: { id?: string | undefined } = {}): boolean => {
      this.voice.push(samples);
      if (id !== undefined) this.calls.push(`push ${id}`);
      return true;
    },
    hasRoom: (): boolean => true,
    refuse: (): void => {},
    addWords: (words: readonly Word[], id?: string): boolean => {
      this.calls.push(`words ${id} ${words.map(({ text }) => text).join(' ')}`);
      return this.speaker.accepts(id);
    },
    end: (id?: string): void => {
      this.calls.push(['endSpeech', ...(id === undefined ? [] : [id])].join(' '));
    },
    interrupt: (id?: string): void => {
      this.calls.push(['interrupt', ...(id === undefined ? [] : [id])].join(' '));
      this.speaker.turn++;
      this.emit('interrupted');
    },
    close: (): void => {},
  };

  constructor(id = 's1', settings: Partial<SessionApi['settings']> = {}) {
    super();
    this.id = id;
    this.settings = {
      avatarId: 'a1',
      ...squareFormat(512),
      fps: 25,
      codec: 'h264',
      bitrateKbps: 1500,
      seed: 1,
      latency: 'balanced',
      background: { kind: 'keep' },
      draw: 'server',
      ...settings,
    };
    this.on('error', () => {});
  }

  hearUser(): void {
    this.calls.push('hearUser');
  }
  openSpeaker(): Speaker {
    return this.speaker;
  }
  pause(): void {
    this.calls.push('pause');
  }
  resume(): void {
    this.calls.push('resume');
  }
  setControls(patch: object): void {
    this.calls.push(`setControls ${JSON.stringify(patch)}`);
  }
  setMotion(frame: PerformedFrame): boolean {
    this.motion.push(frame);
    return this.performs;
  }
  seeUser(face: UserFace): void {
    this.seen.push(face);
  }
  setBackground(background: Backdrop): void {
    this.calls.push(`setBackground ${describeBackdrop(background)}`);
  }
  take(outputs: readonly Output[], taker: Taker): Taking {
    const taken = { outputs, taker };
    const change = (next: readonly Output[]) => {
      taken.outputs = next;
      this.calls.push(`take ${next.map(({ kind }) => kind)}`);
      if (next.length > 0) this.#taken.add(taken);
      else this.#taken.delete(taken);
    };
    change(outputs);
    return {
      change,
      requestKeyFrame: () => this.calls.push('requestKeyFrame'),
      setBitrate: (bitrateKbps) => this.calls.push(`setBitrate ${bitrateKbps}`),
      close: () => this.#taken.has(taken) && change([]),
    };
  }
  /** How many takers there are. */
  get takers(): number {
    return this.#taken.size;
  }
  /** Keys of all that is taken. */
  get outputs(): string[] {
    return [...this.#taken].flatMap(({ outputs }) => outputs.map(outputKey));
  }
  /** Gives a packet to those who take its kind. */
  deliver(packet: AnyPacket): void {
    const taken = packet.kind === 'pcm' ? 'voice' : packet.kind;
    for (const { outputs, taker } of [...this.#taken]) {
      if (outputs.some(({ kind }) => kind === taken))
        taker[packet.kind]?.({ ...packet, stream: packet.kind } as never);
    }
  }
  close(reason?: VultusError): void {
    if (this.closed) return;
    this.closed = true;
    this.emit('closed', reason);
  }
}
