import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { pearson } from '../../../bench/statistics.ts';
import { MOTION, streamOf, usualVideo } from '../../../src/contract/outputs.ts';
import { MotionStream } from '../../../src/engine/process/motion-stream.ts';
import type { MotionModel } from '../../../src/model/motion-model.ts';
import { builtinMotionModel, hum, openLiveSession as open } from '../../support/live-session.ts';
import { sampleVoice } from '../../support/sample-voice.ts';

let model: MotionModel;
beforeAll(async () => {
  model = await builtinMotionModel();
});
afterAll(() => model.close());

describe('LiveSession', () => {
  it('gives out 25 motion frames a second at 60 pictures a second, also when somebody comes late', async () => {
    const { live, events, run } = open(model, 60);
    await run(2000);
    live.setStreams([streamOf(MOTION)]);
    await run(1000);
    const times = events.flatMap((event) =>
      event.name === 'packet' && event.value.kind === 'motion' ? [event.value.mediaTimeMs] : [],
    );
    expect(times.length).toBeGreaterThanOrEqual(24);
    expect(Math.abs((times.at(-1)! - times[0]) / (times.length - 1) - 40)).toBeLessThan(1);
    live.close();
  });

  it('makes no motion that nobody sees, and joins in with the voice when somebody comes', async () => {
    const [alone, watched] = [open(model, 25), open(model, 25)];
    watched.live.setStreams([streamOf(MOTION)]);
    for (const { live } of [alone, watched]) live.pushVoice(1, (await sampleVoice(6)).slice());
    let jobs = 0;
    for (let ms = 0; ms < 3000; ms += 2) {
      if (alone.live.step()) jobs++;
      await alone.run(2);
    }
    expect(jobs).toBe(0);
    alone.live.setStreams([streamOf(MOTION)]);
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

  it('makes what is shown once for each picture, however often it looks at the clock', async () => {
    const shownAt = vi.spyOn(MotionStream.prototype, 'shownAt');
    const { live, events, run } = open(model, 25);
    live.setStreams([streamOf(MOTION)]);
    for (let ms = 0; ms < 1000; ms += 2) {
      live.step();
      await run(2);
    }
    const made = events.filter(({ name, value }) => name === 'packet' && value.kind === 'motion').length;
    expect(made).toBeGreaterThan(15);
    // A look that finds a picture due is one more, as the session is looked at twice here.
    expect(shownAt.mock.calls.length).toBeLessThanOrEqual(2 * made + 2);
    shownAt.mockRestore();
    live.close();
  });

  it('shows a few pictures, not none, where all work takes longer than pictures have', async () => {
    const { live, events, run } = open(model, 25, { workMs: 150 });
    live.setStreams([streamOf(MOTION)]);
    await run(6000);
    const shown = events.filter(({ name, value }) => name === 'packet' && value.kind === 'motion');
    expect(shown.length).toBeGreaterThan(6);
    live.close();
  });

  it('makes motion under the controls of the run, also where it has waited for others', async () => {
    const { live, run } = open(model, 25, { sharers: 2 });
    live.setStreams([streamOf(MOTION)]);
    let job = live.step(2);
    for (; !job?.awaitsCompany; job = live.step(2)) await run(2);
    const before = job.motion!.controls();
    live.controls = { ...live.controls, expressiveness: 0.5 };
    expect(job.motion!.controls()).not.toEqual(before);
    live.close();
  });

  it('makes motion when the others of its process make theirs, whenever they began and their voice comes', async () => {
    const voice = await sampleVoice(3);
    const made: number[][] = [];
    for (const [nowMs, packetMs, firstMs] of [
      [0, 20, 0],
      [734, 20, 14],
      [746, 10, 6],
    ]) {
      const session = open(model, 25, { nowMs, sharers: 3 });
      session.live.setStreams([streamOf(MOTION)]);
      await session.run(800 - nowMs + firstMs);
      for (let at = 0; at < 1500 * 48; at += packetMs * 48) {
        session.live.pushVoice(1, voice.slice(at, at + packetMs * 48), { live: true });
        await session.run(packetMs);
      }
      made.push(session.blocks.filter((ms) => ms > 1000 && ms < 2000));
      session.live.close();
    }
    expect(made[0].length).toBeGreaterThanOrEqual(12);
    expect(made[1]).toEqual(made[0]);
    expect(made[2]).toEqual(made[0]);
  });

  it('speaks while voice sounds, listens while the user talks, and idles with an open, silent microphone', async () => {
    const { live, events, run } = open(model, 25);
    const states = () => events.flatMap((event) => (event.name === 'state' ? [event.value] : []));
    for (let i = 0; i < 50; i++) {
      live.pushVoice(1, new Float32Array(960), { live: true });
      await run(20);
    }
    expect(states()).toEqual([]);
    live.pushVoice(1, hum(300));
    await run(1200);
    expect(states()).toEqual(['speaking', 'idle']);
    live.noticeUser({ heard: { talking: true, cues: new Float32Array(8) } });
    await run(500);
    expect(states().at(-1)).toBe('listening');
    await run(1000);
    expect(states().at(-1)).toBe('idle');
    live.close();
  });

  it('gives the model what there is to answer as long as the microphone is there, and how excited its own voice is', async () => {
    const { live, run } = open(model, 25);
    live.setStreams([streamOf(MOTION)]);
    const cues = Float32Array.of(1, 0.9, 0.5, -0.5, 0, 0, 0, 0);
    const controls: Float32Array[] = [];
    const listen = async (ms: number, isHeard: boolean) => {
      for (let at = 0; at < ms; at += 20) {
        if (isHeard) live.noticeUser({ heard: { talking: true, cues } });
        const { motion } = live.step() ?? {};
        if (motion) controls.push(motion.controls());
        await run(20);
      }
    };
    await listen(1000, true);
    expect(controls.at(-1)!.subarray(17, 25)).toEqual(cues);
    await listen(1500, false);
    expect(controls.at(-1)!.subarray(17)).toEqual(new Float32Array(9));
    live.pushVoice(1, await sampleVoice(3));
    await listen(2500, false);
    expect(controls.some((vector) => Math.abs(vector[25]) > 0.1)).toBe(true);
    live.close();
  });

  it('makes fewer pictures on the same clock where it is told to, and all of them again', {
    timeout: 60_000,
  }, async () => {
    const { live, events, run } = open(model, 25);
    live.setStreams([streamOf(MOTION)]);
    const timesIn = (fromMs: number, toMs: number) =>
      events.flatMap(({ name, value }) =>
        name === 'packet' && value.mediaTimeMs >= fromMs && value.mediaTimeMs < toMs
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
    // A picture is begun before it is due, and the one after it is planned by then.
    const [lead, planned] = [40, 120];
    expect(timesIn(0, 1000 - lead).length).toBe((1000 - lead) / 40);
    const every = (step: number, times: number[]) => {
      expect(times.length).toBeGreaterThan(5);
      expect(
        times.every((time, i) => time % (40 * step) === 0 && (i === 0 || time - times[i - 1] === 40 * step)),
      ).toBe(true);
    };
    every(2, timesIn(1000 + planned, 2000 - lead));
    every(3, timesIn(2000 + planned, 3000 - lead));
    every(1, timesIn(3000 + planned, 4000 - lead));
    const warnings = events.flatMap((event) => (event.name === 'warning' ? [event.value.code] : []));
    expect(warnings).toEqual(['rate_reduced', 'rate_reduced', 'rate_restored']);
    live.close();
  });

  it('makes fewer pictures where the network is slow, unless the machine already does', async () => {
    const { live, events, run } = open(model, 25);
    const video = streamOf(usualVideo(live.settings));
    live.setStreams([video, streamOf(MOTION)]);
    const count = async (kind = 'video') => {
      const before = events.length;
      await run(1000);
      return events.slice(before).filter(({ name, value }) => name === 'packet' && value.kind === kind)
        .length;
    };
    live.pictures.setBitrate(video.key, 35);
    await run(500);
    expect(Math.abs((await count()) - 12.5)).toBeLessThanOrEqual(1);
    // The motion does not suffer from it.
    expect(await count('motion')).toBeGreaterThan(23);
    live.setMachineRung(4);
    expect(await count()).toBeLessThan(10);
    live.pictures.setBitrate(video.key, 1500);
    await run(3500);
    live.setMachineRung(0);
    // The next picture is planned by then.
    await run(120);
    expect(await count()).toBeGreaterThan(23);
    const warnings = events.flatMap((event) => (event.name === 'warning' ? [event.value.code] : []));
    expect(warnings).toEqual(['network_slow', 'rate_reduced', 'network_better', 'rate_restored']);
    live.close();
  });
});
