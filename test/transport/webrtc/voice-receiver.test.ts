import { describe, expect, it } from 'vitest';
import { OpusEncoder } from '../../../src/audio/opus.ts';
import { VoiceReceiver } from '../../../src/transport/webrtc/voice-receiver.ts';
import { rms, tone } from '../../support/signals.ts';

const encoder = new OpusEncoder();
const sound = tone(48000, 1, (t) => 0.4 * Math.sin(2 * Math.PI * 250 * t));
const packets = Array.from({ length: 50 }, (_, i) => encoder.encode(sound.subarray(i * 960, (i + 1) * 960)));

function receiver(): { voice: VoiceReceiver; pieces: Float32Array[]; heard: () => Float32Array } {
  const pieces: Float32Array[] = [];
  const voice = new VoiceReceiver((samples) => pieces.push(samples));
  return { voice, pieces, heard: () => Float32Array.from(pieces.flatMap((piece) => [...piece])) };
}

function inOrder(): Float32Array {
  const { voice, heard } = receiver();
  for (const [i, packet] of packets.entries()) voice.receive(i, packet);
  return heard();
}

describe('VoiceReceiver', () => {
  it('passes packets in order on at once', () => {
    const { voice, pieces } = receiver();
    for (let i = 0; i < 5; i++) {
      voice.receive((65533 + i) & 0xffff, packets[i]);
      expect(pieces.length).toBe(i + 1);
    }
  });

  it('puts packets that overtook each other back in order', () => {
    const { voice, heard } = receiver();
    const order = packets.map((_, i) => i);
    for (let i = 4; i + 1 < order.length; i += 5) [order[i], order[i + 1]] = [order[i + 1], order[i]];
    for (const i of order) voice.receive(i, packets[i]);
    expect(heard()).toEqual(inOrder());
    expect(voice.concealed).toBe(0);
  });

  it('conceals what is lost: the sound goes on and keeps its length', () => {
    const { voice, heard } = receiver();
    for (const [i, packet] of packets.entries()) if (i % 10 !== 9) voice.receive(i, packet);
    // The last loss is not known yet: nothing came after it.
    expect(voice.concealed).toBe(4);
    expect(heard().length).toBe(49 * 960);
    const atLoss = heard().subarray(9 * 960, 10 * 960);
    expect(rms(atLoss)).toBeGreaterThan(0.1);
  });

  it('ignores what comes twice or too late', () => {
    const { voice, pieces } = receiver();
    for (const i of [0, 0, 1, 2, 1, 3, 0]) voice.receive(i, packets[i]);
    expect(pieces.length).toBe(4);
  });

  it('starts anew after a long gap instead of concealing it', () => {
    const { voice, pieces } = receiver();
    voice.receive(0, packets[0]);
    voice.receive(5000, packets[1]);
    voice.receive(5001, packets[2]);
    expect(pieces.length).toBe(3);
    expect(voice.concealed).toBe(0);
  });

  it('treats a damaged packet as lost', () => {
    const { voice, pieces } = receiver();
    voice.receive(0, packets[0]);
    voice.receive(1, Uint8Array.of(0xff, 0x3f, 1));
    voice.receive(2, packets[2]);
    expect(pieces.map(({ length }) => length)).toEqual([960, 960, 960]);
    expect(voice.concealed).toBe(1);
    voice.receive(3, new Uint8Array(0));
    expect(pieces.length).toBe(3);
  });
});
