import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pearson } from '../../../bench/statistics.ts';
import { OpusDecoder } from '../../../src/audio/opus.ts';
import { NEUTRAL_CONTROLS } from '../../../src/contract/controls.ts';
import { CHANNEL } from '../../../src/contract/motion-frame.ts';
import type { EngineEvent } from '../../../src/contract/session-events.ts';
import { DEFAULT_SETTINGS } from '../../../src/contract/session-settings.ts';
import { LiveSession } from '../../../src/engine/process/live-session.ts';
import { MotionModel } from '../../../src/model/motion-model.ts';
import { BUILTIN_PACK, loadPack } from '../../../src/model/pack.ts';
import { GraphLoader } from '../../../src/model/providers.ts';
import { sampleVoice } from '../../support/sample-voice.ts';
import { rms } from '../../support/signals.ts';

let model: MotionModel;
beforeAll(async () => {
  const pack = await loadPack(BUILTIN_PACK);
  model = await MotionModel.open(pack, await GraphLoader.choose('cpu', pack.graphFiles.motion));
});
afterAll(() => model.close());

/** A session without pictures, on a clock that the test turns. */
function open(fps: 25 | 60) {
  const events: EngineEvent[] = [];
  let nowMs = 0;
  const live = new LiveSession({
    // Rig and renderer are for pictures only, and nobody takes those here.
    rig: undefined as never,
    renderer: undefined as never,
    model,
    provider: 'cpu',
    settings: { ...DEFAULT_SETTINGS, avatarId: 'test', size: 256, seed: 1, fps },
    controls: NEUTRAL_CONTROLS,
    now: () => nowMs,
    emit: (event) => events.push(event),
  });
  const run = async (ms: number) => {
    for (const untilMs = nowMs + ms; nowMs < untilMs; nowMs += 2) {
      for (let job = live.step(); job; job = live.step()) await job.run();
    }
  };
  const speech = () => events.filter(({ name }) => name === 'speech.started' || name === 'speech.ended');
  /** Loudness of each voice packet that has left, by its media time. */
  const loudness = () => {
    const decoder = new OpusDecoder();
    return events.flatMap(({ name, value }) =>
      name === 'voice' ? [{ atMs: value.mediaTimeMs, rms: rms(decoder.decode(value.data)) }] : [],
    );
  };
  const jaw = () =>
    events.flatMap(({ name, value }) =>
      name === 'motion' ? [{ atMs: value.mediaTimeMs, open: value.frame[CHANNEL.jawOpen] }] : [],
    );
  return { live, events, run, speech, loudness, jaw, now: () => nowMs };
}

const voice = (ms: number) =>
  Float32Array.from({ length: ms * 48 }, (_, i) => 0.2 * Math.sin((2 * Math.PI * 150 * i) / 48000));

describe('LiveSession', () => {
  it('gives out 25 motion frames a second at 60 pictures a second, also when somebody comes late', async () => {
    const { live, events, run } = open(60);
    await run(2000);
    live.outputs = { video: false, voice: false, motion: true };
    await run(1000);
    const times = events.flatMap((event) => (event.name === 'motion' ? [event.value.mediaTimeMs] : []));
    expect(times.length).toBeGreaterThanOrEqual(24);
    expect(Math.abs((times.at(-1)! - times[0]) / (times.length - 1) - 40)).toBeLessThan(1);
    live.close();
  });

  it('makes no motion that nobody sees, and joins in with the voice when somebody comes', async () => {
    const [alone, watched] = [open(25), open(25)];
    watched.live.outputs = { video: false, voice: false, motion: true };
    for (const { live } of [alone, watched]) live.pushVoice((await sampleVoice(6)).slice());
    let jobs = 0;
    for (let ms = 0; ms < 3000; ms += 2) {
      if (alone.live.step()) jobs++;
      await alone.run(2);
    }
    expect(jobs).toBe(0);
    alone.live.outputs = { video: false, voice: false, motion: true };
    await alone.run(3000);
    await watched.run(6000);
    const [late, whole] = [alone.jaw(), watched.jaw().filter(({ atMs }) => atMs >= alone.jaw()[0].atMs)];
    expect(late[0].atMs).toBeGreaterThan(2500);
    expect(late[0].atMs).toBeLessThan(3100);
    // The same voice, another past.
    const opens = (motion: { open: number }[]) => motion.slice(0, late.length).map(({ open }) => open);
    expect(pearson(opens(late), opens(whole))).toBeGreaterThan(0.9);
    for (const { live } of [alone, watched]) live.close();
  });

  it('speaks while voice sounds, listens while the user talks, and idles with an open, silent microphone', async () => {
    const { live, events, run } = open(25);
    const states = () => events.flatMap((event) => (event.name === 'state' ? [event.value] : []));
    for (let i = 0; i < 50; i++) {
      live.pushVoice(new Float32Array(960), { live: true });
      await run(20);
    }
    expect(states()).toEqual([]);
    live.pushVoice(voice(300));
    await run(1200);
    expect(states()).toEqual(['speaking', 'idle']);
    live.hearUser();
    await run(500);
    expect(states().at(-1)).toBe('listening');
    await run(1000);
    expect(states().at(-1)).toBe('idle');
    live.close();
  });

  it('tells start and end of two utterances once each', async () => {
    const { live, run, speech } = open(25);
    live.pushVoice(voice(300));
    live.endSpeech();
    live.pushVoice(voice(200));
    live.endSpeech();
    await run(1500);
    expect(speech()).toMatchObject([
      { name: 'speech.started', value: { utterance: 1 } },
      { name: 'speech.ended', value: { utterance: 1, playedMs: 300, interrupted: false } },
      { name: 'speech.started', value: { utterance: 2, mediaTimeMs: 300 } },
      { name: 'speech.ended', value: { utterance: 2, playedMs: 200, interrupted: false } },
    ]);
    live.close();
  });

  it('ends an interrupted utterance once, and begins a new one with the voice that still comes in', async () => {
    const { live, events, run, speech } = open(25);
    live.outputs = { video: false, voice: true, motion: false };
    live.pushVoice(voice(2000));
    await run(600);
    live.interrupt(1);
    live.pushVoice(voice(100));
    live.endSpeech();
    await run(1000);
    expect(speech().map(({ name }) => name)).toEqual([
      'speech.started',
      'speech.ended',
      'speech.started',
      'speech.ended',
    ]);
    expect(speech()[1]).toMatchObject({ value: { utterance: 1, interrupted: true } });
    expect(speech()[3]).toMatchObject({ value: { utterance: 2, playedMs: 100, interrupted: false } });
    const packets = events.flatMap((event) => (event.name === 'voice' ? [event.value] : []));
    packets.forEach(({ mediaTimeMs }, i) => {
      expect(mediaTimeMs).toBe(20 * i);
    });
    expect(new Set(packets.map(({ epoch }) => epoch))).toEqual(new Set([0, 1]));
    live.close();
  });

  it('pauses at once with the mouth shut, and goes on from the sample; nothing is lost', {
    timeout: 60_000,
  }, async () => {
    const { live, events, run, speech, loudness, jaw, now } = open(25);
    live.outputs = { video: false, voice: true, motion: true };
    const spoken = await sampleVoice(3);
    live.pushVoice(spoken);
    live.endSpeech();
    await run(1500);
    live.pause();
    live.pause();
    live.pushVoice(voice(500));
    live.pushVoice(voice(500), { live: true });
    live.endSpeech();
    const pausedMs = events.flatMap(({ name, value }) =>
      name === 'speech.paused' ? [value.mediaTimeMs] : [],
    );
    expect(pausedMs).toHaveLength(1);
    // By then the clock was here; the voice stops with the packet that leaves next.
    expect(now() - live.clock.holdMs - pausedMs[0]).toBeLessThanOrEqual(20);
    await run(1500);
    expect(speech()).toHaveLength(1);
    const inPause = loudness().filter(({ atMs }) => atMs >= pausedMs[0] + 20);
    expect(inPause.length).toBeGreaterThan(60);
    expect(Math.max(...inPause.map((packet) => packet.rms))).toBeLessThan(0.003);
    const speaking = jaw().filter(({ atMs }) => atMs < pausedMs[0]);
    const shut = jaw().filter(({ atMs }) => atMs > pausedMs[0] + 400);
    expect(Math.max(...shut.map(({ open }) => open))).toBeLessThan(
      0.4 * Math.max(...speaking.map(({ open }) => open)),
    );
    expect(events.filter(({ name }) => name === 'state').at(-1)).toMatchObject({ value: 'idle' });

    live.resume();
    await run(3500);
    const resumedMs = events.flatMap(({ name, value }) =>
      name === 'speech.resumed' ? [value.mediaTimeMs] : [],
    );
    expect(resumedMs).toHaveLength(1);
    expect(speech()).toMatchObject([
      { name: 'speech.started', value: { utterance: 1 } },
      { name: 'speech.ended', value: { utterance: 1, playedMs: 3000, interrupted: false } },
      { name: 'speech.started', value: { utterance: 2 } },
      // Of what came in the pause only the recording was kept, not the microphone.
      { name: 'speech.ended', value: { utterance: 2, playedMs: 500, interrupted: false } },
    ]);
    // What is heard after the pause is the recording from the sample at which it was paused.
    const heard = loudness().filter(({ atMs }) => atMs >= resumedMs[0] && atMs < resumedMs[0] + 1400);
    const firstMs = speech()[0].value as { mediaTimeMs: number };
    const expected = heard.map(({ atMs }) => {
      const from = Math.round((pausedMs[0] - firstMs.mediaTimeMs + atMs - resumedMs[0] - 6.5) * 48);
      return rms(spoken.subarray(from, from + 960));
    });
    expect(
      pearson(
        Float64Array.from(heard, (packet) => packet.rms),
        Float64Array.from(expected),
      ),
    ).toBeGreaterThan(0.9);
    live.close();
  });

  it('forgets what was paused when it is interrupted, and speaks again', async () => {
    const { live, run, speech } = open(25);
    live.pushVoice(voice(2000));
    await run(600);
    live.pause();
    await run(200);
    live.interrupt(1);
    live.pushVoice(voice(200));
    live.endSpeech();
    await run(1000);
    expect(speech()).toMatchObject([
      { name: 'speech.started' },
      { name: 'speech.ended', value: { utterance: 1, interrupted: true } },
      { name: 'speech.started' },
      { name: 'speech.ended', value: { utterance: 2, playedMs: 200, interrupted: false } },
    ]);
    live.close();
  });

  it('shuts the mouth where the voice does not come in time, without a click, and counts what was played', {
    timeout: 60_000,
  }, async () => {
    const { live, run, speech, loudness, jaw } = open(25);
    live.outputs = { video: false, voice: true, motion: true };
    const spoken = await sampleVoice(2);
    live.pushVoice(spoken.subarray(0, 48000));
    await run(900);
    live.pushVoice(spoken.subarray(48000, 57600));
    await run(980);
    live.pushVoice(spoken.subarray(57600));
    live.endSpeech();
    await run(2000);
    expect(speech().map(({ name }) => name)).toEqual(['speech.started', 'speech.ended']);
    expect(speech()[1]).toMatchObject({ value: { playedMs: 2000, interrupted: false } });
    const gap = { fromMs: 1240, toMs: 1840 };
    const inGap = ({ atMs }: { atMs: number }) => atMs > gap.fromMs && atMs < gap.toMs;
    expect(
      Math.max(
        ...loudness()
          .filter(inGap)
          .map((packet) => packet.rms),
      ),
    ).toBeLessThan(0.003);
    const widest = Math.max(...jaw().map(({ open }) => open));
    const late = jaw().filter(({ atMs }) => atMs > gap.fromMs + 250 && atMs < gap.toMs - 80);
    expect(Math.max(...late.map(({ open }) => open))).toBeLessThan(0.4 * widest);
    live.close();
  });

  it('makes fewer pictures on the same clock where it is told to, and all of them again', {
    timeout: 60_000,
  }, async () => {
    const { live, events, run } = open(25);
    live.outputs = { video: false, voice: false, motion: true };
    const timesIn = (fromMs: number, toMs: number) =>
      events.flatMap(({ name, value }) =>
        name === 'motion' && value.mediaTimeMs >= fromMs && value.mediaTimeMs < toMs
          ? [value.mediaTimeMs]
          : [],
      );
    await run(1000);
    live.setMachineRung(1);
    await run(1000);
    live.setMachineRung(4);
    await run(1000);
    live.setMachineRung(0);
    await run(1000);
    const late = live.clock.holdMs + 40;
    expect(timesIn(0, 1000 - late).length).toBe(Math.ceil((1000 - late) / 40));
    const every = (step: number, times: number[]) => {
      expect(times.length).toBeGreaterThan(5);
      expect(
        times.every((time, i) => time % (40 * step) === 0 && (i === 0 || time - times[i - 1] === 40 * step)),
      ).toBe(true);
    };
    every(2, timesIn(1000, 2000 - late));
    every(3, timesIn(2000, 3000 - late));
    every(1, timesIn(3000, 4000 - late));
    const warnings = events.flatMap((event) => (event.name === 'warning' ? [event.value.code] : []));
    expect(warnings).toEqual(['rate_reduced', 'rate_reduced', 'rate_restored']);
    live.close();
  });

  it('makes fewer pictures where the network is slow, unless the machine already does', async () => {
    const { live, events, run } = open(25);
    live.outputs = { video: false, voice: false, motion: true };
    const count = async () => {
      const before = events.length;
      await run(1000);
      return events.slice(before).filter(({ name }) => name === 'motion').length;
    };
    live.setBitrate(35);
    await run(500);
    expect(Math.abs((await count()) - 12.5)).toBeLessThanOrEqual(1);
    live.setMachineRung(4);
    expect(await count()).toBeLessThan(10);
    live.setBitrate(1500);
    await run(3500);
    live.setMachineRung(0);
    expect(await count()).toBeGreaterThan(23);
    const warnings = events.flatMap((event) => (event.name === 'warning' ? [event.value.code] : []));
    expect(warnings).toEqual(['network_slow', 'rate_reduced', 'network_better', 'rate_restored']);
    live.close();
  });
});
