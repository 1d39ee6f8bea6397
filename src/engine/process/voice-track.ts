import { IntakeLog } from '../../audio/intake-log.ts';
import { OPUS_PACKET_MS, OpusEncoder } from '../../audio/opus.ts';
import { type SpeechEvent, SpeechLedger } from '../../audio/speech-ledger.ts';
import { isSilent, SpeechQueue } from '../../audio/speech-queue.ts';
import { SpeechTimeline } from '../../audio/speech-timeline.ts';
import { OPUS_VOICE, outputKey, PCM_VOICE } from '../../contract/outputs.ts';
import type { EngineEvent } from '../../contract/session-events.ts';
import { type SpeechEnd, STALLED_AFTER_MS } from '../../contract/speech.ts';
import type { ResumePoint, SessionProgress } from '../messages.ts';
import { INTAKE_GRACE_MS } from './picture-clock.ts';

const [OPUS_KEY, PCM_KEY] = [OPUS_VOICE, PCM_VOICE].map(outputKey);
const SAMPLES_PER_MS = 48;
const PACKET_SAMPLES = OPUS_PACKET_MS * SAMPLES_PER_MS;
/** Of a voice that nothing but motion goes with: Opus has the full band of speech from here on (RFC 6716 §2.1.1). */
const THIN_KBPS = 28;
const TIMELINE_SECONDS = 4;
/** Short enough to be silent at once, long enough not to click. */
const FADE_SAMPLES = 240;
/** The face goes on speaking for so long after the last voice, which bridges the gaps between words. */
const SPEAKING_HANG_SAMPLES = 0.4 * 48000;
/** An utterance begins no earlier than leaves so much of it waiting: the next of it may be late. */
const EARLY_RESERVE_SAMPLES = 0.06 * 48000;
/** More voice than a microphone ever has waiting: a recording that goes on after its pauses. */
const RECORDING_SAMPLES = 0.5 * 48000;

/**
 * The voice of one session: from the queue, where it may arrive in bursts or late, onto the timeline at the pace
 * of the clock, and out as Opus packets, each `holdMs` after its media time. Tells what of each utterance was
 * really played. Clocks are the session's, in milliseconds.
 */
export class VoiceTrack {
  /** What was and will be heard, by media time: what the face moves to. */
  readonly timeline: SpeechTimeline;
  readonly intake = new IntakeLog();
  readonly #holdMs: number;
  readonly #emit: (event: EngineEvent) => void;
  readonly #queue = new SpeechQueue();
  readonly #ledger = new SpeechLedger();
  readonly #opus: OpusEncoder;
  #nextPacket: number;
  #receivedSamples = 0;
  #reportedPacket = 0;
  #lastVoiceEnd = Number.NEGATIVE_INFINITY;
  #paused: boolean;
  /** Since when the utterance whose turn it is has no voice. */
  #dry: { utterance: number; sinceMs: number } | undefined;
  /** Whether the timeline ends with voice, which must not break off at once. */
  #flowing = false;
  /** Where the silence begins that the timeline ends with, while nothing flows. */
  #silence: number;

  /**
   * `holdMs`: from the media time of a packet to its leaving; `clockMs`: where the session begins; `thin`: for those who
   * get little else.
   */
  constructor(options: {
    holdMs: number;
    emit: (event: EngineEvent) => void;
    clockMs: number;
    resume: ResumePoint | undefined;
    thin?: boolean;
  }) {
    const { holdMs, clockMs, resume } = options;
    this.#opus = new OpusEncoder(options.thin ? { bitrateKbps: THIN_KBPS } : {});
    this.#holdMs = holdMs;
    this.#emit = options.emit;
    this.#nextPacket = resume ? Math.max(0, Math.floor((clockMs - holdMs) / OPUS_PACKET_MS) + 1) : 0;
    this.timeline = new SpeechTimeline(TIMELINE_SECONDS, Math.floor(clockMs * SAMPLES_PER_MS));
    this.#silence = this.timeline.end;
    this.#paused = resume?.paused ?? false;
    if (!resume?.underWay) return;
    const { utterance, playedSamples, stalled } = resume.underWay;
    this.#queue.begin(utterance);
    this.#ledger.resume(utterance, playedSamples, this.timeline.end, stalled);
  }

  /** Voice that waits to be spoken. */
  get queuedMs(): number {
    return this.#queue.queuedSamples / SAMPLES_PER_MS;
  }

  /** Whether somebody speaks at the end of the timeline, or is about to go on. */
  get speaking(): boolean {
    return (
      (!this.#paused && this.#queue.queuedSamples > RECORDING_SAMPLES) ||
      this.timeline.end - this.#lastVoiceEnd < SPEAKING_HANG_SAMPLES
    );
  }

  /** An utterance begins; they are spoken in the order of their numbers. */
  begin(utterance: number): void {
    this.#queue.begin(utterance);
    this.#ledger.begin(utterance);
  }

  push(utterance: number, samples: Float32Array, nowMs: number, live: boolean): void {
    this.#receivedSamples += samples.length;
    // What a microphone hears now is nothing to say later.
    if (live && this.#paused) return;
    this.#queue.push(utterance, samples, nowMs, live);
  }

  /** Nothing more will come of the utterance, for this reason. */
  endSpeech(utterance: number, end: SpeechEnd): void {
    this.#queue.end(utterance, end);
  }

  /**
   * What has not left yet of these utterances never will.
   * @returns whether it has fallen silent for that
   */
  interrupt(utterances: readonly number[]): boolean {
    const silentFrom = this.#silentFrom;
    this.#completeFinished();
    const heard = this.#ledger.unplayed(silentFrom, utterances) > 0;
    if (heard) this.#takeBack();
    this.#queue.drop(utterances);
    this.#completeFinished();
    this.#report(this.#ledger.interrupt(utterances, silentFrom));
    return heard;
  }

  /**
   * Falls silent at once; what has not left yet goes back to the queue and waits there.
   * @returns false where it was paused already
   */
  pause(): boolean {
    if (this.#paused) return false;
    this.#paused = true;
    this.#completeFinished();
    this.#takeBack();
    this.#emit({ name: 'speech.paused', value: { mediaTimeMs: this.#silentFrom / SAMPLES_PER_MS } });
    return true;
  }

  /** Goes on from the sample at which it was paused. Idempotent. */
  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#silence = this.timeline.end;
    this.#emit({ name: 'speech.resumed', value: { mediaTimeMs: this.timeline.end / SAMPLES_PER_MS } });
  }

  /**
   * Moves voice onto the timeline: what is there as the clock allows it, silence where it did not come in time.
   * @param earliestMs where a recording may take the place of silence (media time): a frame behind the first that can
   * still be made anew, since lips open before their sound
   * @returns whether silence that was on the timeline is voice now: what was made of it is to be made anew
   */
  takeUntil(clockMs: number, nowMs: number, earliestMs = Number.POSITIVE_INFINITY): boolean {
    const { timeline } = this;
    const allowed = Math.floor(clockMs * SAMPLES_PER_MS);
    const mayBegin = !this.#paused && !this.#flowing;
    const early = mayBegin && this.#beginEarly(allowed, Math.ceil(earliestMs * SAMPLES_PER_MS));
    while (!this.#paused && timeline.end < allowed) {
      const from = timeline.end;
      const piece = this.#queue.take(allowed - from);
      if (!piece) break;
      timeline.append(piece.samples);
      this.intake.add(timeline.end, { arrivedMs: piece.arrivedMs ?? nowMs, takenMs: nowMs });
      this.#flowing = true;
      this.#ledger.add(piece.utterance, from, timeline.end);
      if (!isSilent(piece.samples)) this.#lastVoiceEnd = timeline.end;
    }
    this.#completeFinished();
    this.#watchForStall(nowMs);
    const overdue = Math.floor((clockMs - INTAKE_GRACE_MS) * SAMPLES_PER_MS) - timeline.end;
    if (overdue <= 0) return early;
    // The voice did not come in time, or is over: its last moment, which has not left yet, fades.
    if (this.#flowing) {
      timeline.silenceFrom(timeline.end - FADE_SAMPLES, FADE_SAMPLES);
      this.#silence = timeline.end;
    }
    this.#flowing = false;
    timeline.appendSilence(overdue);
    this.intake.add(timeline.end, { arrivedMs: nowMs - INTAKE_GRACE_MS, takenMs: nowMs });
    return early;
  }

  /** Lets every packet go whose time has come, as Opus and as samples; where nobody takes them they count as played. */
  leaveUntil(clockMs: number, { epoch, opus, pcm }: { epoch: number; opus: boolean; pcm: boolean }): void {
    for (;;) {
      const mediaTimeMs = this.#nextPacket * OPUS_PACKET_MS;
      if (clockMs < mediaTimeMs + this.#holdMs) return;
      if (opus || pcm) {
        const samples = this.timeline.read(this.#silentFrom, PACKET_SAMPLES);
        if (opus) {
          const data = this.#opus.encode(samples);
          this.#emit({
            name: 'packet',
            value: { kind: 'voice', stream: OPUS_KEY, mediaTimeMs, epoch, data },
          });
        }
        if (pcm)
          this.#emit({
            name: 'packet',
            value: { kind: 'pcm', stream: PCM_KEY, mediaTimeMs, epoch, samples },
          });
      }
      this.#nextPacket++;
      this.#report(this.#ledger.leaveUntil(this.#silentFrom));
    }
  }

  /** How far it has come, each time that voice has left since it was last asked; otherwise undefined. */
  takeProgress(): Pick<SessionProgress, 'receivedSamples' | 'unplayedSamples' | 'current'> | undefined {
    if (this.#reportedPacket === this.#nextPacket) return undefined;
    this.#reportedPacket = this.#nextPacket;
    const current = this.#ledger.current(this.#silentFrom);
    return {
      receivedSamples: this.#receivedSamples,
      unplayedSamples: this.#queue.queuedSamples + this.#ledger.unplayed(this.#silentFrom),
      current: current && {
        utterance: current.utterance,
        playedSamples: current.playedSamples,
        untilMs: current.until / SAMPLES_PER_MS,
      },
    };
  }

  close(): void {
    this.#opus.close();
    this.timeline.close();
  }

  /** Position of the first sample that has not left yet. */
  get #silentFrom(): number {
    return this.#nextPacket * PACKET_SAMPLES;
  }

  /** A recording takes the place of silence that has not left yet and to which the face can still be moved otherwise. */
  #beginEarly(allowed: number, earliest: number): boolean {
    const inTime = allowed + EARLY_RESERVE_SAMPLES - this.#queue.recordedSamples;
    const from = Math.max(this.#silence, this.#silentFrom, earliest, inTime);
    if (from >= this.timeline.end) return false;
    this.timeline.takeBack(from);
    this.intake.takeBack(from);
    return true;
  }

  /** Falls silent at once: what has not left yet goes back to the queue. */
  #takeBack(): void {
    const silentFrom = this.#silentFrom;
    const fadeSamples = this.#ledger.flowsOver(silentFrom) ? FADE_SAMPLES : 0;
    for (const { utterance, from, to, end } of this.#ledger.takeBack(silentFrom).reverse()) {
      const samples = this.timeline.read(from, to - from);
      // The other half of the fade, so that the two together are whole and nothing clicks.
      if (from === silentFrom) samples.subarray(0, fadeSamples).forEach(fadeIn);
      this.#queue.putBack({ utterance, samples }, end);
    }
    this.timeline.silenceFrom(silentFrom, fadeSamples);
    this.#silence = silentFrom + fadeSamples;
    this.#flowing = false;
    this.#lastVoiceEnd = Number.NEGATIVE_INFINITY;
  }

  #completeFinished(): void {
    for (const { utterance, end } of this.#queue.takeFinished()) this.#ledger.complete(utterance, end);
  }

  /** Once all that came has left, and for a while nothing more has. */
  #watchForStall(nowMs: number): void {
    const utterance = this.#paused ? undefined : this.#queue.dryUtterance;
    if (utterance === undefined) {
      this.#dry = undefined;
      return;
    }
    if (this.#dry?.utterance !== utterance) this.#dry = { utterance, sinceMs: nowMs };
    if (nowMs - this.#dry.sinceMs < STALLED_AFTER_MS) return;
    const position = this.#silentFrom;
    if (this.#ledger.unplayed(position) > 0 || !this.#ledger.stall(utterance, position)) return;
    this.#emit({
      name: 'speech.stalled',
      value: { utterance, mediaTimeMs: position / SAMPLES_PER_MS },
    });
  }

  #report(events: readonly SpeechEvent[]): void {
    for (const event of events) {
      const { utterance } = event;
      if (event.type === 'speech.ended') {
        const playedMs = event.playedSamples / SAMPLES_PER_MS;
        this.#emit({ name: event.type, value: { utterance, playedMs, reason: event.reason } });
      } else {
        const mediaTimeMs = event.position / SAMPLES_PER_MS;
        this.#emit({ name: event.type, value: { utterance, mediaTimeMs } });
      }
    }
  }
}

function fadeIn(sample: number, index: number, samples: Float32Array): void {
  samples[index] = sample * (index / FADE_SAMPLES);
}
