import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AV_CHANNEL_LAYOUT_MONO,
  AV_SAMPLE_FMT_FLTP,
  AV_SAMPLE_FMT_S16,
  AV_SAMPLE_FMT_S16P,
} from 'node-av/constants';
import { Codec, CodecContext, FormatContext, Frame, Packet, Rational } from 'node-av/lib';
import { afterAll, describe, expect, it } from 'vitest';
import { check } from '../../src/audio/ffmpeg.ts';
import { floatToS16le } from '../../src/audio/pcm.ts';
import { readAudioFile } from '../../src/audio/read-audio-file.ts';
import { bestLag, tone } from '../support/signals.ts';
import { wavFile } from '../support/wav.ts';

const folder = mkdtempSync(join(tmpdir(), 'vultus-audio-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const sweep = (t: number) => 0.4 * Math.sin(2 * Math.PI * (200 * t + 300 * t * t));

/** Writes with FFmpeg's own encoders, so that the files are what other programs make. */
function writeSound(path: string, encoder: 'flac' | 'libmp3lame' | 'libvorbis', rateHz: number): void {
  const samples = tone(rateHz, 1, sweep);
  const container = new FormatContext();
  check(container.allocOutputContext2(null, null, path), 'container');
  const codec = Codec.findEncoderByName(encoder as never)!;
  const context = new CodecContext();
  context.allocContext3(codec);
  const format =
    encoder === 'flac'
      ? AV_SAMPLE_FMT_S16
      : encoder === 'libmp3lame'
        ? AV_SAMPLE_FMT_S16P
        : AV_SAMPLE_FMT_FLTP;
  context.sampleRate = rateHz;
  context.sampleFormat = format;
  context.channelLayout = AV_CHANNEL_LAYOUT_MONO;
  context.timeBase = new Rational(1, rateHz);
  check(context.open2Sync(codec), 'open');
  const stream = container.newStream(codec);
  check(stream.codecpar.fromContext(context), 'parameters');
  check(container.openOutputSync(), 'open file');
  check(container.writeHeaderSync(), 'header');
  const packet = new Packet();
  packet.alloc();
  const drain = () => {
    while (context.receivePacketSync(packet) >= 0) {
      packet.streamIndex = stream.index;
      packet.rescaleTs(context.timeBase, stream.timeBase);
      check(container.interleavedWriteFrameSync(packet), 'write');
    }
  };
  const size = context.frameSize || 1024;
  for (let at = 0; at < samples.length; at += size) {
    const piece = samples.slice(at, at + size);
    const bytes = format === AV_SAMPLE_FMT_FLTP ? Buffer.from(piece.buffer) : floatToS16le(piece);
    const frame = Frame.fromAudioBuffer(bytes, {
      nbSamples: piece.length,
      format,
      sampleRate: rateHz,
      channelLayout: AV_CHANNEL_LAYOUT_MONO,
      pts: BigInt(at),
    });
    check(context.sendFrameSync(frame), 'encode');
    drain();
    frame.free();
  }
  context.sendFrameSync(null);
  drain();
  check(container.writeTrailerSync(), 'trailer');
  container.closeOutputSync();
  context.freeContext();
  packet.free();
}

describe('readAudioFile', () => {
  it.each([
    [8000, 1],
    [16000, 1],
    [44100, 2],
    [96000, 2],
  ])('WAV at %i Hz with %i channels', async (rateHz, channels) => {
    const path = join(folder, `${rateHz}-${channels}.wav`);
    writeFileSync(path, wavFile(tone(rateHz, 0.5, sweep), rateHz, channels));
    const { voice48k, samples, original } = await readAudioFile(path);
    expect(original).toEqual({ sampleRateHz: rateHz, channels, durationMs: 500 });
    expect(Math.abs(voice48k.length - 24000)).toBeLessThanOrEqual(2);
    expect(Math.abs(samples.length - 8000)).toBeLessThanOrEqual(2);
    const { lag, correlation } = bestLag(tone(48000, 0.5, sweep), voice48k, 20);
    expect(lag).toBeLessThanOrEqual(1);
    expect(correlation).toBeGreaterThan(0.999);
    expect(bestLag(tone(16000, 0.5, sweep), samples, 20).lag).toBe(0);
  });

  it.each([
    ['flac', 'flac'],
    ['mp3', 'libmp3lame'],
    ['ogg', 'libvorbis'],
  ] as const)('%s', async (ending, encoder) => {
    const path = join(folder, `sound.${ending}`);
    writeSound(path, encoder, 44100);
    const { voice48k, original } = await readAudioFile(path);
    expect(original.sampleRateHz).toBe(44100);
    expect(Math.abs(original.durationMs - 1000)).toBeLessThan(60);
    const { lag, correlation } = bestLag(tone(48000, 1, sweep), voice48k, 48);
    expect(correlation).toBeGreaterThan(0.99);
    expect(lag).toBeLessThanOrEqual(2);
  });

  it('says what it cannot read', async () => {
    const notSound = join(folder, 'text.wav');
    writeFileSync(notSound, 'this is not a sound');
    const cut = join(folder, 'cut.wav');
    writeFileSync(cut, wavFile(tone(16000, 0.5, sweep), 16000, 1).subarray(0, 30));
    const empty = join(folder, 'empty.wav');
    writeFileSync(empty, wavFile(new Float32Array(0), 16000, 1));
    for (const path of [notSound, cut, empty, join(folder, 'absent.wav'), folder]) {
      await expect(readAudioFile(path)).rejects.toMatchObject({ code: 'audio_unreadable' });
    }
  });
});
