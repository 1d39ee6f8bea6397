import { OpusDecoder } from '../../src/audio/opus.ts';
import { NEUTRAL_CONTROLS } from '../../src/contract/controls.ts';
import { squareFormat } from '../../src/contract/formats.ts';
import type { LatencyMode } from '../../src/contract/latency.ts';
import { CHANNEL } from '../../src/contract/motion-frame.ts';
import type { EngineEvent } from '../../src/contract/session-events.ts';
import { DEFAULT_SETTINGS } from '../../src/contract/session-settings.ts';
import { LiveSession } from '../../src/engine/process/live-session.ts';
import { MotionModel } from '../../src/model/motion-model.ts';
import { BUILTIN_PACK, loadPack } from '../../src/model/pack.ts';
import { GraphLoader } from '../../src/model/providers.ts';
import { rms } from './signals.ts';

export async function builtinMotionModel(): Promise<MotionModel> {
  const pack = await loadPack(BUILTIN_PACK);
  return MotionModel.open(pack, await GraphLoader.choose('cpu', pack.graphFiles.motion));
}

/**
 * A session without a face, on a clock that the test turns, from `nowMs` on; one of `sharers` in its process; each piece
 * of work takes `workMs`.
 */
export function openLiveSession(
  model: MotionModel,
  fps: 25 | 60,
  {
    nowMs = 0,
    sharers = 1,
    workMs = 0,
    latency = DEFAULT_SETTINGS.latency,
  }: { nowMs?: number; sharers?: number; workMs?: number; latency?: LatencyMode } = {},
) {
  const events: EngineEvent[] = [];
  /** When blocks of motion were made. */
  const blocks: number[] = [];
  const live = new LiveSession({
    // Pictures stay black: what counts here is when they come.
    avatar: { drawsTogether: false, draw: async () => {}, format: squareFormat(256) } as never,
    model,
    provider: 'cpu',
    settings: { ...DEFAULT_SETTINGS, avatarId: 'test', ...squareFormat(256), seed: 1, fps, latency },
    controls: NEUTRAL_CONTROLS,
    now: () => nowMs,
    emit: (event) => events.push(event),
  });
  const run = async (ms: number) => {
    for (const untilMs = nowMs + ms; nowMs < untilMs; nowMs += 2) {
      for (let job = live.step(sharers); job && nowMs < untilMs; job = live.step(sharers)) {
        if (job.awaitsCompany && sharers > 1) break;
        if (job.motion) blocks.push(nowMs);
        await job.run();
        nowMs += workMs;
      }
    }
  };
  const speech = () => events.filter(({ name }) => name === 'speech.started' || name === 'speech.ended');
  /** Loudness of each voice packet that has left, by its media time. */
  const loudness = () => {
    const decoder = new OpusDecoder();
    return events.flatMap(({ name, value }) =>
      name === 'packet' && value.kind === 'voice'
        ? [{ atMs: value.mediaTimeMs, rms: rms(decoder.decode(value.data)) }]
        : [],
    );
  };
  const jaw = () =>
    events.flatMap(({ name, value }) =>
      name === 'packet' && value.kind === 'motion'
        ? [{ atMs: value.mediaTimeMs, open: value.frame[CHANNEL.jawOpen] }]
        : [],
    );
  return { live, events, blocks, run, speech, loudness, jaw, now: () => nowMs };
}

/** A hum to speak, `Float32Array` at 48 kHz. */
export const hum = (ms: number) =>
  Float32Array.from({ length: ms * 48 }, (_, i) => 0.2 * Math.sin((2 * Math.PI * 150 * i) / 48000));
