import { mean, quantile } from '../statistics.ts';
import type { Recording, SenderSample } from './run-scenario.ts';
import type { ViewerSample } from './viewer.ts';

export interface NetworkFigures {
  survived: boolean;
  /** All that left the server, headers included. */
  sentKbps: number;
  deliveredKbps: number;
  pictureKbps: number;
  framesPerS: number;
  freezes: number;
  frozenMs: number;
  /** Mean quantiser of the pictures (H.264: 0..51, the smaller the better). */
  qp: number;
  width: number;
  /** A picture waits so long in the browser's jitter buffer. */
  bufferMs: number;
  /** Median and largest |picture − voice|, positive: the picture is behind. */
  offsetMs: number;
  worstOffsetMs: number;
  /** Of the voice, in percent. */
  concealedPercent: number;
  /** Longest wait in front of the bottleneck, 95 % of the time less. */
  queueMs: number;
  keyFrames: number;
}

/** Of the part of the recording from one second to another. */
export function figures(recording: Recording, fromS: number, toS = Number.POSITIVE_INFINITY): NetworkFigures {
  const inside = ({ atMs }: { atMs: number }) =>
    atMs >= recording.startMs + fromS * 1000 && atMs <= recording.startMs + toS * 1000;
  const viewer = recording.viewer.filter(inside);
  const sender = recording.sender.filter(inside);
  const [first, last] = [viewer[0], viewer.at(-1)!];
  const gained = (key: keyof ViewerSample) => last[key] - first[key];
  const seconds = gained('atMs') / 1000;
  const rate = (key: keyof SenderSample) =>
    (sender.reduce((sum, sample) => sum + sample[key], 0) * 8) / 1000 / seconds;
  const offsets = viewer
    .filter(({ pictureMs, voiceMs }) => pictureMs > 0 && voiceMs > 0)
    .map(({ pictureMs, voiceMs }) => voiceMs - pictureMs);
  return {
    survived: recording.survived,
    sentKbps: rate('sentBytes'),
    deliveredKbps: rate('deliveredBytes'),
    pictureKbps: mean(sender.map(({ bitrateKbps }) => bitrateKbps)),
    framesPerS: gained('frames') / seconds,
    freezes: gained('freezes'),
    frozenMs: gained('frozenS') * 1000,
    qp: gained('qpSum') / Math.max(1, gained('frames')),
    width: last.width,
    bufferMs: (1000 * gained('bufferedS')) / Math.max(1, gained('buffered')),
    offsetMs: quantile(offsets, 0.5),
    worstOffsetMs: Math.max(...offsets.map(Math.abs)),
    concealedPercent: (100 * gained('concealedSamples')) / Math.max(1, gained('samples')),
    queueMs: quantile(
      sender.map(({ queueMs }) => queueMs),
      0.95,
    ),
    keyFrames: gained('keyFrames'),
  };
}

/**
 * Seconds from a moment of the scenario until pictures come at `framesPerS` again and go on for a second;
 * undefined: not within the recording.
 */
export function recoveryS(recording: Recording, fromS: number, framesPerS: number): number | undefined {
  const { viewer, startMs } = recording;
  const from = startMs + fromS * 1000;
  for (const [i, sample] of viewer.entries()) {
    if (sample.atMs < from) continue;
    const later = viewer.find(({ atMs }) => atMs >= sample.atMs + 1000);
    if (!later) return undefined;
    if (((later.frames - sample.frames) * 1000) / (later.atMs - sample.atMs) >= framesPerS)
      return (viewer[i].atMs - from) / 1000;
  }
  return undefined;
}

/** Seconds from a moment of the scenario until so much is allowed for the picture. */
export function rampS(recording: Recording, fromS: number, kbps: number): number | undefined {
  const from = recording.startMs + fromS * 1000;
  const reached = recording.sender.find(({ atMs, bitrateKbps }) => atMs >= from && bitrateKbps >= kbps);
  return reached && (reached.atMs - from) / 1000;
}
