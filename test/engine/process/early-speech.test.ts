import { afterAll, beforeAll, expect, it } from 'vitest';
import { mean } from '../../../bench/statistics.ts';
import type { LatencyMode } from '../../../src/contract/latency.ts';
import { MOTION, PCM_VOICE, streamOf } from '../../../src/contract/outputs.ts';
import type { MotionModel } from '../../../src/model/motion-model.ts';
import { builtinMotionModel, hum, openLiveSession as open } from '../../support/live-session.ts';
import { sampleVoice } from '../../support/sample-voice.ts';

let model: MotionModel;
beforeAll(async () => {
  model = await builtinMotionModel();
});
afterAll(() => model.close());

it('begins a recording as early as the face can still follow, and a microphone when it is heard', {
  timeout: 90_000,
}, async () => {
  const { live, events, run, speech, now } = open(model, 25);
  live.setStreams([PCM_VOICE, MOTION].map(streamOf));
  const said = hum(300);
  const earlierMs: Record<'recorded' | 'microphone', number[]> = { recorded: [], microphone: [] };
  let utterance = 0;
  for (const kind of ['recorded', 'microphone'] as const)
    for (let phaseMs = 0; phaseMs < 40; phaseMs += 5) {
      await run(1000 + phaseMs - (now() % 40));
      const atMs = live.clock.startMs(0) + now();
      const packets = kind === 'recorded' ? [said] : [said.subarray(0, 4800), said.subarray(4800)];
      for (const packet of packets) live.pushVoice(utterance, packet, { live: kind === 'microphone' });
      live.endSpeech(utterance++);
      await run(400);
      const { value } = speech().findLast(({ name }) => name === 'speech.started')!;
      earlierMs[kind].push(atMs - (value as { mediaTimeMs: number }).mediaTimeMs);
    }
  await run(400);
  const { recorded, microphone } = earlierMs;
  for (const ms of microphone) expect(Math.abs(ms - 20)).toBeLessThanOrEqual(2);
  // Whichever frame of a block is the next: of those that pictures can still be made of.
  expect(Math.min(...recorded)).toBeGreaterThanOrEqual(65);
  expect(Math.max(...recorded)).toBeGreaterThanOrEqual(95);
  expect(mean(recorded)).toBeGreaterThanOrEqual(80);
  // All of it, once, and nothing of what had left is another now.
  const packets = events.flatMap(({ name, value }) =>
    name === 'packet' && value.kind === 'pcm' ? [value] : [],
  );
  packets.forEach(({ mediaTimeMs }, i) => {
    expect(mediaTimeMs).toBe(20 * i);
  });
  const heard = packets.flatMap(({ samples }) => [...samples]);
  for (const [i, { value }] of speech().entries()) {
    if (i % 2 === 1) expect(value).toMatchObject({ playedMs: 300, reason: 'completed' });
    else {
      const from = Math.round(48 * (value as { mediaTimeMs: number }).mediaTimeMs);
      expect(heard.slice(from - 480, from).every((sample) => sample === 0)).toBe(true);
      expect(heard.slice(from, from + 14_160)).toEqual([...said.subarray(0, 14_160)]);
    }
  }
  live.close();
});

it('opens the mouth of a recording when it opens it of a microphone, beside the sound', {
  timeout: 90_000,
}, async () => {
  const voice = await sampleVoice(6);
  const trailMs = async (latency: LatencyMode, live: boolean) => {
    const { live: session, run, speech, jaw } = open(model, 25, { latency });
    session.setStreams([PCM_VOICE, MOTION].map(streamOf));
    const trails: number[] = [];
    for (const [utterance, from] of loudOnsets(voice).slice(0, 2).entries()) {
      await run(600 + 20 * utterance);
      const rest = Math.max(
        ...jaw()
          .slice(-5)
          .map(({ open }) => open),
      );
      for (let at = 0; at < 400 * 48; at += 960) {
        session.pushVoice(utterance, voice.slice(from + at, from + at + 960), { live });
        if (live) await run(20);
      }
      session.endSpeech(utterance);
      await run(400);
      const { value } = speech().findLast(({ name }) => name === 'speech.started')!;
      const { mediaTimeMs } = value as { mediaTimeMs: number };
      const frames = jaw();
      const opened = frames.findIndex(({ atMs, open }) => atMs > mediaTimeMs - 100 && open > rest + 0.05);
      const [before, after] = [frames[opened - 1], frames[opened]];
      const share = (rest + 0.05 - before.open) / (after.open - before.open);
      trails.push(before.atMs + share * (after.atMs - before.atMs) - mediaTimeMs);
    }
    session.close();
    return mean(trails);
  };
  for (const latency of ['low', 'balanced'] as const) {
    const later = (await trailMs(latency, false)) - (await trailMs(latency, true));
    expect(Math.abs(later), latency).toBeLessThan(20);
  }
});

/** Where loud voice begins, far enough apart. */
function loudOnsets(voice: Float32Array): number[] {
  const loud = 0.15 * voice.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  const onsets: number[] = [];
  for (let at = 0; at < voice.length - 24_000; at += 48)
    if (Math.abs(voice[at]) >= loud && at - (onsets.at(-1) ?? -24_000) >= 24_000) onsets.push(at);
  return onsets;
}
