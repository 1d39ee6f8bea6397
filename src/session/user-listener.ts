import { Resampler } from '../audio/resampler.ts';
import { VoiceActivity } from '../audio/voice-activity/voice-activity.ts';
import { VOICE_RATE_HZ } from '../audio/voice-decoder.ts';
import { MOTION_FRAME_MS } from '../contract/motion-frame.ts';

/** A microphone that sends nothing for so long is gone, or its browser sends no silence. */
const GONE_MS = 800;
/** A frame of motion. */
const CUE_SAMPLES = (VoiceActivity.rateHz * MOTION_FRAME_MS) / 1000;

export interface UserEvents {
  /** All that is heard: `Float32Array`, mono at 16 kHz. */
  heard: (samples: Float32Array) => void;
  /** What a listener answers to in it (see `SpeechCues`), once every 40 ms. */
  cues: (cues: Float32Array) => void;
  started: () => void;
  /** `talkedMs`: milliseconds of sound from the one moment to the other, without the hangover. */
  ended: (talkedMs: number) => void;
}

/** Tells when the user of a session talks, and that talking has ended when the microphone just goes away. */
export class UserListener {
  readonly #resampler = new Resampler(VOICE_RATE_HZ, VoiceActivity.rateHz);
  readonly #avatarResampler = new Resampler(VOICE_RATE_HZ, VoiceActivity.rateHz);
  readonly #activity = new VoiceActivity();
  readonly #on: UserEvents;
  #gone: NodeJS.Timeout | undefined;
  #talkedSamples = 0;
  #untoldSamples = 0;

  constructor(on: UserEvents) {
    this.#on = on;
  }

  get talking(): boolean {
    return this.#activity.talking;
  }

  /** @param samples mono at 48 kHz */
  hear(samples: Float32Array): void {
    const heard = this.#resampler.process(samples);
    this.#on.heard(heard);
    if (this.#activity.talking) this.#talkedSamples += heard.length;
    for (const change of this.#activity.push(heard)) {
      if (change === 'started') this.#start();
      else this.#end(VoiceActivity.hangoverMs);
    }
    if (this.#activity.talking) this.#gone?.refresh();
    this.#untoldSamples += heard.length;
    if (this.#untoldSamples < CUE_SAMPLES) return;
    this.#untoldSamples %= CUE_SAMPLES;
    this.#on.cues(this.#activity.cues);
  }

  /** What the avatar says, as it leaves: of its echo it is known then that it is no user. Mono at 48 kHz. */
  hearAvatar(samples: Float32Array): void {
    this.#activity.play(this.#avatarResampler.process(samples));
  }

  /** Idempotent. */
  close(): void {
    this.#settle();
    this.#avatarResampler.close();
    this.#resampler.close();
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
    this.#on.ended(Math.max(0, (1000 * this.#talkedSamples) / VoiceActivity.rateHz - hangoverMs));
  }
}
