import { VoiceActivity } from '../audio/voice-activity.ts';

/** A microphone that sends nothing for so long is gone, or its browser sends no silence. */
const GONE_MS = 800;

/** Tells when the user of a session talks, and that talking has ended when the microphone just goes away. */
export class UserListener {
  readonly #activity = new VoiceActivity();
  readonly #on: { started: () => void; ended: (talkedMs: number) => void };
  #gone: NodeJS.Timeout | undefined;
  #talkedSamples = 0;

  /** `talkedMs`: milliseconds of sound from the one moment to the other, without the hangover. */
  constructor(on: { started: () => void; ended: (talkedMs: number) => void }) {
    this.#on = on;
  }

  get talking(): boolean {
    return this.#activity.talking;
  }

  /** @param samples mono at 48 kHz */
  hear(samples: Float32Array): void {
    if (this.#activity.talking) this.#talkedSamples += samples.length;
    for (const change of this.#activity.push(samples)) {
      if (change === 'started') this.#start();
      else this.#end(VoiceActivity.hangoverMs);
    }
    if (this.#activity.talking) this.#gone?.refresh();
  }

  /** Idempotent. */
  close(): void {
    this.#settle();
    this.#activity.close();
  }

  #settle(): void {
    clearTimeout(this.#gone);
    this.#gone = undefined;
    this.#activity.stop();
  }

  #start(): void {
    this.#talkedSamples = 0;
    clearTimeout(this.#gone);
    this.#gone = setTimeout(() => this.#end(0), GONE_MS).unref();
    this.#on.started();
  }

  #end(hangoverMs: number): void {
    this.#settle();
    this.#on.ended(Math.max(0, this.#talkedSamples / 48 - hangoverMs));
  }
}
