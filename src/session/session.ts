import { EventEmitter } from 'node:events';
import { Containment } from '../containment.ts';
import { type Backdrop, stackedHeight } from '../contract/backdrop.ts';
import {
  type AvatarState,
  type Controls,
  type ControlsPatch,
  NEUTRAL_CONTROLS,
} from '../contract/controls.ts';
import { type Output, type Packet, PCM_VOICE } from '../contract/outputs.ts';
import type { PerformedFrame } from '../contract/performed-motion.ts';
import type { EngineEvent } from '../contract/session-events.ts';
import type { SessionSettings } from '../contract/session-settings.ts';
import type { SessionStats } from '../contract/stats.ts';
import type { UserFace } from '../contract/user-face.ts';
import type { EnginePool } from '../engine/pool/engine-pool.ts';
import type { SessionLine } from '../engine/pool/session-line.ts';
import { VultusError } from '../errors.ts';
import type { Rig } from '../render/renderer.ts';
import { OneAtATime } from './one-at-a-time.ts';
import { OutputSet } from './output-set.ts';
import type { SessionApi, SessionEvents, Speaker, Taker, Taking } from './session-api.ts';
import { SessionSpeaker } from './speaker.ts';
import { UserAudio } from './user-audio.ts';
import { UserListener } from './user-listener.ts';
import { Utterances } from './utterances.ts';

const NO_STATS: SessionStats = {
  fps: 0,
  framesSent: 0,
  framesLate: 0,
  bitrateKbps: 0,
  delayMs: { p50: 0, p95: 0 },
  delayStages: {},
  stages: {},
  encoders: 0,
  queuedMs: 0,
  provider: '',
};

/** One avatar that is live: see `SessionApi`. Owns its line to the engine and closes it. */
export class Session extends EventEmitter<SessionEvents> implements SessionApi {
  readonly id: string;
  readonly createdAt = new Date();
  readonly #walls = new Containment((error) => this.#fail(error, true));
  #settings: Readonly<SessionSettings>;
  #engine: SessionLine | undefined;
  #controls: Controls;
  #epoch = 0;
  readonly #outputs = new OutputSet({
    setStreams: (streams) => {
      this.#userAudio.setStreams(streams);
      this.#engine?.setStreams(streams.filter(({ output }) => output.kind !== 'userAudio'));
    },
    requestKeyFrame: (stream) => this.#engine?.requestKeyFrame(stream),
    setBitrate: (stream, bitrateKbps) => this.#engine?.setBitrate(stream, bitrateKbps),
  });
  readonly #userAudio = new UserAudio((packet) => this.#outputs.deliver(packet));
  readonly #user = new UserListener({
    heard: (samples) => this.#userAudio.hear(samples, this.#live.mediaTimeMs),
    cues: (cues) => this.#closed || this.#live.noticeUser({ heard: { talking: this.#user.talking, cues } }),
    started: () => this.#onUserStarted(),
    ended: (talkedMs) => this.emit('user.ended', { talkedMs }),
  });
  readonly #utterances = new Utterances({
    assertRoom: (samples) => this.#live.assertRoom(samples),
    begin: (utterance) => this.#live.beginSpeech(utterance),
    push: (utterance, samples, live) => this.#live.pushVoice(utterance, samples, live),
    addWords: (utterance, words) => this.#live.addWords(utterance, words),
    end: (utterance, end) => this.#live.endSpeech(utterance, end),
    interrupt: (utterances, all) => this.#interrupt(utterances, all),
  });
  #ownVoice: Taking | undefined;
  readonly #performer = new OneAtATime();
  readonly #seen = new OneAtATime();
  #stats = NO_STATS;
  #state: AvatarState = 'idle';
  #closed = false;

  private constructor(id: string, settings: SessionSettings, controls: Controls) {
    super();
    // Each connection hears a few of its events, and a session has any number of viewers.
    this.setMaxListeners(0);
    this.id = id;
    this.#settings = Object.freeze({ ...settings });
    this.#controls = controls;
  }

  /** @throws VultusError `engine_failed`, `encoder_failed` */
  static async open(
    engine: EnginePool,
    id: string,
    rig: Rig,
    settings: SessionSettings,
    controls: ControlsPatch = {},
  ): Promise<Session> {
    const session = new Session(id, settings, mergeControls(NEUTRAL_CONTROLS, controls));
    session.#engine = await engine.open(id, rig, settings, session.#controls, {
      event: (event) => session.#walls.run(() => session.#receive(event)),
      error: (error, fatal) => session.#walls.run(() => session.#fail(error, fatal)),
    });
    return session;
  }

  get closed(): boolean {
    return this.#closed;
  }

  get live(): boolean {
    return !this.#closed && (this.#engine?.live ?? false);
  }

  get settings(): Readonly<SessionSettings> {
    return this.#settings;
  }

  get delayMs(): number {
    return this.#live.delayMs;
  }

  get stats(): SessionStats {
    return this.#stats;
  }

  get state(): AvatarState {
    return this.#state;
  }

  openSpeaker(): Speaker {
    return new SessionSpeaker(this.#utterances);
  }

  hearUser(samples: Float32Array): void {
    if (!this.#live) return;
    // A microphone may hear the avatar too.
    this.#ownVoice ??= this.take([PCM_VOICE], { pcm: (packet) => this.#user.hearAvatar(packet.samples) });
    this.#walls.enter(() => this.#user.hear(samples));
  }

  pause(): void {
    this.#live.pause();
    this.#utterances.setPaused(true);
  }

  resume(): void {
    this.#live.resume();
    this.#utterances.setPaused(false);
  }

  setControls(patch: ControlsPatch): void {
    this.#controls = mergeControls(this.#controls, patch);
    this.#live.setControls(this.#controls);
  }

  setMotion(frame: PerformedFrame, performer: object): boolean {
    const shown = this.#performer.takes(performer);
    if (shown) this.#live.setMotion(frame);
    return shown;
  }

  seeUser(face: UserFace, user: object): void {
    if (this.#seen.takes(user)) this.#live.noticeUser({ seen: face });
  }

  setBackground(background: Backdrop): void {
    const { height, background: former } = this.#settings;
    if (stackedHeight(height, background) !== stackedHeight(height, former)) {
      throw new VultusError('background_fixed');
    }
    this.#live.setBackground(background);
    this.#settings = Object.freeze({ ...this.#settings, background });
    this.emit('background', background);
  }

  take(outputs: readonly Output[], taker: Taker): Taking {
    if (this.#closed) throw new VultusError('session_closed');
    const inside = this.#walls;
    const taking = inside.enter(() => this.#outputs.take(outputs, taker));
    return {
      change: (next) => inside.enter(() => taking.change(next)),
      requestKeyFrame: () => inside.enter(() => taking.requestKeyFrame()),
      setBitrate: (bitrateKbps) => inside.enter(() => taking.setBitrate(bitrateKbps)),
      close: () => inside.enter(() => taking.close()),
    };
  }

  /**
   * The one place where events leave: a listener that throws does not keep the others from hearing, and ends the
   * session, unless the walls of a connection are around it.
   */
  override emit<Name extends keyof SessionEvents>(name: Name, ...values: SessionEvents[Name]): boolean {
    const listeners = this.rawListeners(name);
    for (const listener of listeners) this.#walls.run(() => Reflect.apply(listener, this, values));
    return listeners.length > 0;
  }

  close(reason?: VultusError): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#user.close();
    this.#userAudio.close();
    this.#utterances.close();
    this.#outputs.close();
    this.#engine?.close();
    this.emit('closed', reason);
    this.removeAllListeners();
  }

  get #live(): SessionLine {
    if (this.#closed || !this.#engine) throw new VultusError('session_closed');
    return this.#engine;
  }

  #onUserStarted(): void {
    this.emit('user.started');
    // A listener may have ended the session.
    if (this.#controls.bargeIn && !this.#closed) this.#utterances.interruptAll();
  }

  #interrupt(utterances: readonly number[], all: boolean): void {
    // From here on, what the engine sent before it heard of the interruption is dropped in #deliver.
    this.#epoch++;
    this.#live.interrupt(this.#epoch, utterances);
    if (!all) return;
    this.#live.resume();
    this.emit('interrupted');
  }

  #receive(event: EngineEvent): void {
    if (this.#closed) return;
    switch (event.name) {
      case 'packet':
        this.#deliver(event.value);
        return;
      case 'warning': {
        const { stream, ...warning } = event.value;
        if (stream === undefined) break;
        this.#outputs.warn(stream, warning);
        return;
      }
      case 'stats':
        this.#stats = event.value;
        break;
      case 'state':
        this.#state = event.value;
        break;
      case 'speech.started':
      case 'speech.stalled':
      case 'speech.continued':
      case 'speech.word':
      case 'speech.ended':
        this.#tellOfSpeech(event);
        return;
    }
    this.emit(event.name, ...([event.value] as never));
  }

  #tellOfSpeech({ name, value }: Extract<EngineEvent, { value: { utterance: number } }>): void {
    const { utterance } = value;
    const id = this.#utterances.idOf(utterance);
    const isNews =
      name === 'speech.stalled'
        ? this.#utterances.stalled(utterance)
        : name === 'speech.continued'
          ? this.#utterances.continued(utterance)
          : true;
    if (name === 'speech.ended') this.#utterances.ended(utterance);
    if (isNews) this.emit(name, ...([{ ...value, ...(id !== undefined && { id }) }] as never));
  }

  #deliver(packet: Packet): void {
    const isVoice = packet.kind === 'voice' || packet.kind === 'pcm';
    if (isVoice && packet.epoch !== this.#epoch) return;
    if (packet.kind === 'video' && packet.delays) this.emit('delays', packet.delays);
    this.#outputs.deliver(packet);
  }

  #fail(error: VultusError, fatal: boolean): void {
    if (this.#closed) return;
    this.emit('error', error);
    if (fatal) this.close(error);
  }
}

/** Takes over what the patch names; inside `head` and `performer` each field on its own. */
export function mergeControls(controls: Controls, patch: ControlsPatch): Controls {
  return {
    ...controls,
    ...patch,
    head: { ...controls.head, ...patch.head },
    performer: { ...controls.performer, ...patch.performer },
  };
}
