import { Resampler } from './resampler.ts';

/** The analysis runs on telephone band: pitch and the loud part of every voice lie below 4 kHz. */
const RATE_HZ = 8000;
const FRAME_SAMPLES = 160;
const FRAME_MS = 20;
/** Pitch of human voices, from a low bass to a small child. */
const MIN_LAG = Math.floor(RATE_HZ / 400);
const MAX_LAG = Math.ceil(RATE_HZ / 60);
/** Pole of the high-pass at 120 Hz, twice: rumble and mains hum are no voice. */
const HIGH_PASS = Math.exp((-2 * Math.PI * 120) / RATE_HZ);
/** Normalised autocorrelation from which a frame counts as voiced; noise stays below 0.4 over 160 samples. */
const VOICED = 0.6;
/** Level above the noise floor at which talking begins and below which it may end. */
const START_DB = 9;
const STAY_DB = 5;
/** Nothing below this level (dBFS) is talking, however quiet the room. */
const LEAST_DB = -52;
/** Of the last frames so many have to be voiced: a click or a cough's burst is shorter. */
const START_FRAMES = 4;
const START_WINDOW = 6;
/** Bridges the gaps between words and the closures of stops. */
const HANGOVER_FRAMES = 600 / FRAME_MS;
/** Talking has voiced sounds at least this often; a noise that came with it hasn't. */
const UNVOICED_FRAMES = 2000 / FRAME_MS;
/** The floor follows a louder room by so much a frame: where no voice is heard, and while somebody talks. */
const FLOOR_RISE_DB = 0.25;
const FLOOR_RISE_TALKING_DB = 0.01;

/**
 * Tells when somebody talks: voice-activity detection by level above an adaptive noise floor together with
 * periodicity (the normalised autocorrelation of Atal & Rabiner, 1976), with a hangover. Noise of any kind is
 * not periodic within the range of voices, so it raises the floor instead of starting anything.
 */
export class VoiceActivity {
  readonly #resampler = new Resampler(16000, RATE_HZ);
  /** The last samples, high-passed: one frame and the longest lag before it. */
  readonly #history = new Float32Array(FRAME_SAMPLES + MAX_LAG);
  #pending = new Float32Array(0);
  readonly #poles = [
    { x: 0, y: 0 },
    { x: 0, y: 0 },
  ];
  #floorDb = -60;
  /** One bit for each of the last frames, the newest lowest: voiced and loud. */
  #voicedFrames = 0;
  #quietFrames = 0;
  #unvoicedFrames = 0;
  #talking = false;

  /** Of what it hears. */
  static readonly rateHz = 16000;

  get talking(): boolean {
    return this.#talking;
  }

  /** Milliseconds from the last talking that was heard to the moment at which its end is told. */
  static readonly hangoverMs = HANGOVER_FRAMES * FRAME_MS;

  /**
   * @param samples mono at 16 kHz, any number
   * @returns what has changed, in order
   */
  push(samples: Float32Array): ('started' | 'ended')[] {
    const changes: ('started' | 'ended')[] = [];
    const fresh = this.#resampler.process(samples);
    const waiting = new Float32Array(this.#pending.length + fresh.length);
    waiting.set(this.#pending);
    waiting.set(fresh, this.#pending.length);
    let at = 0;
    for (; at + FRAME_SAMPLES <= waiting.length; at += FRAME_SAMPLES) {
      const before = this.#talking;
      this.#hearFrame(waiting.subarray(at, at + FRAME_SAMPLES));
      if (this.#talking !== before) changes.push(this.#talking ? 'started' : 'ended');
    }
    this.#pending = waiting.slice(at);
    return changes;
  }

  /** Nothing more comes for now (the microphone is gone). */
  stop(): void {
    this.#talking = false;
    this.#voicedFrames = 0;
  }

  /** Lets go of the resampler's memory. Idempotent. */
  close(): void {
    this.#resampler.close();
  }

  #hearFrame(frame: Float32Array): void {
    const history = this.#history;
    history.copyWithin(0, FRAME_SAMPLES);
    let energy = 0;
    for (let i = 0; i < FRAME_SAMPLES; i++) {
      let value = frame[i];
      for (const pole of this.#poles) {
        pole.y = HIGH_PASS * (pole.y + value - pole.x);
        pole.x = value;
        value = pole.y;
      }
      history[MAX_LAG + i] = value;
      energy += value * value;
    }
    const levelDb = 10 * Math.log10(energy / FRAME_SAMPLES + 1e-12);
    const loud = levelDb > Math.max(this.#floorDb + START_DB, LEAST_DB);
    const voiced = loud && periodicity(history) > VOICED;
    this.#followFloor(levelDb, voiced);
    this.#voicedFrames = ((this.#voicedFrames << 1) | Number(voiced)) & ((1 << START_WINDOW) - 1);
    if (!this.#talking) {
      if (bitCount(this.#voicedFrames) < START_FRAMES) return;
      this.#talking = true;
      this.#quietFrames = 0;
      this.#unvoicedFrames = 0;
      return;
    }
    const goesOn = levelDb > Math.max(this.#floorDb + STAY_DB, LEAST_DB);
    this.#quietFrames = goesOn ? 0 : this.#quietFrames + 1;
    this.#unvoicedFrames = voiced ? 0 : this.#unvoicedFrames + 1;
    if (this.#quietFrames >= HANGOVER_FRAMES || this.#unvoicedFrames >= UNVOICED_FRAMES) this.stop();
  }

  #followFloor(levelDb: number, voiced: boolean): void {
    if (levelDb < this.#floorDb) this.#floorDb += 0.2 * (Math.max(levelDb, -90) - this.#floorDb);
    else {
      const rise = voiced || this.#talking ? FLOOR_RISE_TALKING_DB : FLOOR_RISE_DB;
      this.#floorDb = Math.min(levelDb, this.#floorDb + rise);
    }
  }
}

/** Highest normalised autocorrelation of the last frame at the lags of human pitch, −1..1. */
function periodicity(history: Float32Array): number {
  let energy = 0;
  for (let i = MAX_LAG; i < history.length; i++) energy += history[i] * history[i];
  let best = 0;
  for (let lag = MIN_LAG; lag <= MAX_LAG; lag++) {
    let product = 0;
    let earlier = 1e-12;
    for (let i = MAX_LAG; i < history.length; i++) {
      const past = history[i - lag];
      product += history[i] * past;
      earlier += past * past;
    }
    best = Math.max(best, product / Math.sqrt(energy * earlier));
  }
  return best;
}

function bitCount(bits: number): number {
  let count = 0;
  for (let rest = bits; rest > 0; rest &= rest - 1) count++;
  return count;
}
