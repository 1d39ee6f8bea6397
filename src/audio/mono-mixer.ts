import { AV_SAMPLE_FMT_FLT, type AVSampleFormat } from 'node-av/constants';
import { avChannelLayoutDefault, Frame, type SoftwareResampleContext } from 'node-av/lib';
import { check } from './ffmpeg.ts';
import { openResampleContext, Resampler } from './resampler.ts';
import { VOICE_RATE_HZ } from './voice-decoder.ts';

const CODE = 'audio_unreadable';
/** Larger values are no sound, and encoders take them for damage. */
const LARGEST = 1e9;
/** A mix that has less than this of the loudest channel's power (−8 dB) has lost it: half of the amplitude is −6 dB. */
const LEAST_POWER = 0.16;
const AUDIBLE_POWER = 1e-8;
/** Of channels that are about as loud, the first is taken. */
const NEARLY = 0.9;
/** Weights of a mix add up to one, so that what all channels carry stays as loud as it was. */
const MIX = { rematrix_maxval: 1 };
/** Hum and offset below a voice say nothing of where the voice is. */
const LOW_CUT_HZ = 150;

/** Frames of any format and layout, which may change in mid-file, to 48 kHz mono float. */
export class MonoMixer {
  readonly #channel: number | undefined;
  readonly #pieces: Float32Array[] = [];
  readonly #channelPower: PowerMeter[] = [];
  readonly #mixPower = new PowerMeter();
  #toFloat: SoftwareResampleContext | undefined;
  #resampler: Resampler | undefined;
  #format = '';
  #brokenSamples = 0;

  /** `channel`: the one to take, in place of a mix of all. */
  constructor(channel?: number) {
    this.#channel = channel;
  }

  /** Samples that had no finite value: they are silence. */
  get brokenSamples(): number {
    return this.#brokenSamples;
  }

  /**
   * The loudest channel, where the mix is far quieter: where two channels carry the same voice in opposite phase,
   * they cancel each other out. Undefined where the mix is as loud as it should be.
   */
  get quietedChannel(): number | undefined {
    if (this.#channel !== undefined || this.#channelPower.length < 2) return undefined;
    const powers = this.#channelPower.map(({ mean }) => mean);
    const loudest = Math.max(...powers);
    const quieted = loudest > AUDIBLE_POWER && this.#mixPower.mean < LEAST_POWER * loudest;
    return quieted ? powers.findIndex((power) => power > NEARLY * loudest) : undefined;
  }

  add(frame: Frame): void {
    const { sampleRate, channels, format } = frame;
    const layout = frame.channelLayout.mask ? frame.channelLayout : avChannelLayoutDefault(channels);
    const key = `${sampleRate} ${format} ${layout.nbChannels} ${layout.mask}`;
    if (key !== this.#format) {
      this.#drain();
      this.#format = key;
      const from = { layout, format: format as AVSampleFormat, rateHz: sampleRate };
      this.#toFloat = openResampleContext(from, { layout, rateHz: sampleRate });
      const single = this.#channel !== undefined;
      this.#resampler = new Resampler(sampleRate, VOICE_RATE_HZ, MIX, single ? undefined : layout);
    }
    // A frame without a layout does not fit a converter that has one.
    frame.channelLayout = layout;
    const samples = this.#floats(frame, layout);
    this.#mend(samples);
    if (this.#channel === undefined) {
      if (channels > 1) this.#measure(samples, channels, sampleRate);
      this.#take(this.#resampler!.process(samples));
    } else this.#take(this.#resampler!.process(channelOf(samples, channels, this.#channel)));
  }

  finish(): Float32Array {
    this.#drain();
    const whole = new Float32Array(this.#pieces.reduce((sum, piece) => sum + piece.length, 0));
    let at = 0;
    for (const piece of this.#pieces) {
      whole.set(piece, at);
      at += piece.length;
    }
    return whole;
  }

  /** Idempotent. */
  close(): void {
    this.#toFloat?.free();
    this.#toFloat = undefined;
    this.#resampler?.close();
    this.#resampler = undefined;
  }

  #drain(): void {
    if (this.#resampler) this.#take(this.#resampler.flush());
    this.close();
  }

  #take(voice: Float32Array): void {
    if (this.#channel === undefined) this.#mixPower.add(voice, VOICE_RATE_HZ);
    this.#pieces.push(voice);
  }

  /** `Float32Array [samples, channels]` */
  #floats(frame: Frame, layout: Frame['channelLayout']): Float32Array {
    const output = new Frame();
    output.alloc();
    try {
      output.format = AV_SAMPLE_FMT_FLT;
      output.sampleRate = frame.sampleRate;
      output.channelLayout = layout;
      check(this.#toFloat!.convertFrame(output, frame), 'convert the sound', CODE);
      const bytes = output.data?.[0]?.subarray(0, output.nbSamples * layout.nbChannels * 4);
      return new Float32Array(new Uint8Array(bytes ?? []).buffer);
    } finally {
      output.free();
    }
  }

  #mend(samples: Float32Array): void {
    for (let i = 0; i < samples.length; i++) {
      if (Math.abs(samples[i]) <= LARGEST) continue;
      samples[i] = 0;
      this.#brokenSamples++;
    }
  }

  #measure(samples: Float32Array, channels: number, rateHz: number): void {
    for (let channel = 0; channel < channels; channel++) {
      this.#channelPower[channel] ??= new PowerMeter();
      this.#channelPower[channel].add(channelOf(samples, channels, channel), rateHz);
    }
  }
}

/** Mean power above the low cut (a first-order high-pass). */
class PowerMeter {
  #energy = 0;
  #count = 0;
  #last = 0;
  #passed = 0;

  get mean(): number {
    return this.#energy / Math.max(1, this.#count);
  }

  add(samples: Float32Array, rateHz: number): void {
    const keep = Math.exp((-2 * Math.PI * LOW_CUT_HZ) / rateHz);
    for (const sample of samples) {
      this.#passed = keep * (this.#passed + sample - this.#last);
      this.#last = sample;
      this.#energy += this.#passed ** 2;
    }
    this.#count += samples.length;
  }
}

/** `samples`: `[samples, channels]`; the last channel where there are fewer. */
function channelOf(samples: Float32Array, channels: number, channel: number): Float32Array {
  const at = Math.min(channel, channels - 1);
  return Float32Array.from({ length: samples.length / channels }, (_, i) => samples[i * channels + at]);
}
