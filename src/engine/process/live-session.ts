import type { Controls } from '../../contract/controls.ts';
import { roundFrame } from '../../contract/drawn-frame.ts';
import { MOTION_FRAME_MS } from '../../contract/motion-frame.ts';
import { OPUS_VOICE, outputKey, PCM_VOICE, type Stream } from '../../contract/outputs.ts';
import type { PerformedFrame } from '../../contract/performed-motion.ts';
import type { EngineEvent } from '../../contract/session-events.ts';
import type { SessionSettings } from '../../contract/session-settings.ts';
import type { SpeechEnd } from '../../contract/speech.ts';
import { HeadControl } from '../../model/control-vector.ts';
import type { MotionModel } from '../../model/motion-model.ts';
import type { PreparedAvatar } from '../../render/renderer.ts';
import type { NoticedUser, ResumePoint, SessionProgress } from '../messages.ts';
import { FrameTrack } from './frame-track.ts';
import { type Job, type MotionTask, makeMotion, makePicture, type PictureTask } from './job.ts';
import type { SessionLoad } from './load-governor.ts';
import { LostTime } from './lost-time.ts';
import { motionPlan } from './motion-plan.ts';
import { MotionStream } from './motion-stream.ts';
import { Performance } from './performer/performance.ts';
import { INTAKE_GRACE_MS, PictureClock } from './picture-clock.ts';
import { DelayLog, inputEnd, type PictureStamps, stampsOf } from './picture-delays.ts';
import { PictureSchedule } from './picture-schedule.ts';
import { PictureTrack } from './picture-track.ts';
import { SessionMeter } from './session-meter.ts';
import { SessionState } from './session-state.ts';
import { VoiceTrack } from './voice-track.ts';

const [OPUS_KEY, PCM_KEY] = [OPUS_VOICE, PCM_VOICE].map(outputKey);

/**
 * One live session inside an engine process: takes voice in at the pace of the clock, makes motion as soon as its voice
 * is there and each picture just before it is due; both leave together, so an interruption has nothing to flush.
 */
export class LiveSession {
  readonly settings: SessionSettings;
  readonly clock: PictureClock;
  /** For what concerns pictures alone; what is made of them is said to `setStreams`. */
  readonly pictures: PictureTrack;
  controls: Controls;

  readonly #now: () => number;
  readonly #emit: (event: EngineEvent) => void;
  readonly #schedule: PictureSchedule;
  readonly #voice: VoiceTrack;
  readonly #motion: MotionStream;
  readonly #frames: FrameTrack;
  readonly #state: SessionState;
  readonly #performance: Performance;
  readonly #delays: DelayLog;
  readonly #lookaheadFrames: number;
  readonly #meter: SessionMeter;
  readonly #lost = new LostTime((message) => this.#warn('overloaded', message));

  #epoch = 0;
  /** Keys of the streams that are made. */
  #streams: ReadonlySet<string> = new Set();

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
    const { holdMs } = this.clock;
    const clockMs = resume ? resume.clockMs + resume.agoMs : this.clock.startMs(nowMs);
    this.#epoch = resume?.epoch ?? 0;
    this.#schedule = new PictureSchedule(this.clock, clockMs, nowMs);
    this.#performance = new Performance(holdMs);
    const thin = settings.draw === 'client';
    this.#voice = new VoiceTrack({ holdMs, emit, clockMs, resume, thin });
    this.#state = new SessionState(settings.seed, new HeadControl(model.manifest, plan.block));
    const firstMotion = Math.max(0, Math.floor(this.clock.motionIndex(this.#schedule.next)));
    this.#frames = new FrameTrack(firstMotion);
    this.#motion = new MotionStream(model, this.#voice.timeline, {
      seed: settings.seed,
      plan,
      firstFrame: firstMotion,
      before: resume?.frame,
    });
    // Whoever follows the session knows another state from before.
    if (resume) emit({ name: 'state', value: this.#state.current });
    this.#lookaheadFrames = plan.lookaheadFrames;
    this.#delays = new DelayLog(this.#voice.intake);
    this.#meter = new SessionMeter(options.provider);
    this.pictures = new PictureTrack({ ...options, meter: this.#meter, warn: this.#warn.bind(this) });
  }

  /** An utterance begins; they are spoken in the order of their numbers. */
  beginSpeech(utterance: number): void {
    this.#voice.begin(utterance);
  }

  /** Voice of an utterance, which begins with it where it has not begun yet. */
  pushVoice(utterance: number, samples: Float32Array, { live = false, arrivedMs = this.#now() } = {}): void {
    if (live) this.#performance.hearVoice(arrivedMs);
    this.#voice.push(utterance, samples, arrivedMs, live);
  }

  /** What a performer's face does, mixed in by the control `performer`. */
  perform(frame: PerformedFrame, arrivedMs = this.#now()): void {
    this.#performance.take(frame, arrivedMs);
  }

  noticeUser(noticed: NoticedUser): void {
    this.#state.noticeUser(noticed, this.#now());
  }

  /** Nothing more will come of the utterance, for this reason. */
  endSpeech(utterance: number, end: SpeechEnd = 'completed'): void {
    this.#voice.endSpeech(utterance, end);
  }

  /** What has not left yet of these utterances, voice or picture, never will. */
  interrupt(epoch: number, utterances: readonly number[]): void {
    this.#epoch = epoch;
    if (this.#voice.interrupt(utterances)) this.#forgetMotion();
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
    return this.pictures.machineRung;
  }

  /** From now on fewer and smaller pictures are made, or more again. The rest of the clock goes on as it is. */
  setMachineRung(rung: number): void {
    this.pictures.setMachineRung(rung);
    this.#applyStep();
  }

  /** What is made from now on. @throws VultusError `encoder_failed` */
  setStreams(streams: readonly Stream[]): void {
    this.#streams = new Set(streams.map(({ key }) => key));
    this.#frames.setStreams(this.#streams);
    this.pictures.setStreams(streams);
    this.#applyStep();
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

  /**
   * Does all that is due and cheap, and returns the next piece of work, if there is any.
   * @param sharers sessions of this process
   */
  step(sharers = 1): Job | undefined {
    const nowMs = this.#now();
    const lostMs = this.#schedule.holdIfStalled(nowMs);
    this.#meter.late(Math.round(lostMs / this.clock.intervalMs));
    if (lostMs > 0) this.#lost.add(lostMs, nowMs);
    const clockMs = this.#schedule.clockMs(nowMs);
    const open = this.#schedule.lastFixedFrame(clockMs) + 1;
    if (this.#voice.takeUntil(clockMs, nowMs, (open + 1) * MOTION_FRAME_MS)) this.#motion.rollback(open);
    const told = { wanted: this.controls.state, speaking: this.#voice.speaking };
    if (this.#state.update(nowMs, told)) this.#emit({ name: 'state', value: this.#state.current });
    this.#voice.leaveUntil(clockMs, {
      epoch: this.#epoch,
      opus: this.#streams.has(OPUS_KEY),
      pcm: this.#streams.has(PCM_KEY),
    });
    const stats = this.#meter.report(nowMs, {
      queuedMs: this.#voice.queuedMs,
      encoders: this.pictures.encoders,
    });
    if (stats) this.#emit({ name: 'stats', value: stats });

    if (!this.pictures.taken && !this.#frames.taken) {
      this.#passUnseen(nowMs);
      return undefined;
    }
    const isMade = (index: number) => this.#motion.isMade(this.clock.motionIndex(index));
    this.#meter.late(this.#schedule.skipLate(nowMs, isMade));
    const { dueMs, next } = this.#schedule;
    if (isMade(next) && nowMs >= dueMs - this.#meter.pictureLeadMs(sharers)) {
      const task = this.#pictureTask(this.#motion.shownAt(this.clock.motionIndex(next))!);
      const picture = !this.pictures.taken || this.pictures.drawsTogether ? task : undefined;
      return { dueMs, picture, run: () => makePicture(task) };
    }
    if (!this.#motion.ready) return undefined;
    const task = this.#motionTask();
    // By then the voice of all who share the process has come, or silence in its place: one run makes their blocks.
    const awaitsCompany = clockMs < this.#motion.nextBlockEndMs + INTAKE_GRACE_MS;
    return { dueMs, motion: task, awaitsCompany, run: () => makeMotion(task) };
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
    this.pictures.close();
  }

  /** Nobody watches: the voice goes on, and whoever comes sees the face from there. */
  #passUnseen(nowMs: number): void {
    this.#schedule.skipPast(nowMs);
    this.#motion.skipTo(Math.floor(this.clock.motionIndex(this.#schedule.next)));
  }

  /** Motion comes as often as the machine allows, whatever the network does to pictures. */
  #applyStep(): void {
    this.#schedule.step = this.#frames.taken ? this.pictures.machineStep : this.pictures.step;
  }

  #motionTask(): MotionTask {
    return {
      stream: this.#motion,
      controls: () => this.#state.controlVector(this.controls, this.#motion),
      made: (frames, workMs) => {
        this.#meter.motion(workMs / (frames * (this.clock.fps / 25)));
        const { nextFrame } = this.#motion;
        const end = inputEnd(nextFrame - 1, this.#lookaheadFrames);
        this.#delays.motionMade(nextFrame - frames, nextFrame, end, this.#now());
      },
    };
  }

  #pictureTask(motion: Float32Array): PictureTask {
    const index = this.#schedule.next;
    const mediaTimeMs = this.clock.mediaTimeMs(index);
    let frame: Float32Array;
    return {
      format: this.pictures.format,
      draw: async () => {
        this.pictures.followNetwork();
        this.#applyStep();
        this.#schedule.advance(this.#now());
        const at = { frame: this.clock.motionIndex(index), seconds: this.#schedule.step / this.clock.fps };
        const steered = this.#state.steer(motion, this.controls, at);
        const shown = { nowMs: this.#now(), speaking: this.#state.current === 'speaking' };
        frame = roundFrame(this.#performance.apply(steered, this.controls.performer, shown));
        if (!this.pictures.taken) return;
        await this.pictures.draw(frame, { index, step: this.#schedule.step, mediaTimeMs });
      },
      drawn: (workMs) => this.#send(frame, index, workMs),
    };
  }

  /** `renderMs`: what drawing it cost. */
  #send(frame: Float32Array, index: number, renderMs: number): void {
    const mediaTimeMs = this.clock.mediaTimeMs(index);
    const motionIndex = this.clock.motionIndex(index);
    const timed = { mediaTimeMs, epoch: this.#epoch };
    // The voice that this picture shows is complete at the end of its own interval.
    const ownEnd = Math.floor((mediaTimeMs + this.clock.intervalMs) * 48);
    const delaysOf = (stamps: PictureStamps) => this.#delays.of(motionIndex, ownEnd, stamps);
    const pictures = this.pictures.encode(renderMs, timed, delaysOf);
    for (const value of [...pictures, ...this.#frames.packets(frame, motionIndex, timed)])
      this.#emit({ name: 'packet', value });
    if (!this.#frames.drawn || this.pictures.taken) return;
    this.#meter.sent(0, delaysOf(stampsOf(this.#now())));
  }

  /** The motion cache goes back to the last frame that was shown. */
  #forgetMotion(): void {
    this.#motion.rollback(Math.ceil(this.clock.motionIndex(this.#schedule.next)));
  }

  #warn(code: string, message: string, stream?: string): void {
    this.#emit({ name: 'warning', value: { code, message, ...(stream !== undefined && { stream }) } });
  }
}
