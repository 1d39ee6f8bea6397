import {
  AV_CHANNEL_LAYOUT_MONO,
  AV_SAMPLE_FMT_FLTP,
  AV_SAMPLE_FMT_S16,
  AV_SAMPLE_FMT_S16P,
} from 'node-av/constants';
import { Codec, CodecContext, FormatContext, Frame, Packet, Rational } from 'node-av/lib';
import { check } from '../../src/audio/ffmpeg.ts';
import { floatToS16le } from '../../src/audio/pcm.ts';

/** Writes a mono file with FFmpeg's own encoders, so that it is what other programs make; its ending says which kind. */
export function writeSound(
  path: string,
  encoder: 'aac' | 'flac' | 'libmp3lame' | 'libvorbis',
  samples: Float32Array,
  rateHz: number,
): void {
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
