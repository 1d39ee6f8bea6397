import {
  AV_CHANNEL_LAYOUT_MONO,
  AV_CODEC_ID_PCM_ALAW,
  AV_CODEC_ID_PCM_MULAW,
  AV_SAMPLE_FMT_S16,
} from 'node-av/constants';
import { Codec, CodecContext, Frame, Packet } from 'node-av/lib';
import { describe, expect, it } from 'vitest';
import { type G711Law, g711ToFloat } from '../../src/audio/g711.ts';
import { s16leToFloat } from '../../src/audio/pcm.ts';
import { VoiceDecoder } from '../../src/audio/voice-decoder.ts';
import { g711Encoded } from '../support/g711.ts';
import { rms, tone } from '../support/signals.ts';

const OCTETS = Uint8Array.from({ length: 256 }, (_, octet) => octet);

/** What FFmpeg makes of them. */
async function decodedByFFmpeg(octets: Uint8Array, law: G711Law): Promise<Float32Array> {
  const codec = Codec.findDecoder(law === 'pcmu' ? AV_CODEC_ID_PCM_MULAW : AV_CODEC_ID_PCM_ALAW);
  const context = new CodecContext();
  context.allocContext3(codec);
  context.sampleRate = 8000;
  context.channelLayout = AV_CHANNEL_LAYOUT_MONO;
  context.sampleFormat = AV_SAMPLE_FMT_S16;
  await context.open2(codec);
  const packet = new Packet();
  packet.alloc();
  packet.data = Buffer.from(octets);
  await context.sendPacket(packet);
  const frame = new Frame();
  frame.alloc();
  await context.receiveFrame(frame);
  return s16leToFloat(frame.data![0].subarray(0, 2 * octets.length));
}

describe('G.711', () => {
  it.each(['pcmu', 'pcma'] as const)('%s: every octet as FFmpeg decodes it', async (law) => {
    expect([...g711ToFloat(OCTETS, law)]).toEqual([...(await decodedByFFmpeg(OCTETS, law))]);
  });

  it.each(['pcmu', 'pcma'] as const)('%s comes to 48 kHz as it was said, cut anywhere', (encoding) => {
    const sine = (t: number) => 0.5 * Math.sin(2 * Math.PI * 440 * t);
    const octets = g711Encoded(tone(8000, 0.3, sine), encoding);
    const decoder = new VoiceDecoder({ encoding, sampleRateHz: 8000 });
    const output: number[] = [];
    for (let at = 0; at < octets.length; at += 77)
      output.push(...decoder.decode(octets.subarray(at, at + 77)));
    output.push(...decoder.flush());
    decoder.close();
    expect(Math.abs(output.length - 14400)).toBeLessThanOrEqual(1);
    const expected = tone(48000, 0.3, sine);
    const error = Float32Array.from(output.slice(300, 14000), (value, i) => value - expected[i + 300]);
    // 38 dB below the tone, which is what eight bits of either law allow.
    expect(rms(error)).toBeLessThan(6e-3);
  });
});
