import { OpusEncoder } from '../../src/audio/opus.ts';
import { throughNetwork, type VoiceNetwork } from '../../test/support/voice-network.ts';
import { atMost, type Row } from '../report.ts';

const MINUTE = 3000;
const HOUR = 60 * MINUTE;
const WAYS: readonly (VoiceNetwork & { name: string })[] = [
  { name: 'loss 5 %', loss: 0.05 },
  { name: 'loss 5 %, redundant', loss: 0.05, redundant: true },
  { name: 'loss 20 %', loss: 0.2 },
  { name: 'loss 20 %, redundant', loss: 0.2, redundant: true },
  { name: 'jitter 20 ms', jitterMs: 20 },
  { name: 'jitter 60 ms', jitterMs: 60 },
  { name: 'jitter 150 ms', jitterMs: 150 },
  { name: 'loss 10 %, jitter 40 ms, redundant', loss: 0.1, jitterMs: 40, redundant: true },
];

/** Five minutes of a microphone through each network, and an hour each on clocks that differ by 100 ppm. */
export function voiceInRows(voice: Float32Array): Row[] {
  const encoder = new OpusEncoder({ bitrateKbps: 32 });
  const count = Math.floor(voice.length / encoder.samplesPerPacket);
  const packets = Array.from({ length: count }, (_, i) =>
    encoder.encode(voice.subarray(i * encoder.samplesPerPacket, (i + 1) * encoder.samplesPerPacket)),
  );
  encoder.close();
  const packetAt = (index: number) => packets[index % count];
  const rows = WAYS.map(({ name, ...network }): Row => {
    const { meanDelayMs, madeUpPercent } = listen(packetAt, 5 * MINUTE, network);
    const value = `${meanDelayMs.toFixed(0)} ms added, ${madeUpPercent.toFixed(1)} % made up`;
    const isBarred = network.loss === 0.2 && network.redundant;
    return {
      measure: `voice in: ${name}`,
      value,
      ...(isBarred && { bar: 'made up ≤ 6 %', met: madeUpPercent <= 6 }),
    };
  });
  for (const driftPpm of [100, -100]) {
    const { longestDelayMs } = listen(packetAt, HOUR, { driftPpm, jitterMs: 15 });
    rows.push(
      atMost(`voice in: an hour at ${driftPpm} ppm, jitter 15 ms: longest delay`, longestDelayMs, 60, 'ms'),
    );
  }
  return rows;
}

function listen(packetAt: (index: number) => Uint8Array, packets: number, network: VoiceNetwork) {
  let [sum, pieces, longestDelayMs] = [0, 0, 0];
  const { buffer } = throughNetwork(packetAt, packets, network, (_samples, nowMs, { figures }) => {
    // It has to learn the network first.
    if (nowMs < 10_000) return;
    sum += figures.delayMs;
    pieces++;
    longestDelayMs = Math.max(longestDelayMs, figures.delayMs);
  });
  const { concealedMs, playedMs } = buffer.figures;
  buffer.close();
  return { meanDelayMs: sum / pieces, madeUpPercent: (100 * concealedMs) / playedMs, longestDelayMs };
}
