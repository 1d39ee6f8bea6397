import type { Backdrop } from '../../contract/backdrop.ts';
import type { Controls } from '../../contract/controls.ts';
import type { Stream } from '../../contract/outputs.ts';
import type { PerformedFrame } from '../../contract/performed-motion.ts';
import type { EngineEvent } from '../../contract/session-events.ts';
import type { SessionSettings } from '../../contract/session-settings.ts';
import type { SpeechEnd, Word } from '../../contract/speech.ts';
import { VultusError } from '../../errors.ts';
import type { Rig } from '../../render/renderer.ts';
import { RollingQuantiles } from '../../telemetry/rolling-quantiles.ts';
import type { FromSession, NoticedUser, ResumePoint, SessionProgress, ToSession } from '../messages.ts';
import type { EngineNode } from '../node.ts';
import type { EngineListener } from './engine-listener.ts';
import { LineSpeech } from './line-speech.ts';
import { LineStreams } from './line-streams.ts';
import { SessionMoves } from './session-moves.ts';
import type { SessionWork } from './session-work.ts';

/** Of voice, to an engine that is stuck: two minutes at 48 kHz, once more after an interruption. */
const MAX_ON_THE_WAY_SAMPLES = 240 * 48000;
const SEND_WINDOW_PICTURES = 250;

/**
 * A session's line to its engine, on the server's side. It knows all that another node needs to go on where this
 * one stopped: controls, outputs, epoch, voice that was not played, place on the clock.
 */
export class SessionLine {
  readonly id: string;
  /** By how much voice and picture together follow the voice that came in. */
  delayMs = 0;
  readonly #rig: Rig;
  readonly #listener: EngineListener;
  readonly #speech = new LineSpeech();
  readonly #sendMs = new RollingQuantiles(SEND_WINDOW_PICTURES);
  #settings: SessionSettings;
  #controls: Controls;
  readonly #streams: LineStreams;
  #epoch = 0;
  #paused = false;
  #toldPaused = false;
  /** Undefined while it has none: until the next `openOn` everything is only remembered. */
  #node: EngineNode | undefined;
  #opened: PromiseWithResolvers<void> | undefined;
  #progress: SessionProgress | undefined;
  /** When it had come so far. */
  #progressAtMs = 0;
  /** Since the node took the session: samples sent to it. */
  #sentSamples = 0;
  readonly #moves = new SessionMoves();
  readonly #onEnd: () => void;
  #closed = false;

  /** `onEnd`: called once, whoever ends the session. */
  constructor(options: {
    id: string;
    rig: Rig;
    settings: SessionSettings;
    controls: Controls;
    listener: EngineListener;
    onEnd: () => void;
  }) {
    this.id = options.id;
    this.#settings = options.settings;
    this.#streams = new LineStreams(options.settings);
    this.#rig = options.rig;
    this.#controls = options.controls;
    this.#listener = options.listener;
    this.#onEnd = options.onEnd;
  }

  get settings(): SessionSettings {
    return this.#settings;
  }

  /** What has to be done for it now. */
  get work(): SessionWork {
    return this.#streams.work;
  }

  /** Whether its figures are of that work alone. */
  get settled(): boolean {
    return this.#streams.settled;
  }

  /** Of what leaves now, as far as its node has told. */
  get mediaTimeMs(): number {
    const progress = this.#progress;
    if (!progress) return 0;
    return Math.max(0, progress.clockMs + performance.now() - this.#progressAtMs - this.delayMs);
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Whether it has a node. */
  get live(): boolean {
    return this.#node !== undefined;
  }

  /** @throws VultusError as the session's own failure */
  async openOn(node: EngineNode): Promise<void> {
    this.#node = node;
    this.#opened = Promise.withResolvers();
    this.#sentSamples = 0;
    const resume = this.#resumePoint();
    node.open(this.id, { rig: this.#rig, settings: this.#settings, controls: this.#controls, resume });
    if (resume) this.#repeat();
    return this.#opened.promise;
  }

  /** Its node is gone. */
  nodeLost(error: VultusError): void {
    this.#node = undefined;
    this.#opened?.reject(error);
  }

  /** Whether it may be opened on another node, now that it has lost one; every call counts as a move. */
  mayMove(): boolean {
    return this.#moves.take() && !this.#closed && this.#progress !== undefined;
  }

  /** Ends the session with its reason, on its node too if it has one. */
  fail(error: VultusError): void {
    if (this.#closed) return;
    this.close();
    this.#listener.error(error, true);
  }

  tell(...events: readonly EngineEvent[]): void {
    for (const event of events) this.#listener.event(event);
  }

  /** Throws `audio_buffer_full` with what is kept and what waits, where `samples` of voice cannot be taken. */
  assertRoom(samples: number): void {
    this.#speech.assertRoom(samples);
    if (this.#onTheWay + samples > MAX_ON_THE_WAY_SAMPLES) {
      throw new VultusError('audio_buffer_full', 'the engine takes none');
    }
  }

  /** Utterances are numbered from 1 on and spoken in this order; voice may come for several of them at a time. */
  beginSpeech(utterance: number): void {
    this.#speech.begin(utterance);
    this.#send({ type: 'speech.begin', utterance });
  }

  pushVoice(utterance: number, samples: Float32Array, live: boolean): void {
    this.#speech.add(utterance, samples, live);
    this.#send({ type: 'voice', utterance, samples, live });
  }

  /** @returns whether none of them comes too late; throws `words_buffer_full` */
  addWords(utterance: number, words: readonly Word[]): boolean {
    return this.#speech.addWords(utterance, words);
  }

  noticeUser(noticed: NoticedUser): void {
    this.#send({ type: 'user', noticed });
  }

  endSpeech(utterance: number, end: SpeechEnd): void {
    this.#speech.end(utterance, end);
    this.#send({ type: 'speech.end', utterance, end });
  }

  /** Drops these. */
  interrupt(epoch: number, utterances: readonly number[]): void {
    this.#epoch = epoch;
    this.#speech.interrupt(utterances);
    this.#send({ type: 'interrupt', epoch, utterances });
  }

  pause(): void {
    this.#paused = true;
    this.#send({ type: 'pause' });
  }

  resume(): void {
    this.#paused = false;
    this.#send({ type: 'resume' });
  }

  setControls(controls: Controls): void {
    this.#controls = controls;
    this.#send({ type: 'controls', controls });
  }

  setMotion(frame: PerformedFrame): void {
    this.#send({ type: 'motion', frame });
  }

  setBackground(background: Backdrop): void {
    this.#settings = { ...this.#settings, background };
    this.#send({ type: 'background', background });
  }

  setStreams(streams: readonly Stream[]): void {
    this.#streams.set(streams);
    this.#send({ type: 'streams', streams });
  }

  requestKeyFrame(stream: string): void {
    this.#send({ type: 'keyframe', stream });
  }

  setBitrate(stream: string, bitrateKbps: number): void {
    this.#streams.setBitrate(stream, bitrateKbps);
    this.#send({ type: 'bitrate', stream, bitrateKbps });
  }

  /** Idempotent. */
  close(): void {
    this.#send({ type: 'close' });
    this.#end();
  }

  /** Takes what its node has said of it, so long ago. */
  receive(message: FromSession, agoMs: number): void {
    switch (message.type) {
      case 'opened':
        this.delayMs = message.delayMs;
        this.#opened?.resolve();
        break;
      case 'progress':
        this.#progress = message.progress;
        this.#progressAtMs = performance.now() - agoMs;
        // What was said before the last interruption is not to be said again, whatever became of it.
        if (message.progress.epoch === this.#epoch) {
          this.#speech.keepLast(this.#onTheWay + message.progress.unplayedSamples);
        }
        this.tell(...this.#speech.played(message.progress.current));
        break;
      case 'event':
        this.#note(message.event, agoMs);
        this.tell(...this.#speech.note(message.event));
        break;
      case 'error': {
        const error = new VultusError(message.code, message.detail);
        if (message.fatal) this.#end();
        this.#opened?.reject(error);
        this.#listener.error(error, message.fatal);
      }
    }
  }

  /** Voice that was sent and has not come to the engine yet. */
  get #onTheWay(): number {
    return this.#sentSamples - (this.#progress?.receivedSamples ?? 0);
  }

  /** Idempotent. */
  #end(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#node = undefined;
    this.#onEnd();
  }

  #send(message: ToSession): void {
    if (message.type === 'voice') this.#sentSamples += message.samples.length;
    this.#node?.send(this.id, message);
  }

  #note(event: EngineEvent, agoMs: number): void {
    switch (event.name) {
      case 'speech.paused':
      case 'speech.resumed':
        this.#toldPaused = event.name === 'speech.paused';
        break;
      case 'packet':
        if (event.value.kind !== 'video' || !event.value.delays) break;
        event.value.delays.send = agoMs;
        this.#sendMs.add(agoMs);
        break;
      case 'stats':
        event.value.delayStages.send = this.#sendMs.quantiles();
        break;
    }
  }

  /** Where another node goes on; undefined for a session that has not run yet. */
  #resumePoint(): ResumePoint | undefined {
    const progress = this.#progress;
    if (!progress) return undefined;
    this.#progress = { ...progress, receivedSamples: 0 };
    return {
      clockMs: progress.clockMs,
      agoMs: performance.now() - this.#progressAtMs,
      frame: progress.frame,
      epoch: progress.epoch,
      paused: this.#toldPaused,
      underWay: this.#speech.underWay(progress.current),
    };
  }

  #repeat(): void {
    this.#send({ type: 'streams', streams: this.#streams.all });
    for (const message of this.#speech.replay(this.#epoch)) this.#send(message);
    if (this.#paused !== this.#toldPaused) this.#send({ type: this.#paused ? 'pause' : 'resume' });
  }
}
