/**
 * FFmpeg as a WHIP publisher, in a process of its own: a hum, and black pictures where they are wanted. Forked with an
 * address, a token and what it sends; it sends in real time until it is told to end, and then says goodbye.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  AV_CHANNEL_LAYOUT_STEREO,
  AV_CODEC_FLAG_GLOBAL_HEADER,
  AV_SAMPLE_FMT_FLT,
  type FFEncoderCodec,
} from 'node-av/constants';
import { Codec, CodecContext, FormatContext, Frame, Packet, Rational, type Stream } from 'node-av/lib';
import { check, drained, type OptionTable, setOptions } from '../../src/audio/ffmpeg.ts';
import { describePictures, PictureFrame } from '../../src/media/picture-frame.ts';

const RATE_HZ = 48_000;
const PICTURE_MS = 40;
const SIDE = 320;

const [url, token, sends] = process.argv.slice(2);
const container = new FormatContext();
check(container.allocOutputContext2(null, 'whip', url), 'create a WHIP publisher');
const audio = addTrack('libopus', {}, (context) => {
  context.sampleRate = RATE_HZ;
  context.sampleFormat = AV_SAMPLE_FMT_FLT;
  context.channelLayout = AV_CHANNEL_LAYOUT_STEREO;
  context.timeBase = new Rational(1, RATE_HZ);
  context.bitRate = 64_000n;
});
const video =
  sends === 'video'
    ? addTrack('libx264', { preset: 'ultrafast', tune: 'zerolatency', profile: 'baseline' }, (context) => {
        describePictures(context, SIDE, SIDE);
        context.timeBase = new Rational(1, 1000 / PICTURE_MS);
        context.gopSize = 50;
      })
    : undefined;
setOptions(container, { ...(token && { authorization: token }), handshake_timeout: 20_000 });
check(await container.writeHeader(), 'publish');
process.send?.('publishing');

const packet = new Packet();
packet.alloc();
const black = new PictureFrame(SIDE, SIDE);
const picture = {
  width: SIDE,
  height: SIDE,
  data: new Uint8Array(SIDE ** 2 * 1.5).fill(128).fill(16, 0, SIDE ** 2),
};
let ended = false;
process.once('message', () => {
  ended = true;
});
const startMs = performance.now();
for (let piece = 0; !ended; piece++) {
  const { frameSize } = audio.context;
  const atMs = (1000 * piece * frameSize) / RATE_HZ;
  await sleep(Math.max(0, startMs + atMs - performance.now()));
  await encode(audio, hum(piece, frameSize), 'encode the hum');
  if (video && atMs % PICTURE_MS === 0) {
    const frame = black.fill(picture, BigInt(atMs / PICTURE_MS), false);
    await encode(video, frame, 'encode a picture');
  }
}
check(await container.writeTrailer(), 'say goodbye');
process.exit(0);

interface Track {
  context: CodecContext;
  stream: Stream;
}

function addTrack(encoder: string, options: OptionTable, configure: (context: CodecContext) => void): Track {
  const codec = Codec.findEncoderByName(encoder as FFEncoderCodec);
  if (!codec) throw new Error(`this FFmpeg has no ${encoder}`);
  const context = new CodecContext();
  context.allocContext3(codec);
  configure(context);
  setOptions(context, options);
  context.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER);
  check(context.open2Sync(codec), `open ${encoder}`);
  const stream = container.newStream(codec);
  stream.timeBase = context.timeBase;
  check(stream.codecpar.fromContext(context), `describe ${encoder}`);
  return { context, stream };
}

/** 300 Hz, the same on both sides. */
function hum(piece: number, frameSize: number): Frame {
  const samples = Float32Array.from({ length: 2 * frameSize }, (_, i) => {
    const at = piece * frameSize + (i >> 1);
    return 0.3 * Math.sin((2 * Math.PI * 300 * at) / RATE_HZ);
  });
  return Frame.fromAudioBuffer(Buffer.from(samples.buffer), {
    nbSamples: frameSize,
    format: AV_SAMPLE_FMT_FLT,
    sampleRate: RATE_HZ,
    channelLayout: AV_CHANNEL_LAYOUT_STEREO,
    pts: BigInt(piece * frameSize),
  });
}

async function encode({ context, stream }: Track, frame: Frame, doing: string): Promise<void> {
  check(context.sendFrameSync(frame), doing);
  while (!drained(context.receivePacketSync(packet), doing)) {
    packet.streamIndex = stream.index;
    packet.rescaleTs(context.timeBase, stream.timeBase);
    check(await container.interleavedWriteFrame(packet), 'send a packet');
    packet.unref();
  }
}
