import { describe, expect, it } from 'vitest';
import { OpusEncoder } from '../../src/audio/opus.ts';
import { VoiceBuffer } from '../../src/audio/voice-buffer.ts';
import { randomNumbers } from '../../src/random.ts';
import { rms, tone } from '../support/signals.ts';
import { throughNetwork, type VoiceNetwork } from '../support/voice-network.ts';

const encoder = new OpusEncoder();
/** A voiced sound of 150 Hz with overtones; packets repeat after 10 s. */
const sound = tone(48000, 10, (t) => 0.2 * Math.sin(942 * t) + 0.1 * Math.sin(1885 * t));
const packets = Array.from({ length: 500 }, (_, i) => encoder.encode(sound.subarray(i * 960, (i + 1) * 960)));
const packetAt = (index: number) => packets[index % packets.length];

function heard(network: VoiceNetwork, count = 500) {
  const { buffer, pieces } = throughNetwork(packetAt, count, network);
  const samples = pieces.flatMap((piece) => [...piece.samples]);
  const { concealedMs, playedMs, delayMs } = buffer.figures;
  return { pieces, samples, delayMs, concealed: concealedMs / playedMs };
}

describe('VoiceBuffer', () => {
  it('passes a steady stream on with next to no delay and nothing made up', () => {
    const { samples, delayMs, concealed } = heard({});
    expect(samples.length).toBeGreaterThan(498 * 960);
    expect(delayMs).toBeLessThan(20);
    // The end of the stream can't be told from loss.
    expect(concealed).toBeLessThan(0.011);
  });

  it.each([10, 40, 100])('waits as long as a jitter of %i ms asks for, and no longer', (jitterMs) => {
    const { pieces, delayMs, concealed } = heard({ jitterMs });
    expect(delayMs).toBeGreaterThan(0.4 * jitterMs);
    expect(delayMs).toBeLessThan(jitterMs + 30);
    expect(concealed).toBeLessThan(0.06);
    // Never a hole: by the clock there is as much voice as time has passed.
    const from = pieces[0].atMs;
    let until = from;
    for (const { atMs, samples } of pieces) {
      expect(atMs - until).toBeLessThan(20);
      until += samples.length / 48;
    }
  });

  it('conceals what is lost: the sound goes on and keeps its length', () => {
    const { samples, concealed } = heard({ loss: 0.1 });
    expect(concealed).toBeGreaterThan(0.05);
    expect(concealed).toBeLessThan(0.16);
    expect(samples.length / 48000).toBeGreaterThan(9.8);
    expect(samples.length / 48000).toBeLessThan(10.4);
    for (let at = 4800; at + 960 < 9.5 * 48000; at += 960)
      expect(rms(Float32Array.from(samples.slice(at, at + 960)))).toBeGreaterThan(0.02);
  });

  it('makes up four of a hundred at a loss of 20 %, where packets carry the one before', () => {
    expect(heard({ loss: 0.2, redundant: true }, 2000).concealed).toBeLessThan(0.06);
    expect(heard({ loss: 0.2 }, 2000).concealed).toBeGreaterThan(0.15);
  });

  it('keeps the pitch where it shortens or lengthens', () => {
    const { samples } = heard({ jitterMs: 60 });
    const piece = samples.slice(4 * 48000, 6 * 48000);
    const crossings = piece.filter((value, i) => i > 0 && piece[i - 1] < 0 && value >= 0).length;
    expect(crossings / 2).toBeGreaterThan(146);
    expect(crossings / 2).toBeLessThan(154);
  });

  it.each([
    [100, 20],
    [-100, 10],
  ])(
    'follows a clock that is %i ppm off for %i minutes: no more, no less',
    (driftPpm, minutes) => {
      const delays: number[] = [];
      let played = 0;
      const { buffer } = throughNetwork(
        packetAt,
        3000 * minutes,
        { driftPpm, jitterMs: 15 },
        (samples, _, it) => {
          played += samples.length;
          if (played % 480_000 < 960) delays.push(it.figures.delayMs);
        },
      );
      expect(Math.max(...delays.slice(2))).toBeLessThan(45);
      expect(Math.min(...delays.slice(2))).toBeGreaterThan(2);
      // By our clock: an hour of theirs is shorter or longer by 0.36 s.
      expect(Math.abs(played / 48 - (60_000 * minutes) / (1 + driftPpm / 1e6))).toBeLessThan(150);
      expect(buffer.figures.concealedMs / buffer.figures.playedMs).toBeLessThan(0.001);
    },
    60_000,
  );

  it('is silent while the sender is, and goes on at once', () => {
    const talks = (index: number) => Math.floor(index / 50) % 2 === 0;
    const { pieces, buffer } = throughNetwork(
      (index) => (talks(index) ? packetAt(index) : undefined),
      500,
      {},
    );
    const seconds = pieces.reduce((sum, { samples }) => sum + samples.length, 0) / 48000;
    // Five seconds of voice; each of its ends can't be told from loss for a tenth of a second.
    expect(seconds).toBeGreaterThan(4.9);
    expect(seconds).toBeLessThan(5.6);
    expect(buffer.figures.delayMs).toBeLessThan(25);
  });

  it('goes on with the newest voice after a network that held everything back', () => {
    const passed: Float32Array[] = [];
    const buffer = new VoiceBuffer((samples) => passed.push(samples));
    const send = (index: number, nowMs: number) =>
      buffer.receive({ sequenceNumber: index, timestamp: index * 960 }, packetAt(index), nowMs);
    for (let i = 0; i < 100; i++) send(i, i * 20);
    for (let nowMs = 2000; nowMs < 5000; nowMs += 5) buffer.play(nowMs);
    expect(buffer.playing).toBe(false);
    for (let i = 100; i < 250; i++) send(i, 5000);
    for (let i = 250; i < 350; i++) {
      send(i, i * 20);
      for (let nowMs = i * 20; nowMs < i * 20 + 20; nowMs += 5) buffer.play(nowMs);
    }
    expect(buffer.figures.delayMs).toBeLessThan(60);
  });

  it('treats damaged packets as lost, and starts anew where the numbers jump', () => {
    const { buffer, pieces } = throughNetwork(
      (index) => (index % 10 === 5 ? Uint8Array.of(0xff, 0x3f, 1) : packetAt(index)),
      100,
      {},
    );
    expect(buffer.figures.concealedMs).toBeGreaterThanOrEqual(200);
    expect(pieces.length).toBeGreaterThan(98);
    const before = buffer.figures.playedMs;
    for (let i = 0; i < 10; i++)
      buffer.receive(
        { sequenceNumber: 20_000 + i, timestamp: 3_000_000_000 + i * 960 },
        packets[i],
        90_000 + i * 20,
      );
    buffer.play(90_300);
    expect(buffer.figures.playedMs - before).toBeGreaterThan(180);
    expect(buffer.figures.delayMs).toBeLessThan(30);
  });

  it('ignores what comes twice or too late', () => {
    let played = 0;
    const buffer = new VoiceBuffer((samples) => {
      played += samples.length;
    });
    for (const [step, i] of [0, 0, 1, 2, 1, 3, 0].entries())
      buffer.receive({ sequenceNumber: i, timestamp: i * 960 }, packets[i], step * 20);
    for (let nowMs = 120; nowMs < 160; nowMs += 5) buffer.play(nowMs);
    expect(played).toBeLessThanOrEqual(8 * 960);
  });

  it('lives through numbers and payloads of pure chance, and never makes more than time has passed', () => {
    const random = randomNumbers(11);
    let played = 0;
    const buffer = new VoiceBuffer((samples) => {
      played += samples.length;
    });
    let nowMs = 0;
    for (let i = 0; i < 5000; i++) {
      nowMs += 10 * random();
      const near = random() < 0.7;
      const numbers = near
        ? { sequenceNumber: (i + Math.floor(10 * random())) & 0xffff, timestamp: (i * 960) >>> 0 }
        : { sequenceNumber: Math.floor(65_536 * random()), timestamp: Math.floor(2 ** 32 * random()) };
      const payload =
        random() < 0.5 ? packetAt(i) : Uint8Array.from({ length: 40 * random() }, () => 256 * random());
      buffer.receive(numbers, payload, nowMs);
      buffer.play(nowMs);
    }
    // A packet of 120 ms may be under way.
    expect(played / 48).toBeLessThan(nowMs + 120);
    buffer.close();
  });
});
