import { AVERROR_EAGAIN, AVERROR_EOF, AVMEDIA_TYPE_AUDIO } from 'node-av/constants';
import { Codec, CodecContext, FFmpegError, FormatContext, Frame, Packet } from 'node-av/lib';
import { VultusError } from '../errors.ts';
import { check } from './ffmpeg.ts';
import { MonoMixer } from './mono-mixer.ts';
import { resampleAll } from './resampler.ts';
import { VOICE_RATE_HZ } from './voice-decoder.ts';

export interface AudioFile {
  /** `Float32Array [samples at 48 kHz]`, mono: what sessions take. */
  voice48k: Float32Array;
  /** `Float32Array [samples at 16 kHz]`, mono: what the model hears. */
  samples: Float32Array;
  original: { sampleRateHz: number; channels: number; durationMs: number };
  /** What was wrong with it and how it was helped, a sentence each. */
  warnings: readonly string[];
}

const CODE = 'audio_unreadable';
/** What sound is recorded with; a header that says something else is damaged, or made to be expensive. */
const RATES_HZ = { least: 4000, most: 384_000 };
const MOST_CHANNELS = 32;

/**
 * Reads a sound file (WAV, FLAC, Ogg, MP3 or what else FFmpeg decodes); channels are mixed to one. Damaged packets
 * are left out.
 * @throws VultusError `audio_unreadable`
 */
export async function readAudioFile(path: string): Promise<AudioFile> {
  const mixed = await decodeFile(path);
  const { quietedChannel } = mixed;
  const read = quietedChannel === undefined ? mixed : await decodeFile(path, quietedChannel);
  const { voice48k, original, damagedPackets, brokenSamples } = read;
  const warnings: string[] = [];
  if (damagedPackets > 0) {
    warnings.push(`Left out of the sound: ${count(damagedPackets, 'damaged packet')}.`);
  }
  if (brokenSamples > 0) {
    warnings.push(`Made silent: ${count(brokenSamples, 'sample')} without a finite value.`);
  }
  if (quietedChannel !== undefined) {
    warnings.push(
      `The channels cancel each other out: the voice is taken from channel ${quietedChannel + 1}.`,
    );
  }
  return { voice48k, samples: resampleAll(voice48k, VOICE_RATE_HZ, 16000), original, warnings };
}

const count = (number: number, what: string) => `${number} ${what}${number === 1 ? '' : 's'}`;

interface Decoded extends Pick<AudioFile, 'voice48k' | 'original'> {
  damagedPackets: number;
  brokenSamples: number;
  /** See `MonoMixer`. */
  quietedChannel: number | undefined;
}

/** `channel`: the one to take, in place of a mix of all. */
async function decodeFile(path: string, channel?: number): Promise<Decoded> {
  const container = new FormatContext();
  try {
    // `file:` keeps a path from being taken for one of FFmpeg's other protocols.
    check(await container.openInput(`file:${path}`), 'open the file', CODE);
    check(await container.findStreamInfo(null), 'look for sound', CODE);
    const streamIndex = container.findBestStream(AVMEDIA_TYPE_AUDIO, -1, -1);
    check(streamIndex, 'look for sound', CODE);
    const decoder = openDecoder(container, streamIndex);
    try {
      return await decodeAll(container, streamIndex, decoder, new MonoMixer(channel));
    } finally {
      decoder.freeContext();
    }
  } finally {
    await container.closeInput();
  }
}

function openDecoder(container: FormatContext, streamIndex: number): CodecContext {
  const { codecpar } = container.streams[streamIndex];
  const { sampleRate, channels } = codecpar;
  if (!isUsual(sampleRate, channels)) {
    throw new VultusError(CODE, `its header says ${sampleRate} Hz and ${channels} channels`);
  }
  const codec = Codec.findDecoder(codecpar.codecId);
  if (!codec) throw new VultusError(CODE, 'its codec is not known');
  const decoder = new CodecContext();
  decoder.allocContext3(codec);
  check(decoder.parametersToContext(codecpar), 'read the sound format', CODE);
  decoder.threadCount = 1;
  check(decoder.open2Sync(codec), 'open the decoder', CODE);
  return decoder;
}

function isUsual(rateHz: number, channels: number): boolean {
  return rateHz >= RATES_HZ.least && rateHz <= RATES_HZ.most && channels >= 1 && channels <= MOST_CHANNELS;
}

/** Closes the mixer. */
async function decodeAll(
  container: FormatContext,
  streamIndex: number,
  decoder: CodecContext,
  mixer: MonoMixer,
): Promise<Decoded> {
  const packet = new Packet();
  packet.alloc();
  const frame = new Frame();
  frame.alloc();
  let decoded = 0;
  let damagedPackets = 0;
  let damage = 'it holds no sound';
  /** Whether the call gave something; a failure is counted, and what follows is tried. */
  const worked = (result: number): boolean => {
    if (result >= 0) return true;
    if (result === AVERROR_EAGAIN || result === AVERROR_EOF) return false;
    if (damagedPackets++ === 0) damage = FFmpegError.strerror(result);
    return false;
  };
  const decode = (input: Packet | null): void => {
    if (!worked(decoder.sendPacketSync(input))) return;
    while (worked(decoder.receiveFrameSync(frame))) {
      if (isUsual(frame.sampleRate, frame.channels)) {
        decoded += frame.nbSamples;
        mixer.add(frame);
      } else damagedPackets++;
      frame.unref();
    }
  };
  try {
    while (worked(await container.readFrame(packet))) {
      if (packet.streamIndex === streamIndex) decode(packet);
      packet.unref();
    }
    decode(null);
    const voice48k = mixer.finish();
    if (voice48k.length === 0) throw new VultusError(CODE, damage);
    const { sampleRate, channels } = decoder;
    const original = { sampleRateHz: sampleRate, channels, durationMs: (1000 * decoded) / sampleRate };
    const { brokenSamples, quietedChannel } = mixer;
    return { voice48k, original, damagedPackets, brokenSamples, quietedChannel };
  } finally {
    mixer.close();
    packet.free();
    frame.free();
  }
}
