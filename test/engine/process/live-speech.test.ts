import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pearson } from '../../../bench/statistics.ts';
import { MOTION, OPUS_VOICE, PCM_VOICE, streamOf } from '../../../src/contract/outputs.ts';
import type { MotionModel } from '../../../src/model/motion-model.ts';
import { builtinMotionModel, hum, openLiveSession as open } from '../../support/live-session.ts';
import { sampleVoice } from '../../support/sample-voice.ts';
import { rms } from '../../support/signals.ts';

let model: MotionModel;
beforeAll(async () => {
  model = await builtinMotionModel();
});
afterAll(() => model.close());

describe('speech of a LiveSession', () => {
  it('tells start and end of two utterances once each', async () => {
    const { live, run, speech } = open(model, 25);
    live.pushVoice(1, hum(300));
    live.endSpeech(1);
    live.pushVoice(2, hum(200));
    live.endSpeech(2);
    await run(1500);
    expect(speech()).toMatchObject([
      { name: 'speech.started', value: { utterance: 1 } },
      { name: 'speech.ended', value: { utterance: 1, playedMs: 300, reason: 'completed' } },
      { name: 'speech.started', value: { utterance: 2, mediaTimeMs: live.clock.startMs(0) + 300 } },
      { name: 'speech.ended', value: { utterance: 2, playedMs: 200, reason: 'completed' } },
    ]);
    live.close();
  });

  it('tells once of each utterance that is interrupted before its first sample has left', async () => {
    const { live, run, speech } = open(model, 25);
    for (const utterance of [1, 2]) {
      live.pushVoice(utterance, hum(2000));
      live.endSpeech(utterance);
    }
    await run(80);
    // The third is one of which nothing has come.
    live.interrupt(1, [1, 2, 3]);
    await run(1000);
    const ended = { playedMs: 0, reason: 'interrupted' };
    expect(speech()).toEqual([
      { name: 'speech.ended', value: { utterance: 1, ...ended } },
      { name: 'speech.ended', value: { utterance: 2, ...ended } },
      { name: 'speech.ended', value: { utterance: 3, ...ended } },
    ]);
    live.close();
  });

  it('says of each gap once that the voice has stalled, and that it goes on; the end comes with its reason', async () => {
    const { live, run, events } = open(model, 25);
    live.pushVoice(1, hum(200));
    await run(1500);
    live.pushVoice(1, hum(100));
    await run(1500);
    live.endSpeech(1, 'underrun');
    await run(100);
    const startMs = live.clock.startMs(0);
    const speech = events.filter(({ name }) => name.startsWith('speech.'));
    expect(speech).toMatchObject([
      { name: 'speech.started', value: { utterance: 1, mediaTimeMs: startMs } },
      { name: 'speech.stalled', value: { utterance: 1 } },
      { name: 'speech.continued', value: { utterance: 1 } },
      { name: 'speech.stalled', value: { utterance: 1 } },
      { name: 'speech.ended', value: { utterance: 1, playedMs: 300, reason: 'underrun' } },
    ]);
    const [, stalled, continued] = speech.map(({ value }) => (value as { mediaTimeMs: number }).mediaTimeMs);
    expect(stalled).toBeGreaterThanOrEqual(startMs + 200);
    expect(stalled).toBeLessThan(startMs + 900);
    expect(continued).toBeGreaterThan(startMs + 1400);
    expect(continued).toBeLessThan(startMs + 1800);
    live.close();
  });

  it('drops one utterance and speaks the others, in order', async () => {
    const { live, run, speech } = open(model, 25);
    for (const utterance of [1, 2, 3]) {
      live.pushVoice(utterance, hum(400));
      live.endSpeech(utterance);
    }
    await run(500);
    live.interrupt(1, [2]);
    expect(speech()).toHaveLength(1);
    await run(200);
    live.pushVoice(4, hum(100));
    live.endSpeech(4);
    await run(100);
    live.interrupt(2, [3]);
    await run(1500);
    expect(speech().map(({ name, value }) => [name, value])).toMatchObject([
      ['speech.started', { utterance: 1 }],
      ['speech.ended', { utterance: 1, playedMs: 400, reason: 'completed' }],
      ['speech.ended', { utterance: 2, playedMs: 0, reason: 'interrupted' }],
      ['speech.started', { utterance: 3 }],
      ['speech.ended', { utterance: 3, reason: 'interrupted' }],
      ['speech.started', { utterance: 4 }],
      ['speech.ended', { utterance: 4, playedMs: 100, reason: 'completed' }],
    ]);
    live.close();
  });

  it('gives the voice as samples too, as it was said, packet by packet with the encoded ones', async () => {
    const { live, events, run } = open(model, 25);
    live.setStreams([PCM_VOICE, OPUS_VOICE].map(streamOf));
    const said = hum(300);
    live.pushVoice(1, said);
    live.endSpeech(1);
    await run(800);
    const packets = events.flatMap(({ name, value }) => (name === 'packet' ? [value] : []));
    const pcm = packets.flatMap((packet) => (packet.kind === 'pcm' ? [packet] : []));
    const opus = packets.filter(({ kind }) => kind === 'voice');
    expect(pcm.map(({ mediaTimeMs }) => mediaTimeMs)).toEqual(opus.map(({ mediaTimeMs }) => mediaTimeMs));
    const heard = Float32Array.from(pcm.flatMap(({ samples }) => [...samples]));
    expect(heard).toHaveLength(960 * pcm.length);
    const from = heard.findIndex((sample) => sample !== 0) - 1;
    expect(heard.subarray(from, from + said.length - 240)).toEqual(said.subarray(0, said.length - 240));
    live.close();
  });

  it('ends an interrupted utterance once, and begins a new one with the voice that still comes in', async () => {
    const { live, events, run, speech } = open(model, 25);
    live.setStreams([streamOf(OPUS_VOICE)]);
    live.pushVoice(1, hum(2000));
    await run(600);
    live.interrupt(1, [1]);
    live.pushVoice(2, hum(100));
    live.endSpeech(2);
    await run(1000);
    expect(speech().map(({ name }) => name)).toEqual([
      'speech.started',
      'speech.ended',
      'speech.started',
      'speech.ended',
    ]);
    expect(speech()[1]).toMatchObject({ value: { utterance: 1, reason: 'interrupted' } });
    expect(speech()[3]).toMatchObject({ value: { utterance: 2, playedMs: 100, reason: 'completed' } });
    const packets = events.flatMap((event) =>
      event.name === 'packet' && event.value.kind === 'voice' ? [event.value] : [],
    );
    packets.forEach(({ mediaTimeMs }, i) => {
      expect(mediaTimeMs).toBe(20 * i);
    });
    expect(new Set(packets.map(({ epoch }) => epoch))).toEqual(new Set([0, 1]));
    live.close();
  });

  it('pauses at once with the mouth shut, and goes on from the sample; nothing is lost', {
    timeout: 60_000,
  }, async () => {
    const { live, events, run, speech, loudness, jaw, now } = open(model, 25);
    live.setStreams([OPUS_VOICE, MOTION].map(streamOf));
    const spoken = await sampleVoice(3);
    live.pushVoice(1, spoken);
    live.endSpeech(1);
    await run(1500);
    live.pause();
    live.pause();
    live.pushVoice(2, hum(500));
    live.pushVoice(2, hum(500), { live: true });
    live.endSpeech(2);
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
      { name: 'speech.ended', value: { utterance: 1, playedMs: 3000, reason: 'completed' } },
      { name: 'speech.started', value: { utterance: 2 } },
      // Of what came in the pause only the recording was kept, not the microphone.
      { name: 'speech.ended', value: { utterance: 2, playedMs: 500, reason: 'completed' } },
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
    const { live, run, speech } = open(model, 25);
    live.pushVoice(1, hum(2000));
    await run(600);
    live.pause();
    await run(200);
    live.interrupt(1, [1]);
    live.resume();
    live.pushVoice(2, hum(200));
    live.endSpeech(2);
    await run(1000);
    expect(speech()).toMatchObject([
      { name: 'speech.started' },
      { name: 'speech.ended', value: { utterance: 1, reason: 'interrupted' } },
      { name: 'speech.started' },
      { name: 'speech.ended', value: { utterance: 2, playedMs: 200, reason: 'completed' } },
    ]);
    live.close();
  });

  it('shuts the mouth where the voice does not come in time, without a click, and counts what was played', {
    timeout: 60_000,
  }, async () => {
    const { live, run, speech, loudness, jaw } = open(model, 25);
    live.setStreams([OPUS_VOICE, MOTION].map(streamOf));
    const spoken = await sampleVoice(2);
    live.pushVoice(1, spoken.subarray(0, 48000));
    await run(900);
    live.pushVoice(1, spoken.subarray(48000, 57600));
    await run(980);
    live.pushVoice(1, spoken.subarray(57600));
    live.endSpeech(1);
    await run(2000);
    expect(speech().map(({ name }) => name)).toEqual(['speech.started', 'speech.ended']);
    expect(speech()[1]).toMatchObject({ value: { playedMs: 2000, reason: 'completed' } });
    const startMs = live.clock.startMs(0);
    const gap = { fromMs: startMs + 1240, toMs: startMs + 1700 };
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
});
