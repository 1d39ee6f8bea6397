import {
  AV_CHANNEL_LAYOUT_MONO,
  AV_SAMPLE_FMT_FLT,
  AVMEDIA_TYPE_AUDIO,
  type AVSampleFormat,
} from 'node-av/constants';
import {
  avChannelLayoutDefault,
  Codec,
  CodecContext,
  FormatContext,
  Frame,
  Packet,
  type SoftwareResampleContext,
} from 'node-av/lib';
import { VultusError } from '../errors.ts';
import { check, drained } from './ffmpeg.ts';
import { openResampleContext, resampleAll } from './resampler.ts';
import { VOICE_RATE_HZ } from './voice-decoder.ts';

export interface AudioFile {
  /** `Float32Array [samples at 48 kHz]`, mono: what sessions take. */
  voice48k: Float32Array;
  /** `Float32Array [samples at 16 kHz]`, mono: what the model hears. */
  samples: Float32Array;
  original: { sampleRateHz: number; channels: number; durationMs: number };
}

const CODE = 'audio_unreadable';

/**
 * Reads a sound file (WAV, FLAC, Ogg, MP3 or what else FFmpeg decodes); channels are mixed to one.
 * Throws `audio_unreadable`.
 */
export async function readAudioFile(path: string): Promise<AudioFile> {
  const container = new FormatContext();
  try {
    // `file:` keeps a path from being taken for one of FFmpeg's other protocols.
    check(await container.openInput(`file:${path}`), 'open the file', CODE);
    check(await container.findStreamInfo(null), 'look for sound', CODE);
    const streamIndex = container.findBestStream(AVMEDIA_TYPE_AUDIO, -1, -1);
    check(streamIndex, 'look for sound', CODE);
    const decoder = openDecoder(container, streamIndex);
    try {
      return await decodeAll(container, streamIndex, decoder);
    } finally {
      decoder.freeContext();
    }
  } finally {
    await container.closeInput();
  }
}

function openDecoder(container: FormatContext, streamIndex: number): CodecContext {
  const { codecpar } = container.streams[streamIndex];
  const codec = Codec.findDecoder(codecpar.codecId);
  if (!codec) throw new VultusError(CODE, 'its codec is not known');
  const decoder = new CodecContext();
  decoder.allocContext3(codec);
  check(decoder.parametersToContext(codecpar), 'read the sound format', CODE);
  decoder.threadCount = 1;
  check(decoder.open2Sync(codec), 'open the decoder', CODE);
  return decoder;
}

async function decodeAll(
  container: FormatContext,
  streamIndex: number,
  decoder: CodecContext,
): Promise<AudioFile> {
  const mixer = new MonoMixer();
  const packet = new Packet();
  packet.alloc();
  const frame = new Frame();
  frame.alloc();
  let decoded = 0;
  const take = (): void => {
    while (!drained(decoder.receiveFrameSync(frame), 'decode', CODE)) {
      decoded += frame.nbSamples;
      mixer.add(frame);
      frame.unref();
    }
  };
  try {
    while (!drained(await container.readFrame(packet), 'read the file', CODE)) {
      if (packet.streamIndex === streamIndex) {
        check(decoder.sendPacketSync(packet), 'decode', CODE);
        take();
      }
      packet.unref();
    }
    check(decoder.sendPacketSync(null), 'decode', CODE);
    take();
    const voice48k = mixer.finish();
    if (voice48k.length === 0) throw new VultusError(CODE, 'it holds no sound');
    const { sampleRate, channels } = decoder;
    return {
      voice48k,
      samples: resampleAll(voice48k, VOICE_RATE_HZ, 16000),
      original: { sampleRateHz: sampleRate, channels, durationMs: (1000 * decoded) / sampleRate },
    };
  } finally {
    mixer.close();
    packet.free();
    frame.free();
  }
}

/** Frames of any format and layout, which may change in mid-file, to 48 kHz mono float. */
class MonoMixer {
  readonly #pieces: Float32Array[] = [];
  #converter: SoftwareResampleContext | undefined;
  #format = '';

  add(frame: Frame): void {
    const { sampleRate, channels, format } = frame;
    const layout = frame.channelLayout.mask ? frame.channelLayout : avChannelLayoutDefault(channels);
    const key = `${sampleRate} ${format} ${layout.nbChannels} ${layout.mask}`;
    if (key !== this.#format) {
      this.#drain();
      this.#format = key;
      this.#converter = openResampleContext(
        { layout, format: format as AVSampleFormat, rateHz: sampleRate },
        VOICE_RATE_HZ,
      );
    }
    // A frame without a layout does not fit a converter that has one.
    frame.channelLayout = layout;
    this.#convert(frame);
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

  close(): void {
    this.#converter?.free();
    this.#converter = undefined;
  }

  #drain(): void {
    if (this.#converter) this.#convert(null);
    this.close();
  }

  #convert(input: Frame | null): void {
    const output = new Frame();
    output.alloc();
    output.format = AV_SAMPLE_FMT_FLT;
    output.sampleRate = VOICE_RATE_HZ;
    output.channelLayout = AV_CHANNEL_LAYOUT_MONO;
    check(this.#converter!.convertFrame(output, input), 'convert the sound', CODE);
    const plane = output.data?.[0];
    if (plane && output.nbSamples > 0) {
      const bytes = new Uint8Array(plane.subarray(0, output.nbSamples * 4));
      this.#pieces.push(new Float32Array(bytes.buffer));
    }
    output.free();
  }
}
