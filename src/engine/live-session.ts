import { OpusEncoder } from '../audio/opus.ts';
import { SpeechLedger } from '../audio/speech-ledger.ts';
import { isSilent, SpeechQueue } from '../audio/speech-queue.ts';
import { SpeechTimeline } from '../audio/speech-timeline.ts';
import { createVideoEncoder } from '../media/create-video-encoder.ts';
import { createI420, type I420 } from '../media/i420.ts';
import type { VideoEncoder } from '../media/video-encoder.ts';
import { controlVector, HeadControl } from '../model/control-vector.ts';
import type { AvatarState, Controls } from '../model/controls.ts';
import type { MotionModel } from '../model/motion-model.ts';
import { breathAt } from '../render/breathing.ts';
import type { PreparedRig, Renderer } from '../render/renderer.ts';
import type { Outputs } from '../session/output-takers.ts';
import type { SessionSettings } from '../session/session-api.ts';
import type { WorkerEvent } from './messages.ts';
import { MotionStream } from './motion-stream.ts';
import { blockOf, INTAKE_GRACE_MS, PictureClock } from './picture-clock.ts';
import type { PictureStep, SessionLoad } from './picture-rate-governor.ts';
import { SessionMeter } from './session-meter.ts';

const VOICE_PACKET_SAMPLES = 960;
const VOICE_PACKET_MS = 20;
const SAMPLES_PER_MS = 48;
const QUEUE_SECONDS = 120;
const REFUSAL_INTERVAL_MS = 1000;
/** Behind by this much, a session can't catch up by leaving pictures out. */
const STALL_MS = 400;
const TIMELINE_SECONDS = 4;
/** Short enough to be silent at once, long enough not to click. */
const FADE_SAMPLES = 240;
/** The face goes on speaking for so long after the last voice, which bridges the gaps between words. */
const SPEAKING_HANG_SAMPLES = 0.4 * 48000;
/** More voice than a microphone ever has waiting: a recording that goes on after its pauses. */
const RECORDING_SAMPLES = 0.5 * 48000;
/** The face goes on listening for so long after the user was heard. */
const LISTENING_HANG_MS = 600;

export interface Job {
  /** When its result should leave; the most urgent job of a worker runs first. */
  dueMs: number;
  run(): Promise<void>;
}

/**
 * One live session inside an engine worker: takes voice in at the pace of the clock, makes motion as soon as
 * its voice is there, renders and encodes each picture just before it is due, and lets voice and picture leave
 * together. Nothing waits in a queue after encoding, so an interruption has nothing to flush.
 */
export class LiveSession {
  readonly settings: SessionSettings;
  readonly clock: PictureClock;
  controls: Controls;
  outputs: Outputs = { video: false, voice: false, motion: false };

  readonly #emit: (event: WorkerEvent) => void;
  readonly #renderer: Renderer;
  readonly #rig: PreparedRig;
  readonly #picture: I420;
  readonly #video: VideoEncoder;
  readonly #opus = new OpusEncoder();
  readonly #head = new HeadControl();
  readonly #queue = new SpeechQueue(QUEUE_SECONDS);
  readonly #ledger = new SpeechLedger();
  readonly #timeline = new SpeechTimeline(TIMELINE_SECONDS);
  readonly #motion: MotionStream;
  readonly #meter: SessionMeter;
  #startMs: number;

  #epoch = 0;
  #state: AvatarState = 'idle';
  #lastVoiceEnd = Number.NEGATIVE_INFINITY;
  #nextPicture = 0;
  #pictureStep: PictureStep = 1;
  #nextMotionOut = 0;
  #nextVoicePacket = 0;
  #keyFrameWanted = true;
  #bitrateKbps: number | undefined;
  #userHeardMs = Number.NEGATIVE_INFINITY;
  #paused = false;
  /** Whether the timeline ends with voice, which must not break off at once. */
  #flowing = false;
  #lastRefusalMs = Number.NEGATIVE_INFINITY;

  constructor(options: {
    rig: PreparedRig;
    renderer: Renderer;
    model: MotionModel;
    provider: string;
    settings: SessionSettings;
    controls: Controls;
    nowMs: number;
    emit: (event: WorkerEvent) => void;
  }) {
    const { settings, model } = options;
    const { blocks, audio } = model.manifest;
    const block = blockOf(settings.latency, blocks);
    this.settings = settings;
    this.controls = options.controls;
    this.clock = new PictureClock(settings, { block, lookaheadFrames: audio.lookaheadFrames });
    this.#emit = options.emit;
    this.#renderer = options.renderer;
    this.#rig = options.rig;
    this.#picture = createI420(settings.size, settings.size);
    const { size: width, size: height, codec, fps, bitrateKbps } = settings;
    this.#video = createVideoEncoder({ codec, width, height, fps, bitrateKbps });
    this.#motion = new MotionStream(model, this.#timeline, {
      seed: settings.seed,
      blocks: blocks.filter((size) => size >= block),
    });
    this.#meter = new SessionMeter(options.provider);
    this.#startMs = options.nowMs;
  }

  /** @throws VultusError `audio_buffer_full`, at most once a second however much is refused */
  pushVoice(samples: Float32Array, nowMs: number, live = false): void {
    // What a microphone hears now is nothing to say later.
    if (live && this.#paused) return;
    try {
      this.#queue.push(samples, nowMs, live);
    } catch (cause) {
      if (nowMs - this.#lastRefusalMs < REFUSAL_INTERVAL_MS) return;
      this.#lastRefusalMs = nowMs;
      throw cause;
    }
  }

  hearUser(nowMs: number): void {
    this.#userHeardMs = nowMs;
  }

  endSpeech(): void {
    this.#queue.end();
  }

  /** Falls silent at once: what has not left yet, voice or picture, never will. */
  interrupt(epoch: number): void {
    this.#epoch = epoch;
    this.#queue.clear();
    this.#report(this.#ledger.interrupt(this.#silentFrom));
    this.#fallSilent();
    this.resume();
  }

  /** Falls silent at once; what has not left yet goes back to the queue and waits there. Idempotent. */
  pause(): void {
    if (this.#paused) return;
    this.#paused = true;
    const silentFrom = this.#silentFrom;
    for (const utterance of this.#queue.takeFinished()) this.#ledger.complete(utterance);
    for (const { utterance, from, to, complete } of this.#ledger.takeBack(silentFrom).reverse()) {
      const samples = this.#timeline.read(from, to - from);
      // The other half of the fade, so that the two together are whole and nothing clicks.
      if (from === silentFrom) samples.subarray(0, FADE_SAMPLES).forEach(fadeIn);
      this.#queue.putBack({ utterance, samples }, complete);
    }
    this.#fallSilent();
    this.#emit({ name: 'speech.paused', value: { mediaTimeMs: silentFrom / SAMPLES_PER_MS } });
  }

  /** Goes on from the sample at which it was paused. Idempotent. */
  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#emit({ name: 'speech.resumed', value: { mediaTimeMs: this.#timeline.end / SAMPLES_PER_MS } });
  }

  get pictureStep(): PictureStep {
    return this.#pictureStep;
  }

  /** From now on only every `step`-th picture is made; the rest of the clock goes on as it is. */
  setPictureStep(step: PictureStep): void {
    if (step === this.#pictureStep) return;
    const fewer = step > this.#pictureStep;
    this.#pictureStep = step;
    const fps = Math.round((10 * this.clock.fps) / step) / 10;
    const message = fewer
      ? `The machine is busy: ${fps} pictures a second instead of ${this.clock.fps}.`
      : `The machine has room again: ${fps} pictures a second.`;
    this.#emit({ name: 'warning', value: { code: fewer ? 'rate_reduced' : 'rate_restored', message } });
  }

  /** What the session was like since this was last asked, `elapsedMs` ago. */
  takeLoad(elapsedMs: number): Omit<SessionLoad, 'session'> {
    const { pictures, late, pictureWorkMs } = this.#meter.takePeriod();
    return {
      step: this.#pictureStep,
      pictureShare: pictureWorkMs / elapsedMs,
      lateShare: late / Math.max(1, pictures + late),
    };
  }

  requestKeyFrame(): void {
    this.#keyFrameWanted = true;
  }

  setBitrate(bitrateKbps: number): void {
    this.#bitrateKbps = bitrateKbps;
  }

  /** Does all that is due and cheap, and returns the next piece of work, if there is any. */
  step(nowMs: number): Job | undefined {
    this.#holdClockIfStalled(nowMs);
    const clockMs = nowMs - this.#startMs;
    this.#takeVoice(clockMs, nowMs);
    this.#leaveVoice(clockMs);
    const stats = this.#meter.report(nowMs, this.#queue.queuedSamples / SAMPLES_PER_MS);
    if (stats) this.#emit({ name: 'stats', value: stats });

    this.#skipLatePictures(clockMs);
    const dueMs = this.clock.dueMs(this.#nextPicture);
    const motion = this.#motion.at(this.clock.motionIndex(this.#nextPicture));
    if (motion && clockMs >= dueMs - this.#meter.pictureLeadMs) {
      return { dueMs: this.#startMs + dueMs, run: () => this.#makePicture(motion) };
    }
    if (!this.#motion.ready) return undefined;
    return { dueMs: this.#startMs + dueMs, run: () => this.#makeMotion() };
  }

  close(): void {
    this.#video.close();
  }

  /** Moves voice onto the timeline: what is there as the clock allows it, silence where it did not come in time. */
  #takeVoice(clockMs: number, nowMs: number): void {
    const timeline = this.#timeline;
    const allowed = Math.floor(clockMs * SAMPLES_PER_MS);
    while (!this.#paused && timeline.end < allowed) {
      const from = timeline.end;
      const piece = this.#queue.take(allowed - from, nowMs);
      if (!piece) break;
      timeline.append(piece.samples);
      this.#flowing = true;
      this.#ledger.add(piece.utterance, from, timeline.end);
      if (!isSilent(piece.samples)) this.#lastVoiceEnd = timeline.end;
    }
    for (const utterance of this.#queue.takeFinished()) this.#ledger.complete(utterance);
    const overdue = Math.floor((clockMs - INTAKE_GRACE_MS) * SAMPLES_PER_MS) - timeline.end;
    if (overdue > 0) {
      // The voice did not come in time, or is over: its last moment, which has not left yet, fades.
      if (this.#flowing) timeline.silenceFrom(timeline.end - FADE_SAMPLES, FADE_SAMPLES);
      this.#flowing = false;
      timeline.appendSilence(overdue);
    }
    this.#updateState(nowMs);
  }

  /** Position of the first sample that has not left yet. */
  get #silentFrom(): number {
    return this.#nextVoicePacket * VOICE_PACKET_SAMPLES;
  }

  #fallSilent(): void {
    this.#timeline.silenceFrom(this.#silentFrom, FADE_SAMPLES);
    this.#flowing = false;
    this.#lastVoiceEnd = Number.NEGATIVE_INFINITY;
    // The motion cache goes back to the last frame that was shown.
    this.#motion.rollback(Math.ceil(this.clock.motionIndex(this.#nextPicture)));
  }

  #leaveVoice(clockMs: number): void {
    for (;;) {
      const mediaTimeMs = this.#nextVoicePacket * VOICE_PACKET_MS;
      if (clockMs < mediaTimeMs + this.clock.holdMs) return;
      const from = this.#nextVoicePacket * VOICE_PACKET_SAMPLES;
      if (this.outputs.voice) {
        const data = this.#opus.encode(this.#timeline.read(from, VOICE_PACKET_SAMPLES));
        this.#emit({ name: 'voice', value: { mediaTimeMs, epoch: this.#epoch, data } });
      }
      this.#nextVoicePacket++;
      this.#report(this.#ledger.leaveUntil(from + VOICE_PACKET_SAMPLES));
    }
  }

  /**
   * After a stall (the machine was busy or asleep) the clock waits for the picture instead of running away from
   * it: voice and picture go on together where they were, and the avatar never freezes for good.
   */
  #holdClockIfStalled(nowMs: number): void {
    const behindMs = nowMs - this.#startMs - this.clock.dueMs(this.#nextPicture);
    if (behindMs < STALL_MS) return;
    this.#startMs += behindMs;
    this.#meter.late(Math.round(behindMs / this.clock.intervalMs));
    this.#emit({
      name: 'warning',
      value: {
        code: 'overloaded',
        message: `The machine was too busy: ${Math.round(behindMs)} ms were lost.`,
      },
    });
  }

  #skipLatePictures(clockMs: number): void {
    const { intervalMs } = this.clock;
    while (clockMs > this.clock.dueMs(this.#nextPicture) + intervalMs) {
      // Without its motion the picture can't be skipped either: the motion has to go on from frame to frame.
      if (!this.#motion.at(this.clock.motionIndex(this.#nextPicture))) return;
      this.#meter.late(1);
      this.#nextPicture = this.#pictureAfter(this.#nextPicture);
    }
  }

  /** Index of the picture that follows, on the grid of the pictures that are made. */
  #pictureAfter(index: number): number {
    return index + this.#pictureStep - (index % this.#pictureStep);
  }

  async #makeMotion(): Promise<void> {
    const done = this.#meter.start('motion');
    const frames = await this.#motion.advance(controlVector(this.controls, this.#state));
    done(frames * (this.clock.fps / 25));
  }

  async #makePicture(motion: Float32Array): Promise<void> {
    const index = this.#nextPicture;
    this.#nextPicture = this.#pictureAfter(index);
    const mediaTimeMs = this.clock.mediaTimeMs(index);
    const frame = this.#head.apply(motion, this.controls, this.#pictureStep / this.clock.fps);
    if (this.outputs.video) {
      const rendered = this.#meter.start('render');
      const breath = breathAt(mediaTimeMs, this.settings.seed);
      await this.#renderer.render(this.#rig, frame, this.#picture, { breath });
      rendered();
      if (this.#bitrateKbps !== undefined) this.#video.setBitrate(this.#bitrateKbps);
      this.#bitrateKbps = undefined;
      const encoded = this.#meter.start('encode');
      const { data, key } = this.#video.encode(this.#picture, { keyFrame: this.#keyFrameWanted });
      encoded();
      this.#keyFrameWanted = false;
      const clockMs = performance.now() - this.#startMs;
      // The voice that this picture shows is complete at the end of its own interval.
      this.#meter.sent(data.length, clockMs - (mediaTimeMs + this.clock.intervalMs));
      this.#emit({ name: 'video', value: { mediaTimeMs, epoch: this.#epoch, data, key } });
    }
    const motionIndex = this.clock.motionIndex(index);
    if (this.outputs.motion && motionIndex >= this.#nextMotionOut) {
      // Counted from this one: those before it may have been left out, or nobody took them.
      this.#nextMotionOut = Math.floor(motionIndex) + 1;
      this.#emit({ name: 'motion', value: { mediaTimeMs, epoch: this.#epoch, frame } });
    }
  }

  #updateState(nowMs: number): void {
    const { state } = this.controls;
    const speaking =
      (!this.#paused && this.#queue.queuedSamples > RECORDING_SAMPLES) ||
      this.#timeline.end - this.#lastVoiceEnd < SPEAKING_HANG_SAMPLES;
    const listening = nowMs - this.#userHeardMs < LISTENING_HANG_MS;
    const next = state !== 'auto' ? state : speaking ? 'speaking' : listening ? 'listening' : 'idle';
    if (next === this.#state) return;
    this.#state = next;
    this.#emit({ name: 'state', value: next });
  }

  #report(events: ReturnType<SpeechLedger['leaveUntil']>): void {
    for (const event of events) {
      const { utterance } = event;
      if (event.type === 'speech.started') {
        const mediaTimeMs = event.position / SAMPLES_PER_MS;
        this.#emit({ name: 'speech.started', value: { utterance, mediaTimeMs } });
      } else {
        const playedMs = event.playedSamples / SAMPLES_PER_MS;
        this.#emit({ name: 'speech.ended', value: { utterance, playedMs, interrupted: event.interrupted } });
      }
    }
  }
}

function fadeIn(sample: number, index: number, samples: Float32Array): void {
  samples[index] = sample * (index / FADE_SAMPLES);
}
