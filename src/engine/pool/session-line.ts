import type { Backdrop } from '../../contract/backdrop.ts';
import type { Controls } from '../../contract/controls.ts';
import type { Stream } from '../../contract/outputs.ts';
import type { EngineEvent } from '../../contract/session-events.ts';
import type { SessionSettings } from '../../contract/session-settings.ts';
import { VultusError } from '../../errors.ts';
import type { Rig } from '../../render/renderer.ts';
import { RollingQuantiles } from '../../telemetry/rolling-quantiles.ts';
import type { FromSession, ResumePoint, SessionProgress, ToSession } from '../messages.ts';
import type { EngineNode } from '../node.ts';
import { LineStreams } from './line-streams.ts';
import type { SessionWork } from './session-work.ts';
import { VoiceJournal } from './voice-journal.ts';

/** What the engine tells the owner of a session. */
export interface EngineListener {
  event(event: EngineEvent): void;
  /** `fatal`: the engine has already ended the session. */
  error(error: VultusError, fatal: boolean): void;
}

/** A little more than a session's own queue holds, which refuses the rest itself: 125 s at 48 kHz. */
const MAX_UNPLAYED_SAMPLES = 125 * 48000;
const SEND_WINDOW_PICTURES = 250;
/** A session that takes one node after the other along is not given another one. */
const MOST_MOVES = 2;
const MOVES_WINDOW_MS = 60_000;

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
  readonly #journal = new VoiceJournal();
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
  /** The utterance of which the listener knows the start but not the end. */
  #underWay: number | undefined;
  #lastUtterance = 0;
  #movesMs: number[] = [];
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

  get closed(): boolean {
    return this.#closed;
  }

  /** @throws VultusError as the session's own failure */
  async openOn(node: EngineNode): Promise<void> {
    this.#node = node;
    this.#opened = Promise.withResolvers();
    this.#sentSamples = 0;
    const resume = this.#resumePoint();
    node.open(this.id, { rig: this.#rig, settings: this.#settings, controls: this.#controls, resume });
    if (resume) this.#repeat(resume);
    return this.#opened.promise;
  }

  /** Its node is gone. */
  nodeLost(error: VultusError): void {
    this.#node = undefined;
    this.#opened?.reject(error);
  }

  /** Whether it may be opened on another node, now that it has lost one; every call counts as a move. */
  mayMove(): boolean {
    const nowMs = performance.now();
    this.#movesMs = this.#movesMs.filter((atMs) => nowMs - atMs < MOVES_WINDOW_MS);
    this.#movesMs.push(nowMs);
    return !this.#closed && this.#progress !== undefined && this.#movesMs.length <= MOST_MOVES;
  }

  /** Ends the session with its reason, on its node too if it has one. */
  fail(error: VultusError): void {
    if (this.#closed) return;
    this.close();
    this.#listener.error(error, true);
  }

  tell(event: EngineEvent): void {
    this.#listener.event(event);
  }

  /** @throws VultusError `audio_buffer_full` where the engine is stuck, or would not take it anyhow */
  pushVoice(samples: Float32Array, live: boolean): void {
    const unplayed = Math.max(this.#onTheWay, this.#journal.samples);
    if (this.#journal.full || unplayed + samples.length > MAX_UNPLAYED_SAMPLES)
      throw new VultusError('audio_buffer_full');
    this.#journal.add(samples, live);
    this.#sendVoice(samples, live);
  }

  hearUser(): void {
    this.#send({ type: 'user' });
  }

  endSpeech(): void {
    this.#journal.end();
    this.#send({ type: 'speech.end' });
  }

  interrupt(epoch: number): void {
    this.#epoch = epoch;
    this.#paused = false;
    this.#journal.clear();
    this.#send({ type: 'interrupt', epoch });
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
          this.#journal.keepLast(this.#onTheWay + message.progress.unplayedSamples);
        }
        break;
      case 'event':
        this.#note(message.event, agoMs);
        this.#listener.event(message.event);
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
    this.#node?.send(this.id, message);
  }

  #sendVoice(samples: Float32Array, live: boolean): void {
    this.#sentSamples += samples.length;
    this.#send({ type: 'voice', samples, live });
  }

  #note(event: EngineEvent, agoMs: number): void {
    switch (event.name) {
      case 'speech.started':
        this.#underWay = event.value.utterance;
        this.#lastUtterance = event.value.utterance;
        break;
      case 'speech.ended':
        this.#underWay = undefined;
        this.#lastUtterance = Math.max(this.#lastUtterance, event.value.utterance);
        break;
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
    const { clockMs, frame, utterance, playedSamples } = progress;
    const underWay = this.#underWay !== undefined;
    return {
      clockMs,
      agoMs: performance.now() - this.#progressAtMs,
      frame,
      epoch: progress.epoch,
      paused: this.#toldPaused,
      utterance: this.#underWay ?? Math.max(utterance, this.#lastUtterance + 1),
      playedSamples: underWay ? (utterance === this.#underWay ? (playedSamples ?? 0) : 0) : undefined,
    };
  }

  #repeat({ epoch }: ResumePoint): void {
    this.#send({ type: 'streams', streams: this.#streams.all });
    if (epoch !== this.#epoch) this.#send({ type: 'interrupt', epoch: this.#epoch });
    for (const entry of this.#journal.entries()) {
      if (entry === 'end') this.#send({ type: 'speech.end' });
      else this.#sendVoice(entry.samples, entry.live);
    }
    if (this.#paused !== this.#toldPaused) this.#send({ type: this.#paused ? 'pause' : 'resume' });
  }
}
