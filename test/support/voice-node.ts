import { EventEmitter } from 'node:events';
import type { EngineEvent } from '../../src/contract/session-events.ts';
import type { FromSession, SessionOpening, ToSession } from '../../src/engine/messages.ts';
import type { EngineNode, EngineNodeEvents } from '../../src/engine/node.ts';
import { VoiceTrack } from '../../src/engine/process/voice-track.ts';

const HOLD_MS = 195;

interface Sent<Message> {
  atMs: number;
  message: Message;
}

/**
 * A node that has only the voice of one session, on the clock of a test: what it is told and what it tells is on its
 * way for a while, and lost when it is killed.
 */
export class VoiceNode implements EngineNode {
  readonly info = { provider: 'cpu' as const, pack: { name: 'none', version: '0' } };
  readonly load = { busy: 0, recoveryS: 0, residentBytes: 0, processorMs: 0 };
  readonly events = new EventEmitter<EngineNodeEvents>();
  readonly #receive: (message: FromSession, agoMs: number) => void;
  readonly #delayMs: () => number;
  readonly #inbox: Sent<ToSession>[] = [];
  readonly #outbox: Sent<FromSession>[] = [];
  #track: VoiceTrack | undefined;
  #startMs = 0;
  #epoch = 0;

  constructor(receive: (message: FromSession, agoMs: number) => void, delayMs: () => number) {
    this.#receive = receive;
    this.#delayMs = delayMs;
  }

  open(_: string, { resume }: SessionOpening): void {
    const clockMs = resume ? resume.clockMs + resume.agoMs : 0;
    this.#startMs = performance.now() - clockMs;
    this.#epoch = resume?.epoch ?? 0;
    const emit = (event: EngineEvent) => this.#say({ type: 'event', event });
    this.#track = new VoiceTrack({ holdMs: HOLD_MS, emit, clockMs, resume });
    this.#receive({ type: 'opened', delayMs: HOLD_MS }, 0);
  }

  send(_: string, message: ToSession): void {
    this.#inbox.push({ atMs: performance.now() + this.#delayMs(), message });
  }

  /** Does what is due. */
  step(): void {
    const nowMs = performance.now();
    while (this.#inbox[0]?.atMs <= nowMs) this.#carryOut(this.#inbox.shift()!.message);
    const track = this.#track!;
    const clockMs = nowMs - this.#startMs;
    track.takeUntil(clockMs, nowMs);
    track.leaveUntil(clockMs, { epoch: this.#epoch, opus: false, pcm: true });
    const voice = track.takeProgress();
    if (voice) {
      const progress = { ...voice, clockMs, epoch: this.#epoch, frame: new Float32Array(58) };
      this.#say({ type: 'progress', progress });
    }
    while (this.#outbox[0]?.atMs <= nowMs) {
      const { atMs, message } = this.#outbox.shift()!;
      this.#receive(message, nowMs - atMs);
    }
  }

  async close(): Promise<void> {
    this.#track?.close();
    this.#track = undefined;
  }

  #say(message: FromSession): void {
    this.#outbox.push({ atMs: performance.now() + this.#delayMs(), message });
  }

  #carryOut(message: ToSession): void {
    const track = this.#track!;
    switch (message.type) {
      case 'speech.begin':
        track.begin(message.utterance);
        break;
      case 'voice':
        track.push(message.utterance, message.samples, performance.now(), message.live);
        break;
      case 'speech.end':
        track.endSpeech(message.utterance, message.end);
        break;
      case 'interrupt':
        this.#epoch = message.epoch;
        track.interrupt(message.utterances);
        break;
      case 'pause':
        track.pause();
        break;
      case 'resume':
        track.resume();
        break;
    }
  }
}
