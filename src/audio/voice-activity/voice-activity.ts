import { EchoEstimate } from './echo-estimate.ts';
import { BANDS, describe, FRAME_MS, RATE_HZ, type Spectrum, SpectrumReader, soundOf } from './spectrum.ts';
import { SpeechCues } from './speech-cues.ts';
import { INPUTS, VoiceNetwork } from './voice-network.ts';

/** Log odds of one frame count for at most so much, above what a frame has to have. */
const [LEAST_ODDS, MOST_EVIDENCE] = [0.5, 3];
/** Evidence that adds up to this is talking: two sure frames, or more of those that are less so. */
const ENOUGH_EVIDENCE = 4;
/** Talking goes on while frames are more likely voice than this. */
const STAY_ODDS = -1;
/** Bridges the gaps between words and the closures of stops. */
const HANGOVER_FRAMES = 600 / FRAME_MS;
/** What is thought to be echo is taken off three times, because it is not known exactly. */
const ECHO_MARGIN = 3;
/** The floor of each band follows a louder room by so much a frame. */
const FLOOR_RISE = 1.03;

/**
 * Tells when somebody talks, as a microphone hears it: a small network on the spectrum of each 20 ms, and evidence that
 * adds up (Page's cumulative sum, 1954), so that a short word is told before it is over. What the microphone hears of the
 * avatar's own voice is taken off before.
 */
export class VoiceActivity {
  readonly #heard = new SpectrumReader();
  readonly #played = new SpectrumReader();
  readonly #echo = new EchoEstimate();
  readonly #network = new VoiceNetwork();
  readonly #cues = new SpeechCues();
  readonly #description = new Float32Array(INPUTS);
  readonly #floor = new Float64Array(BANDS).fill(1);
  #evidence = 0;
  #quietFrames = 0;
  #talking = false;

  /** Of what it hears. */
  static readonly rateHz = RATE_HZ;
  /** Milliseconds from the last talking that was heard to the moment at which its end is told. */
  static readonly hangoverMs = HANGOVER_FRAMES * FRAME_MS;

  get talking(): boolean {
    return this.#talking;
  }

  /** What a listener answers to, as of now: see `SpeechCues`. */
  get cues(): Float32Array {
    return this.#cues.values;
  }

  /** What the avatar says, as it is sent: mono at 16 kHz, at the pace of the clock, silence too. */
  play(samples: Float32Array): void {
    this.#played.push(samples, ({ bands }) => this.#echo.play(bands));
  }

  /**
   * @param samples mono at 16 kHz, any number
   * @returns what has changed, in order
   */
  push(samples: Float32Array): ('started' | 'ended')[] {
    const changes: ('started' | 'ended')[] = [];
    this.#heard.push(samples, (spectrum) => {
      const before = this.#talking;
      this.#hearFrame(spectrum);
      if (this.#talking !== before) changes.push(this.#talking ? 'started' : 'ended');
    });
    return changes;
  }

  /** Nothing more comes for now (the microphone is gone). */
  stop(): void {
    this.#talking = false;
    this.#evidence = 0;
  }

  #hearFrame(spectrum: Spectrum): void {
    this.#takeOffEcho(spectrum);
    describe(spectrum, this.#description);
    const odds = this.#network.hear(this.#description);
    this.#cues.hear(soundOf(spectrum), this.#description, odds > 0);
    if (this.#talking) {
      this.#quietFrames = odds > STAY_ODDS ? 0 : this.#quietFrames + 1;
      if (this.#quietFrames >= HANGOVER_FRAMES) this.stop();
      return;
    }
    const evidence = Math.max(-MOST_EVIDENCE, Math.min(MOST_EVIDENCE, odds - LEAST_ODDS));
    this.#evidence = Math.max(0, this.#evidence + evidence);
    if (this.#evidence < ENOUGH_EVIDENCE) return;
    this.#talking = true;
    this.#evidence = 0;
    this.#quietFrames = 0;
  }

  /** What is left is no less than the room by itself. */
  #takeOffEcho(spectrum: Spectrum): void {
    const { bands } = spectrum;
    const echo = this.#echo.of(bands);
    let [before, after] = [0, 0];
    for (let band = 0; band < BANDS; band++) {
      const power = bands[band];
      const floor = Math.min(power, this.#floor[band] * FLOOR_RISE + 1e-10);
      this.#floor[band] = floor;
      if (echo[band] > 0) bands[band] = Math.max(floor, power - ECHO_MARGIN * echo[band]);
      before += power;
      after += bands[band];
    }
    if (before > 0) spectrum.periodicity *= after / before;
  }
}
