import { describe, expect, it, onTestFinished } from 'vitest';
import { NEUTRAL_CONTROLS } from '../../src/contract/controls.ts';
import { squareFormat } from '../../src/contract/formats.ts';
import { MOTION, OPUS_VOICE, type Packet, streamOf, usualVideo } from '../../src/contract/outputs.ts';
import type { EngineEvent, EngineEvents } from '../../src/contract/session-events.ts';
import { DEFAULT_SETTINGS } from '../../src/contract/session-settings.ts';
import type { FromSession, ToSession } from '../../src/engine/messages.ts';
import type { EngineNode } from '../../src/engine/node.ts';
import type { VultusError } from '../../src/errors.ts';
import type { Rig } from '../../src/render/renderer.ts';
import { sampleVoice } from '../support/sample-voice.ts';

/** Nodes start, on a machine that may be busy. */
const SLOW_MS = 60_000;
const POLL = { timeout: 30_000 };
const SETTINGS = { ...DEFAULT_SETTINGS, ...squareFormat(256), avatarId: 'test', seed: 1 };
const STREAMS: ToSession = {
  type: 'streams',
  streams: [usualVideo(SETTINGS), OPUS_VOICE, MOTION].map(streamOf),
};

/** A node to be tested, and how to take its life. */
export interface TestedNode {
  node: EngineNode;
  /** As a crash would. */
  kill(): void;
}

/** What every engine node has to do: see `EngineNode`. */
export function describeEngineNode(name: string, start: () => Promise<TestedNode>, rig: () => Rig): void {
  describe(name, { timeout: SLOW_MS }, () => {
    const running = async () => {
      const tested = await start();
      onTestFinished(() => tested.node.close());
      return tested;
    };

    it('says what it is, and how busy', async () => {
      const { node } = await running();
      expect(node.info).toMatchObject({ provider: expect.any(String), pack: { name: expect.any(String) } });
      const loads: number[] = [];
      node.events.on('load', ({ busy }) => loads.push(busy));
      await expect.poll(() => loads.length, POLL).toBeGreaterThan(1);
      expect(loads.every((busy) => busy >= 0 && busy <= 1)).toBe(true);
      expect(node.load.busy).toBe(loads.at(-1));
      expect(node.load.residentBytes).toBeGreaterThan(0);
    });

    it('opens a session, takes its voice and gives voice, pictures and motion in step', async () => {
      const { node } = await running();
      const session = open(node, rig());
      await expect.poll(() => session.delayMs, POLL).toBeGreaterThan(0);
      session.send(STREAMS);
      session.send({ type: 'interrupt', epoch: 3, utterances: [] });
      const samples = (await sampleVoice(1)).slice(0, 24_000);
      session.send({ type: 'voice', utterance: 1, samples, live: false });
      session.send({ type: 'speech.end', utterance: 1, end: 'completed' });
      await expect.poll(() => session.values('speech.ended'), POLL).toHaveLength(1);
      expect(session.values('speech.started')).toHaveLength(1);
      expect(session.values('speech.ended')).toEqual([{ utterance: 1, playedMs: 500, reason: 'completed' }]);
      await expect.poll(() => session.values('stats').length, POLL).toBeGreaterThan(0);
      for (const kind of ['voice', 'video', 'motion'] as const) {
        await expect.poll(() => session.packets(kind).length, POLL).toBeGreaterThan(5);
        const times = session.packets(kind).map(({ mediaTimeMs }) => mediaTimeMs);
        expect(times.every((time, i) => i === 0 || time > times[i - 1])).toBe(true);
        expect(session.packets(kind).at(-1)!.epoch).toBe(3);
      }
      expect(session.packets('video')[0].key).toBe(true);
      expect(session.packets('motion')[0].frame).toHaveLength(58);
      expect(session.agesMs.every((ageMs) => ageMs >= 0 && ageMs < 10_000)).toBe(true);
      await expect.poll(() => session.progress?.epoch, POLL).toBe(3);
    });

    it('goes on with a session that has run elsewhere, where it would be by now', async () => {
      const { node } = await running();
      const resume = {
        clockMs: 60_000,
        agoMs: 2000,
        epoch: 2,
        paused: false,
        underWay: { utterance: 7, playedSamples: 4800, stalled: false },
        frame: new Float32Array(58),
      };
      const session = open(node, rig(), { resume });
      session.send(STREAMS);
      session.send({ type: 'voice', utterance: 7, samples: new Float32Array(4800), live: false });
      session.send({ type: 'speech.end', utterance: 7, end: 'completed' });
      await expect
        .poll(() => session.values('speech.ended'), POLL)
        .toEqual([{ utterance: 7, playedMs: 200, reason: 'completed' }]);
      expect(session.values('speech.started')).toEqual([]);
      const [first] = session.packets('voice');
      expect(first.epoch).toBe(2);
      expect(first.mediaTimeMs).toBeGreaterThan(61_500);
      expect(first.mediaTimeMs).toBeLessThan(90_000);
    });

    it('ends a session that fails with a code, and leaves others alone', async () => {
      const { node } = await running();
      const healthy = open(node, rig());
      healthy.send(STREAMS);
      const sick = open(node, { ...rig(), person: undefined } as Rig);
      await expect.poll(() => sick.errors, POLL).toEqual([{ code: 'render_failed', fatal: true }]);
      const spoilt = open(node, rig());
      spoilt.send(STREAMS);
      spoilt.send({ type: 'voice', utterance: 1, samples: undefined as never, live: false });
      await expect.poll(() => spoilt.errors, POLL).toEqual([{ code: 'engine_failed', fatal: true }]);
      const seen = healthy.packets('video').length;
      await expect.poll(() => healthy.packets('video').length, POLL).toBeGreaterThan(seen + 5);
      expect(healthy.errors).toEqual([]);
    });

    it('says nothing of a session that is closed, nor of one that never was', async () => {
      const { node } = await running();
      const session = open(node, rig());
      session.send(STREAMS);
      await expect.poll(() => session.packets('video').length, POLL).toBeGreaterThan(0);
      session.send({ type: 'close' });
      node.send('never', { type: 'pause' });
      const other = open(node, rig());
      await expect.poll(() => other.delayMs, POLL).toBeGreaterThan(0);
      const seen = session.messages.length;
      other.send(STREAMS);
      await expect.poll(() => other.packets('video').length, POLL).toBeGreaterThan(5);
      expect(session.messages).toHaveLength(seen);
    });

    it('says once that it has failed, and nothing after that', async () => {
      const { node, kill } = await running();
      const session = open(node, rig());
      await expect.poll(() => session.delayMs, POLL).toBeGreaterThan(0);
      const failures: VultusError[] = [];
      node.events.on('failed', (error) => failures.push(error));
      kill();
      await expect.poll(() => failures, POLL).toMatchObject([{ code: 'engine_failed' }]);
      session.send(STREAMS);
      await node.close();
      expect(failures).toHaveLength(1);
    });

    it('ends when it is closed, however often, without calling that a failure', async () => {
      const { node } = await running();
      const session = open(node, rig());
      session.send(STREAMS);
      await expect.poll(() => session.packets('video').length, POLL).toBeGreaterThan(0);
      const failures: VultusError[] = [];
      node.events.on('failed', (error) => failures.push(error));
      await Promise.all([node.close(), node.close()]);
      await node.close();
      expect(failures).toEqual([]);
    });
  });
}

let count = 0;

/** A session on a node, with all that the node has said of it. */
function open(node: EngineNode, rig: Rig, { resume }: { resume?: object } = {}) {
  const id = `session-${count++}`;
  const messages: FromSession[] = [];
  const agesMs: number[] = [];
  node.events.on('session', (session, message, agoMs) => {
    if (session !== id) return;
    messages.push(message);
    agesMs.push(agoMs);
  });
  node.open(id, { rig, settings: SETTINGS, controls: NEUTRAL_CONTROLS, resume: resume as never });
  const ofType = <Type extends FromSession['type']>(type: Type) =>
    messages.filter((message): message is Extract<FromSession, { type: Type }> => message.type === type);
  const values = <Name extends EngineEvent['name']>(name: Name): EngineEvents[Name][0][] =>
    ofType('event')
      .map(({ event }) => event)
      .filter((event): event is Extract<EngineEvent, { name: Name }> => event.name === name)
      .map(({ value }) => value as EngineEvents[Name][0]);
  return {
    messages,
    agesMs,
    values,
    send: (command: ToSession) => node.send(id, command),
    packets: <Kind extends Packet['kind']>(kind: Kind) =>
      values('packet').filter((packet): packet is Extract<Packet, { kind: Kind }> => packet.kind === kind),
    get delayMs() {
      return ofType('opened')[0]?.delayMs;
    },
    get progress() {
      return ofType('progress').at(-1)?.progress;
    },
    get errors() {
      return ofType('error').map(({ code, fatal }) => ({ code, fatal }));
    },
  };
}
