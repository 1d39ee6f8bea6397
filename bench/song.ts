/**
 * Where a stereo recording of a song has its voice. In a studio mix the singer stands in the middle, the same in
 * left and right, and the instruments to the sides: what both channels have alike above the bass is the voice.
 * In the song of ../shared/data it is 20 dB louder where she sings than where she pauses.
 */
import {
  AV_CHANNEL_LAYOUT_STEREO,
  AV_SAMPLE_FMT_FLTP,
  AVMEDIA_TYPE_AUDIO,
  type AVSampleFormat,
} from 'node-av/constants';
import { Codec, CodecContext, FormatContext, Frame, Packet, SoftwareResampleContext } from 'node-av/lib';
import { check, drained } from '../src/audio/ffmpeg.ts';
import { MOTION_FRAME_MS } from '../src/contract/motion-frame.ts';
import { spectrumAt } from './fft.ts';
import { join } from './fixtures.ts';
import { mean, quantile } from './statistics.ts';

const CODE = 'audio_unreadable';
const RATE_HZ = 48000;
const WINDOW = 4096;
const VOICE_BAND_HZ = [300, 4000];
/** Likeness of left and right from which a part of the spectrum counts as being in the middle. */
const IN_THE_MIDDLE = 0.9;
/** Against the loudest twentieth of the voice; pauses are looked for in the mean over half a second. */
const SUNG_DB = -12;
const PAUSE_DB = -16;
const PAUSE_MEAN_FRAMES = 13;
/** Shorter pauses are breath; and around each the mouth may still close or open already. */
const SHORTEST_PAUSE_S = 2;
const PAUSE_EDGE_S = 0.5;

export interface Song {
  /** Left and right mixed, at 48 kHz. */
  mix: Float32Array;
  /** Per motion frame, root of the power in the voice's band: of what is in the middle, and of all. */
  voiceLevel: Float64Array;
  mixLevel: Float64Array;
  /** Motion frames at which she surely sings, and those well inside of passages without voice. */
  sung: number[];
  instrumental: number[];
}

export async function analyseSong(file: string): Promise<Song> {
  const [left, right] = await readStereo(file);
  const mix = left.map((value, i) => 0.5 * (value + right[i]));
  const frames = Math.floor((mix.length / RATE_HZ) * (1000 / MOTION_FRAME_MS));
  const voiceLevel = new Float64Array(frames);
  const mixLevel = new Float64Array(frames);
  const [firstBin, lastBin] = VOICE_BAND_HZ.map((hz) => Math.round((hz * WINDOW) / RATE_HZ));
  for (let frame = 0; frame < frames; frame++) {
    const centre = (frame + 0.5) * (MOTION_FRAME_MS / 1000) * RATE_HZ;
    const [a, b] = [spectrumAt(left, centre, WINDOW), spectrumAt(right, centre, WINDOW)];
    let [middle, all] = [0, 0];
    for (let bin = firstBin; bin <= lastBin; bin++) {
      const power = a.real[bin] ** 2 + a.imaginary[bin] ** 2 + b.real[bin] ** 2 + b.imaginary[bin] ** 2;
      const common = 2 * (a.real[bin] * b.real[bin] + a.imaginary[bin] * b.imaginary[bin]);
      const likeness = common / (power + 1e-12);
      all += power;
      if (likeness > IN_THE_MIDDLE) middle += power;
    }
    voiceLevel[frame] = Math.sqrt(middle);
    mixLevel[frame] = Math.sqrt(all);
  }
  const loud = quantile(voiceLevel, 0.95);
  const aboveDb = (level: number, db: number) => level > loud * 10 ** (db / 20);
  const sung = [...voiceLevel.keys()].filter((frame) => aboveDb(voiceLevel[frame], SUNG_DB));
  const instrumental = pauses(smooth(voiceLevel, PAUSE_MEAN_FRAMES), (level) => !aboveDb(level, PAUSE_DB));
  return { mix, voiceLevel, mixLevel, sung, instrumental };
}

function smooth(level: Float64Array, frames: number): Float64Array {
  const reach = frames >> 1;
  return level.map((_, at) => mean(level.subarray(Math.max(0, at - reach), at + reach + 1)));
}

/** Frames inside of long runs without voice, away from their edges. */
export function pauses(level: Float64Array, isSilent: (level: number) => boolean): number[] {
  const frameS = MOTION_FRAME_MS / 1000;
  const edge = Math.round(PAUSE_EDGE_S / frameS);
  const inside: number[] = [];
  for (let first = 0; first < level.length; first++) {
    let end = first;
    while (end < level.length && isSilent(level[end])) end++;
    if ((end - first) * frameS >= SHORTEST_PAUSE_S) {
      for (let frame = first + edge; frame < end - edge; frame++) inside.push(frame);
    }
    first = end;
  }
  return inside;
}

/** Left and right at 48 kHz. Throws `audio_unreadable`. */
async function readStereo(file: string): Promise<[Float32Array, Float32Array]> {
  const container = new FormatContext();
  const decoder = new CodecContext();
  const converter = new SoftwareResampleContext();
  const packet = new Packet();
  packet.alloc();
  const frame = new Frame();
  frame.alloc();
  const pieces: [Float32Array[], Float32Array[]] = [[], []];
  try {
    check(await container.openInput(`file:${file}`), 'open the file', CODE);
    check(await container.findStreamInfo(null), 'look for sound', CODE);
    const streamIndex = container.findBestStream(AVMEDIA_TYPE_AUDIO, -1, -1);
    check(streamIndex, 'look for sound', CODE);
    const { codecpar } = container.streams[streamIndex];
    const codec = Codec.findDecoder(codecpar.codecId)!;
    decoder.allocContext3(codec);
    check(decoder.parametersToContext(codecpar), 'read the sound format', CODE);
    check(decoder.open2Sync(codec), 'open the decoder', CODE);
    const { sampleRate, sampleFormat, channelLayout } = decoder;
    const target = [AV_CHANNEL_LAYOUT_STEREO, AV_SAMPLE_FMT_FLTP, RATE_HZ] as const;
    const set = converter.allocSetOpts2(...target, channelLayout, sampleFormat as AVSampleFormat, sampleRate);
    check(set, 'convert the sound', CODE);
    check(converter.init(), 'convert the sound', CODE);
    const take = (input: Frame | null) => {
      const output = new Frame();
      output.alloc();
      output.format = AV_SAMPLE_FMT_FLTP;
      output.sampleRate = RATE_HZ;
      output.channelLayout = AV_CHANNEL_LAYOUT_STEREO;
      check(converter.convertFrame(output, input), 'convert the sound', CODE);
      for (const side of [0, 1]) {
        const plane = output.data?.[side];
        if (!plane || output.nbSamples === 0) continue;
        pieces[side].push(new Float32Array(new Uint8Array(plane.subarray(0, output.nbSamples * 4)).buffer));
      }
      output.free();
    };
    const takeDecoded = () => {
      while (!drained(decoder.receiveFrameSync(frame), 'decode', CODE)) {
        take(frame);
        frame.unref();
      }
    };
    while (!drained(await container.readFrame(packet), 'read the file', CODE)) {
      if (packet.streamIndex === streamIndex) {
        check(decoder.sendPacketSync(packet), 'decode', CODE);
        takeDecoded();
      }
      packet.unref();
    }
    check(decoder.sendPacketSync(null), 'decode', CODE);
    takeDecoded();
    take(null);
  } finally {
    packet.free();
    frame.free();
    converter.free();
    decoder.freeContext();
    await container.closeInput();
  }
  return [join(pieces[0]), join(pieces[1])];
}
