import type { Backdrop } from '../../contract/backdrop.ts';
import type { AvatarState, Controls } from '../../contract/controls.ts';
import type { Outputs } from '../../contract/outputs.ts';
import type { EngineEvent } from '../../contract/session-events.ts';
import type { SessionSettings } from '../../contract/session-settings.ts';
import { controlVector, HeadControl } from '../../model/control-vector.ts';
import type { MotionModel } from '../../model/motion-model.ts';
import type { PreparedAvatar } from '../../render/renderer.ts';
import type { ResumePoint, SessionProgress } from '../messages.ts';
import { type Job, type MotionTask, makeMotion, makePicture, type PictureTask } from './job.ts';
import type { SessionLoad } from './load-governor.ts';
import { motionPlan } from './motion-plan.ts';
import { MotionStream } from './motion-stream.ts';
import { PictureClock } from './picture-clock.ts';
import { DelayLog, inputEnd } from './picture-delays.ts';
import { PictureFormats } from './picture-formats.ts';
import { PictureSchedule } from './picture-schedule.ts';
import { PictureTrack } from './picture-track.ts';
import { SessionMeter } from './session-meter.ts';
import { VoiceTrack } from './voice-track.ts';

/** The face goes on listening for so long after the user was heard. */
const LISTENING_HANG_MS = 600;

/**
 * One live session inside an engine process: takes voice in at the pace of the clock, makes motion as soon as
 * its voice is there, renders and encodes each picture just before it is due, and lets voice and picture leave
 * together. Nothing waits in a queue after encoding, so an interruption has nothing to flush.
 */
export class LiveSession {
  readonly settings: SessionSettings;
  readonly clock: PictureClock;
  controls: Controls;
  outputs: Outputs = { video: false, voice: false, motion: false };

  readonly #now: () => number;
  readonly #emit: (event: EngineEvent) => void;
  readonly #schedule: PictureSchedule;
  readonly #voice: VoiceTrack;
  readonly #motion: MotionStream;
  readonly #head = new HeadControl();
  readonly #pictures: PictureTrack;
  readonly #delays: DelayLog;
  readonly #lookaheadFrames: number;
  readonly #formats: PictureFormats;
  readonly #meter: SessionMeter;

  #epoch = 0;
  #state: AvatarState = 'idle';
  #nextMotionOut: number;
  #userHeardMs = Number.NEGATIVE_INFINITY;

  /** `now`: the clock that everything here goes by, in milliseconds. */
  constructor(options: {
    avatar: PreparedAvatar;
    model: MotionModel;
    provider: string;
    settings: SessionSettings;
    controls: Controls;
    now: () => number;
    emit: (event: EngineEvent) => void;
    /** Where it goes on, if it has run elsewhere before. */
    resume?: ResumePoint;
  }) {
    const { settings, model, emit, resume } = options;
    const plan = motionPlan(settings.latency, model.manifest);
    this.settings = settings;
    this.controls = options.controls;
    this.clock = new PictureClock(settings, plan);
    this.#now = options.now;
    this.#emit = emit;
    const nowMs = options.now();
    const clockMs = resume ? resume.clockMs + resume.agoMs : 0;
    const { holdMs } = this.clock;
    this.#epoch = resume?.epoch ?? 0;
    this.#schedule = new PictureSchedule(this.clock, clockMs, nowMs);
    this.#voice = new VoiceTrack({ holdMs, emit, clockMs, nowMs, resume });
    this.#nextMotionOut = Math.max(0, Math.floor(this.clock.motionIndex(this.#schedule.next)));
    this.#motion = new MotionStream(model, this.#voice.timeline, {
      seed: settings.seed,
      plan,
      firstFrame: this.#nextMotionOut,
      before: resume?.frame,
    });
    // Whoever follows the session knows another state from before.
    if (resume) emit({ name: 'state', value: this.#state });
    this.#lookaheadFrames = plan.lookaheadFrames;
    this.#delays = new DelayLog(this.#voice.intake);
    this.#meter = new SessionMeter(options.provider);
    this.#pictures = new PictureTrack({ ...options, meter: this.#meter });
    this.#formats = new PictureFormats(settings, nowMs, (code, message) => this.#warn(code, message));
  }

  /** @throws VultusError `audio_buffer_full`, at most once a second however much is refused */
  pushVoice(samples: Float32Array, { live = false, arrivedMs = this.#now() } = {}): void {
    this.#voice.push(samples, arrivedMs, live);
  }

  hearUser(): void {
    this.#userHeardMs = this.#now();
  }

  endSpeech(): void {
    this.#voice.endSpeech();
  }

  /** Falls silent at once: what has not left yet, voice or picture, never will. */
  interrupt(epoch: number): void {
    this.#epoch = epoch;
    this.#voice.interrupt();
    this.#forgetMotion();
  }

  /** Falls silent at once; what has not left yet goes back to the queue and waits there. Idempotent. */
  pause(): void {
    if (this.#voice.pause()) this.#forgetMotion();
  }

  /** Goes on from the sample at which it was paused. Idempotent. */
  resume(): void {
    this.#voice.resume();
  }

  /** Index in `MACHINE_RUNGS`. */
  get machineRung(): number {
    return this.#formats.machineRung;
  }

  /**
   * From now on fewer and smaller pictures are made, or more again; still less where the network is slow. The rest
   * of the clock goes on as it is.
   */
  setMachineRung(rung: number): void {
    this.#formats.setMachineRung(rung);
    this.#applyFormat();
  }

  /** What the session was like since this was last asked, `elapsedMs` ago. */
  takeLoad(elapsedMs: number): Omit<SessionLoad, 'session'> {
    const { pictures, late, pictureWorkMs } = this.#meter.takePeriod();
    return {
      rung: this.machineRung,
      pictureShare: pictureWorkMs / elapsedMs,
      lateShare: late / Math.max(1, pictures + late),
    };
  }

  requestKeyFrame(): void {
    this.#pictures.requestKeyFrame();
  }

  setBackground(background: Backdrop): void {
    this.#pictures.setBackground(background);
  }

  setBitrate(bitrateKbps: number): void {
    this.#pictures.setBitrate(bitrateKbps);
    this.#formats.setBitrate(bitrateKbps);
  }

  /**
   * Does all that is due and cheap, and returns the next piece of work, if there is any.
   * @param sharers sessions of this process
   */
  step(sharers = 1): Job | undefined {
    const nowMs = this.#now();
    const lostMs = this.#schedule.holdIfStalled(nowMs);
    if (lostMs > 0) {
      this.#meter.late(Math.round(lostMs / this.clock.intervalMs));
      this.#warn('overloaded', `The machine was too busy: ${Math.round(lostMs)} ms were lost.`);
    }
    const clockMs = this.#schedule.clockMs(nowMs);
    this.#voice.takeUntil(clockMs, nowMs);
    this.#updateState(nowMs);
    this.#voice.leaveUntil(clockMs, { epoch: this.#epoch, encode: this.outputs.voice });
    const stats = this.#meter.report(nowMs, this.#voice.queuedMs);
    if (stats) this.#emit({ name: 'stats', value: stats });

    if (!this.outputs.video && !this.outputs.motion) {
      this.#passUnseen(nowMs);
      return undefined;
    }
    const motionOf = (index: number) => this.#motion.at(this.clock.motionIndex(index));
    this.#meter.late(this.#schedule.skipLate(nowMs, (index) => motionOf(index) !== undefined));
    const { dueMs } = this.#schedule;
    const motion = motionOf(this.#schedule.next);
    if (motion && nowMs >= dueMs - this.#meter.pictureLeadMs(sharers)) {
      const task = this.#pictureTask(motion);
      const picture = this.outputs.video && this.#pictures.drawsTogether ? task : undefined;
      return { dueMs, picture, run: () => makePicture(task) };
    }
    if (!this.#motion.ready) return undefined;
    const task = this.#motionTask();
    return { dueMs, motion: task, run: () => makeMotion(task) };
  }

  /** How far it has come, each time that voice has left since it was last asked; otherwise undefined. */
  takeProgress(): SessionProgress | undefined {
    const voice = this.#voice.takeProgress();
    if (!voice) return undefined;
    const shown = this.clock.motionIndex(Math.max(0, this.#schedule.next - 1));
    return {
      ...voice,
      clockMs: this.#schedule.clockMs(this.#now()),
      epoch: this.#epoch,
      frame: this.#motion.at(Math.floor(shown)) ?? this.#motion.before,
    };
  }

  close(): void {
    this.#voice.close();
    this.#pictures.close();
  }

  /** Nobody watches: the voice goes on, and whoever comes sees the face from there. */
  #passUnseen(nowMs: number): void {
    this.#schedule.skipPast(nowMs);
    this.#motion.skipTo(Math.floor(this.clock.motionIndex(this.#schedule.next)));
  }

  #applyFormat(): void {
    const { sent, drawn } = this.#formats;
    this.#schedule.step = sent.step;
    this.#pictures.setFormat(sent, drawn);
  }

  #motionTask(): MotionTask {
    return {
      stream: this.#motion,
      controls: controlVector(this.controls, this.#state),
      made: (frames, workMs) => {
        this.#meter.motion(workMs / (frames * (this.clock.fps / 25)));
        const { nextFrame } = this.#motion;
        const end = inputEnd(nextFrame - 1, this.#lookaheadFrames);
        this.#delays.motionMade(nextFrame - frames, nextFrame, end, this.#now());
      },
    };
  }

  #pictureTask(motion: Float32Array): PictureTask {
    const { format } = this.#pictures;
    const index = this.#schedule.next;
    const mediaTimeMs = this.clock.mediaTimeMs(index);
    let frame: Float32Array;
    return {
      format,
      draw: async () => {
        if (this.#formats.followNetwork(this.#now())) this.#applyFormat();
        this.#schedule.advance();
        frame = this.#head.apply(motion, this.controls, this.#schedule.step / this.clock.fps);
        if (this.outputs.video) await this.#pictures.draw(frame, mediaTimeMs);
      },
      drawn: (workMs) => this.#send(frame, index, workMs),
    };
  }

  /** `renderMs`: what drawing it cost. */
  #send(frame: Float32Array, index: number, renderMs: number): void {
    const mediaTimeMs = this.clock.mediaTimeMs(index);
    const motionIndex = this.clock.motionIndex(index);
    if (this.outputs.video) {
      const { data, key, stamps } = this.#pictures.encode(renderMs);
      // The voice that this picture shows is complete at the end of its own interval.
      const ownEnd = Math.floor((mediaTimeMs + this.clock.intervalMs) * 48);
      const delays = this.#delays.of(motionIndex, ownEnd, stamps);
      this.#meter.sent(data.length, delays);
      this.#emit({ name: 'video', value: { mediaTimeMs, epoch: this.#epoch, data, key, delays } });
    }
    if (this.outputs.motion && motionIndex >= this.#nextMotionOut) {
      // Counted from this one: those before it may have been left out, or nobody took them.
      this.#nextMotionOut = Math.floor(motionIndex) + 1;
      this.#emit({ name: 'motion', value: { mediaTimeMs, epoch: this.#epoch, frame } });
    }
  }

  /** The motion cache goes back to the last frame that was shown. */
  #forgetMotion(): void {
    this.#motion.rollback(Math.ceil(this.clock.motionIndex(this.#schedule.next)));
  }

  #updateState(nowMs: number): void {
    const { state } = this.controls;
    const listening = nowMs - this.#userHeardMs < LISTENING_HANG_MS;
    const heard = this.#voice.speaking ? 'speaking' : listening ? 'listening' : 'idle';
    const next = state === 'auto' ? heard : state;
    if (next === this.#state) return;
    this.#state = next;
    this.#emit({ name: 'state', value: next });
  }

  #warn(code: string, message: string): void {
    this.#emit({ name: 'warning', value: { code, message } });
  }
}
