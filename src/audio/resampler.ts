import { AV_CHANNEL_LAYOUT_MONO, AV_SAMPLE_FMT_FLT, type AVSampleFormat } from 'node-av/constants';
import { type ChannelLayout, SoftwareResampleContext } from 'node-av/lib';
import { VultusError } from '../errors.ts';
import { check, type OptionTable, setOptions } from './ffmpeg.ts';

const DOING = 'change the rate of the sound';
const CODE = 'unsupported_audio';

/**
 * FFmpeg's libswresample from sound of any format to float samples, channel beside channel.
 * @param options of libswresample, see https://ffmpeg.org/ffmpeg-resampler.html
 */
export function openResampleContext(
  from: { layout: ChannelLayout; format: AVSampleFormat; rateHz: number },
  to: { layout: ChannelLayout; rateHz: number },
  options: OptionTable = {},
): SoftwareResampleContext {
  const context = new SoftwareResampleContext();
  const set = context.allocSetOpts2(
    to.layout,
    AV_SAMPLE_FMT_FLT,
    to.rateHz,
    from.layout,
    from.format,
    from.rateHz,
  );
  check(set, DOING, CODE);
  setOptions(context, options);
  check(context.init(), DOING, CODE);
  return context;
}

/**
 * Streaming change of sample rate, to mono. The sound is delayed by nothing (output sample n is the input at
 * n · fromHz / toHz), while results wait for half of the filter to arrive: 1 ms between 16 and 48 kHz.
 * Costs 0.3 ms of processor time for a second of voice that comes in packets of 20 ms.
 */
export class Resampler {
  readonly #context: SoftwareResampleContext;
  readonly #channels: number;
  #output = new Float32Array(0);
  #closed = false;

  /**
   * @param options as in `openResampleContext`
   * @param layout of what comes in: several channels are mixed
   * @throws VultusError `unsupported_audio`
   */
  constructor(fromHz: number, toHz: number, options?: OptionTable, layout = AV_CHANNEL_LAYOUT_MONO) {
    const from = { layout, format: AV_SAMPLE_FMT_FLT, rateHz: fromHz };
    const to = { layout: AV_CHANNEL_LAYOUT_MONO, rateHz: toHz };
    this.#channels = layout.nbChannels;
    this.#context = openResampleContext(from, to, options);
  }

  /** `input`: `[samples at fromHz, channels]`. `Float32Array [samples at toHz]`; the same stream gives the same samples however it is cut into pieces. */
  process(input: Float32Array): Float32Array {
    // FFmpeg takes no samples for the end of the stream.
    if (input.length === 0) return new Float32Array(0);
    return this.#convert(input);
  }

  /** The samples that still wait; the resampler then starts anew. */
  flush(): Float32Array {
    const rest = this.#convert(undefined);
    check(this.#context.init(), DOING, CODE);
    return rest;
  }

  /** Lets go of FFmpeg's memory. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#context.free();
  }

  #convert(input: Float32Array | undefined): Float32Array {
    if (this.#closed) throw new VultusError(CODE, 'the resampler is closed');
    const count = (input?.length ?? 0) / this.#channels;
    const most = this.#context.getOutSamples(count);
    if (this.#output.length < most) this.#output = new Float32Array(most);
    const produced = this.#context.convertSync(
      [bytesOf(this.#output)],
      most,
      input ? [bytesOf(input)] : null,
      count,
    );
    return this.#output.slice(0, check(produced, DOING, CODE));
  }
}

function bytesOf(samples: Float32Array): Buffer {
  return Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
}

/** `Float32Array [samples at toHz]` of a whole recording. */
export function resampleAll(samples: Float32Array, fromHz: number, toHz: number): Float32Array {
  const resampler = new Resampler(fromHz, toHz);
  try {
    const [head, tail] = [resampler.process(samples), resampler.flush()];
    const whole = new Float32Array(head.length + tail.length);
    whole.set(head);
    whole.set(tail, head.length);
    return whole;
  } finally {
    resampler.close();
  }
}
