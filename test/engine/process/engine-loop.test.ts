import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { NEUTRAL_CONTROLS } from '../../../src/contract/controls.ts';
import { squareFormat } from '../../../src/contract/formats.ts';
import {
  DRAWING,
  OPUS_VOICE,
  outputKey,
  type Stream,
  streamOf,
  usualVideo,
} from '../../../src/contract/outputs.ts';
import { DEFAULT_SETTINGS, type SessionSettings } from '../../../src/contract/session-settings.ts';
import { EngineLoop, type EngineParts } from '../../../src/engine/process/engine-loop.ts';
import type { FromProcess } from '../../../src/engine/process-messages.ts';
import { type BlockRequest, MotionModel } from '../../../src/model/motion-model.ts';
import { BUILTIN_PACK, loadPack } from '../../../src/model/pack.ts';
import { GraphLoader } from '../../../src/model/providers.ts';
import type { Renderer, Rig } from '../../../src/render/renderer.ts';
import { rendererOf } from '../../../src/render/renderers.ts';
import { galleryRig } from '../../support/gallery.ts';

const POLL = { timeout: 15_000 };
const SICK_SEED = 13;
let rig: Rig;
let parts: EngineParts;
let model: MotionModel;
let renderer: Renderer;
beforeAll(async () => {
  rig = await galleryRig();
  const pack = await loadPack(BUILTIN_PACK);
  const loader = await GraphLoader.choose('cpu', pack.graphFiles.motion);
  model = await MotionModel.open(pack, loader);
  renderer = await rendererOf(pack).openRenderer(pack, loader);
  parts = { pack, model, renderer, provider: loader.provider };
});
afterAll(async () => {
  await model.close();
  await renderer.close();
});

/** `part` with some of its methods replaced. */
function instead<Part extends object>(part: Part, methods: Partial<Part>): Part {
  return new Proxy(part, {
    get(target, name) {
      const value = methods[name as keyof Part] ?? target[name as keyof Part];
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** A loop with these parts, which a test may have spoilt, and what it says. */
function run(change: Partial<EngineParts> = {}) {
  const said: FromProcess[] = [];
  // They are used by the next test, too.
  const keep = { close: async () => {} };
  const own = {
    ...parts,
    model: instead(change.model ?? model, keep),
    renderer: instead(change.renderer ?? renderer, keep),
  };
  const loop = new EngineLoop(own, (message) => said.push(structuredClone(message)));
  const ended = loop.run();
  onTestFinished(() => {
    loop.receive({ type: 'stop' }, 0);
    return ended;
  });
  const of = (session: string) =>
    said.flatMap((message) =>
      message.type === 'sessions'
        ? message.said.filter((one) => one.session === session).map((one) => one.message)
        : [],
    );
  return {
    loop,
    said,
    open(session: string, settings: Partial<SessionSettings> = {}, of = rig, outputs?: Stream[]) {
      const all = { ...DEFAULT_SETTINGS, ...squareFormat(256), avatarId: 'test', seed: 1, ...settings };
      loop.receive(
        { type: 'open', session, opening: { rig: of, settings: all, controls: NEUTRAL_CONTROLS } },
        0,
      );
      const streams = outputs ?? [streamOf(usualVideo(all)), streamOf(OPUS_VOICE)];
      loop.receive({ type: 'command', session, command: { type: 'streams', streams } }, 0);
    },
    errors: (session: string) =>
      of(session).flatMap((message) => (message.type === 'error' ? [message] : [])),
    pictures: (session: string) =>
      of(session).filter(
        (message) =>
          message.type === 'event' && message.event.name === 'packet' && message.event.value.kind === 'video',
      ).length,
  };
}

/** A healthy session goes on while the sick one ends with the code. */
async function expectOneToFail(engine: ReturnType<typeof run>, code: string, detail = expect.any(String)) {
  await expect.poll(() => engine.errors('sick').length, POLL).toBe(1);
  expect(engine.errors('sick')).toEqual([{ type: 'error', code, detail, fatal: true }]);
  const seen = engine.pictures('healthy');
  await expect.poll(() => engine.pictures('healthy'), POLL).toBeGreaterThan(seen + 5);
  expect(engine.errors('healthy')).toEqual([]);
}

it('ends a session whose encoder fails', async () => {
  const engine = run();
  engine.open('healthy');
  engine.open('sick');
  await expect.poll(() => engine.pictures('sick'), POLL).toBeGreaterThan(1);
  const stream = outputKey(usualVideo({ ...DEFAULT_SETTINGS, ...squareFormat(256) }));
  const command = { type: 'bitrate', stream, bitrateKbps: Number.NaN } as const;
  engine.loop.receive({ type: 'command', session: 'sick', command }, 0);
  await expectOneToFail(engine, 'encoder_failed');
});

it('ends a session whose encoder cannot be opened', async () => {
  const engine = run();
  engine.open('healthy');
  engine.open('sick', { fps: 0 as never });
  await expectOneToFail(engine, 'encoder_failed');
});

it('ends a session whose pictures cannot be drawn', async () => {
  let drawn = 0;
  const sickRig = { ...rig };
  const spoilt = instead(renderer, {
    *preparing(own, ...rest) {
      const avatar = yield* renderer.preparing(own, ...rest);
      if (own !== sickRig) return avatar;
      return instead(avatar, {
        async draw(...args) {
          if (++drawn > 3) throw new RangeError('no such triangle');
          return avatar.draw(...args);
        },
      });
    },
  });
  const engine = run({ renderer: spoilt });
  engine.open('healthy');
  engine.open('sick', {}, sickRig);
  await expectOneToFail(engine, 'render_failed', 'no such triangle');
});

it('ends a session whose motion cannot be made, also where it shares a run with others', async () => {
  let together = 0;
  const spoilt = instead(model, {
    async sample(requests: readonly BlockRequest[], block: number) {
      if (requests.length > 1) together++;
      // While one is made, the others come to be due: the next run is shared.
      else if (together === 0) await sleep(100);
      if (requests.some(({ seed, firstFrame }) => seed === SICK_SEED && firstFrame > 10)) {
        throw new Error('no such frame');
      }
      return model.sample(requests, block);
    },
  });
  const engine = run({ model: spoilt });
  for (const session of ['healthy', 'other']) engine.open(session);
  engine.open('sick', { seed: SICK_SEED });
  await expectOneToFail(engine, 'motion_failed', 'no such frame');
  expect(engine.errors('other')).toEqual([]);
  expect(together).toBeGreaterThan(0);
});

it('ends a session that cannot take what it is told', async () => {
  const engine = run();
  engine.open('healthy');
  engine.open('sick');
  const controls = undefined as never;
  engine.loop.receive({ type: 'command', session: 'sick', command: { type: 'controls', controls } }, 0);
  await expect.poll(() => engine.errors('sick').map(({ fatal }) => fatal), POLL).toEqual([true]);
  const seen = engine.pictures('healthy');
  await expect.poll(() => engine.pictures('healthy'), POLL).toBeGreaterThan(seen + 5);
});

it('sends what the viewers of several sessions draw, and their voice, in one message', async () => {
  const engine = run();
  const outputs = [DRAWING, OPUS_VOICE].map(streamOf);
  const sessions = ['a', 'b', 'c'];
  for (const session of sessions) engine.open(session, { draw: 'client' }, rig, outputs);
  const packets = () =>
    engine.said.map((message) =>
      message.type === 'sessions'
        ? message.said.flatMap(({ session, message }) =>
            message.type === 'event' && message.event.name === 'packet'
              ? [`${session} ${message.event.value.kind}`]
              : [],
          )
        : [],
    );
  for (const kind of ['drawing', 'voice']) {
    const all = sessions.map((session) => `${session} ${kind}`);
    const together = () => packets().filter((told) => all.every((one) => told.includes(one))).length;
    await expect.poll(together, POLL).toBeGreaterThan(3);
  }
});
