import { describe, expect, it } from 'vitest';
import { OPUS_LOOKAHEAD_MS, OpusDecoder, OpusEncoder, opusPacketMs } from '../../src/audio/opus.ts';
import { bestLag, rms, tone } from '../support/signals.ts';

function encodeAll(samples: Float32Array, encoder = new OpusEncoder()): Uint8Array[] {
  const packets: Uint8Array[] = [];
  const size = encoder.samplesPerPacket;
  for (let at = 0; at + size <= samples.length; at += size)
    packets.push(encoder.encode(samples.subarray(at, at + size)));
  return packets;
}

function decodeAll(packets: Uint8Array[], decoder = new OpusDecoder()): Float32Array {
  return Float32Array.from(packets.flatMap((packet) => [...decoder.decode(packet)]));
}

describe('Opus', () => {
  it('brings a voice-like sound through, later by the lookahead', () => {
    const sound = tone(48000, 1, (t) => 0.4 * Math.sin(2 * Math.PI * (150 * t + 200 * t * t)));
    const heard = decodeAll(encodeAll(sound));
    expect(heard.length).toBe(48000);
    const { lag, correlation } = bestLag(sound, heard, 600);
    expect(lag / 48).toBeCloseTo(OPUS_LOOKAHEAD_MS, 0);
    expect(correlation).toBeGreaterThan(0.98);
  });

  it('encodes 16 kHz as packets that decode at 48 kHz', () => {
    const encoder = new OpusEncoder({ sampleRateHz: 16000 });
    expect(encoder.samplesPerPacket).toBe(320);
    const heard = decodeAll(
      encodeAll(
        tone(16000, 0.5, (t) => 0.4 * Math.sin(2 * Math.PI * 300 * t)),
        encoder,
      ),
    );
    expect(heard.length).toBe(24000);
    expect(rms(heard.subarray(4800))).toBeCloseTo(0.4 / Math.SQRT2, 1);
  });

  it('conceals one lost packet with one packet of sound that goes on', () => {
    const packets = encodeAll(tone(48000, 0.4, (t) => 0.4 * Math.sin(2 * Math.PI * 200 * t)));
    const decoder = new OpusDecoder();
    for (const packet of packets.slice(0, 10)) decoder.decode(packet);
    const concealed = decoder.conceal();
    expect(concealed.length).toBe(960);
    expect(rms(concealed)).toBeGreaterThan(0.1);
    expect(decoder.decode(packets[11]).length).toBe(960);
  });

  it.each([
    ['empty', []],
    ['code 3 without a count', [0xff]],
    ['code 3 with 63 frames', [0xff, 0x3f, 1, 2, 3]],
  ])('refuses a packet that is %s', (_, bytes) => {
    const decode = () => new OpusDecoder().decode(Uint8Array.from(bytes));
    expect(decode).toThrow(expect.objectContaining({ code: 'unsupported_audio' }));
  });

  it('refuses the wrong number of samples, and use after close', () => {
    const encoder = new OpusEncoder();
    expect(() => encoder.encode(new Float32Array(959))).toThrow(
      expect.objectContaining({ code: 'encoder_failed' }),
    );
    encoder.close();
    expect(() => encoder.encode(new Float32Array(960))).toThrow(
      expect.objectContaining({ code: 'encoder_failed' }),
    );
  });

  it('reads the length of a packet from its first bytes', () => {
    expect(opusPacketMs(encodeAll(new Float32Array(960))[0])).toBe(20);
    expect(opusPacketMs(Uint8Array.of(0x18))).toBe(60);
    expect(opusPacketMs(Uint8Array.of(0x83, 3))).toBe(7.5);
    expect(opusPacketMs(Uint8Array.of(0x1b, 0x3f))).toBeUndefined();
    expect(opusPacketMs(new Uint8Array(0))).toBeUndefined();
  });
});
