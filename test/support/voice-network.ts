import { VoiceBuffer } from '../../src/audio/voice-buffer.ts';
import { randomNumbers } from '../../src/random.ts';

export interface VoiceNetwork {
  /** Of random loss, 0..1. */
  loss?: number;
  /** Packets come up to so much later than the quickest. */
  jitterMs?: number;
  /** Each packet carries the one before too (RFC 2198). */
  redundant?: boolean;
  /** By how much the sender's clock is faster than ours, parts per million. */
  driftPpm?: number;
  seed?: number;
}

export interface HeardVoice {
  buffer: VoiceBuffer;
  /** Pieces with the time at which they were passed on. */
  pieces: { atMs: number; samples: Float32Array }[];
}

const PACKET_MS = 20;
const TICK_MS = 5;
const DELAY_MS = 40;

/**
 * Packets of 20 ms through a network, as fast as it can be computed and the same on every run. `packetAt`: the
 * n-th packet, or undefined where the sender is silent; `each` sees what comes out at once.
 */
export function throughNetwork(
  packetAt: (index: number) => Uint8Array | undefined,
  count: number,
  network: VoiceNetwork,
  each?: (samples: Float32Array, nowMs: number, buffer: VoiceBuffer) => void,
): HeardVoice {
  const { loss = 0, jitterMs = 0, redundant = false, driftPpm = 0, seed = 1 } = network;
  const random = randomNumbers(seed);
  const pieces: HeardVoice['pieces'] = [];
  let nowMs = 0;
  const buffer: VoiceBuffer = new VoiceBuffer((samples) => {
    if (each) each(samples, nowMs, buffer);
    else pieces.push({ atMs: nowMs, samples });
  });
  const spacingMs = PACKET_MS / (1 + driftPpm / 1e6);
  let underway: { index: number; atMs: number }[] = [];
  let sent = 0;
  let sequence = 65_500;
  const numbers = new Map<number, number>();
  for (; nowMs < count * spacingMs + 1000; nowMs += TICK_MS) {
    for (; sent < count && sent * spacingMs <= nowMs; sent++) {
      if (!packetAt(sent)) continue;
      sequence = (sequence + 1) & 0xffff;
      numbers.set(sent, sequence);
      if (random() < loss) continue;
      underway.push({ index: sent, atMs: sent * spacingMs + DELAY_MS + jitterMs * random() });
    }
    const arrived = underway.filter(({ atMs }) => atMs <= nowMs).sort((a, b) => a.atMs - b.atMs);
    underway = underway.filter(({ atMs }) => atMs > nowMs);
    for (const { index } of arrived) {
      for (const each of redundant ? [index - 1, index] : [index]) {
        const payload = each >= 0 && packetAt(each);
        if (!payload) continue;
        buffer.receive({ sequenceNumber: numbers.get(each)!, timestamp: (each * 960) >>> 0 }, payload, nowMs);
      }
    }
    if (buffer.playing) buffer.play(nowMs);
    numbers.delete(sent - 1000);
  }
  return { buffer, pieces };
}
