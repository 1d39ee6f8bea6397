import { RoomServiceClient } from 'livekit-server-sdk';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { childProcessesOf } from '../support/child-processes.ts';
import { noLiveKitServer } from '../support/livekit-server.ts';
import { LiveKitStage, PATIENCE, settled } from '../support/livekit-stage.ts';
import { pythonLacks } from '../support/python.ts';

const missing = noLiveKitServer ?? pythonLacks('livekit.agents');
if (missing) console.log(`Tests of the LiveKit avatar are skipped: ${missing}`);

describe.skipIf(missing)('an avatar in a LiveKit room', { timeout: 120_000 }, () => {
  let stage: LiveKitStage;
  const processes = childProcessesOf('livekit/process/main.ts');
  beforeAll(async () => {
    stage = await LiveKitStage.start();
  });
  afterEach(() => stage.endSessions());
  afterAll(() => stage?.close());

  it('is seen and heard, says what its agent sends, and falls silent at once', async () => {
    const room = stage.newRoom();
    const agent = await stage.newAgent(room);
    const viewer = await stage.newViewer(room);
    const response = await stage.join(room);
    expect(response.status).toBe(201);
    await expect.poll(() => viewer.pictures.length, PATIENCE).toBeGreaterThan(5);
    expect(viewer.pictures.at(-1)).toMatchObject({ width: 256, height: 256 });
    await expect
      .poll(() => viewer.tracks.map(({ name }) => name).sort(), PATIENCE)
      .toEqual(['avatar_audio', 'avatar_video']);
    expect(viewer.tracks.map(({ source }) => source).sort()).toEqual([1, 2]);

    agent.tell({ do: 'open', avatar: 'avatar' });
    agent.tell({ do: 'say', seconds: 0.5 });
    agent.tell({ do: 'flush' });
    agent.tell({ do: 'settle' });
    await settled(agent);
    expect(agent.events.filter(({ event }) => event === 'finished')).toEqual([
      { event: 'finished', position: 0.5, interrupted: false },
    ]);
    expect(agent.events.filter(({ event }) => event === 'started')).toHaveLength(1);
    await expect.poll(() => viewer.lastLoudMs, PATIENCE).toBeDefined();

    agent.tell({ do: 'say', seconds: 20, rate: 16_000, channels: 2 });
    await agent.next(({ event }) => event === 'said', 30_000);
    await expect.poll(() => viewer.loud, PATIENCE).toBe(true);
    agent.tell({ do: 'clear' });
    agent.tell({ do: 'settle' });
    await expect.poll(() => agent.events.filter(({ event }) => event === 'settled').length, PATIENCE).toBe(2);
    const [, cut] = agent.events.filter(({ event }) => event === 'finished');
    expect(cut).toMatchObject({ interrupted: true });
    expect(cut.position).toBeLessThan(15);
    await expect.poll(() => viewer.loud, PATIENCE).toBe(false);
    await expect.poll(() => performance.now() - viewer.lastLoudMs!, PATIENCE).toBeGreaterThan(1000);
    agent.tell({ do: 'leave' });
    await expect.poll(async () => (await stage.live()).length, { timeout: 40_000, interval: 500 }).toBe(0);
  });

  it('tells the end of every segment exactly once, in random orders of a real sender', async () => {
    const room = stage.newRoom();
    const agent = await stage.newAgent(room);
    expect((await stage.join(room)).status).toBe(201);
    agent.tell({ do: 'open', avatar: 'avatar' });
    agent.tell({ do: 'orders', count: 8, seed: 7 });
    await agent.next(({ event, order }) => event === 'order' && order === 7, 110_000);
    for (const { segments, finished } of agent.events.filter(({ event }) => event === 'settled'))
      expect(finished).toBe(segments);
  });

  it.each([
    ['bey', {}],
    ['anam', {}],
    ['bithuman', {}],
    ['bithuman', { model: 'expression' }],
  ])('serves the unchanged plugin %s %j, with one address set', async (name, more) => {
    const room = stage.newRoom();
    const agent = await stage.newAgent(room);
    agent.tell({ do: 'plugin', name, avatar: 'no-such-avatar', ...more });
    const refused = await agent.next(({ event }) => event === 'refused', 60_000);
    if (name !== 'bithuman') expect(refused.body).toContain('avatar_not_found');
    agent.tell({ do: 'plugin', name, avatar: stage.server.avatar.id, ...more });
    await agent.next(({ event }) => event === 'plugin', 60_000);
    agent.tell({ do: 'say', seconds: 0.3 });
    agent.tell({ do: 'flush' });
    agent.tell({ do: 'settle' });
    expect(await settled(agent)).toMatchObject({ segments: 1, finished: 1, started: 1 });
    agent.tell({ do: 'leave' });
  });

  it('comes back when the process that sits in its room dies, and finishes what was begun', async () => {
    const room = stage.newRoom();
    const agent = await stage.newAgent(room);
    const viewer = await stage.newViewer(room);
    expect((await stage.join(room)).status).toBe(201);
    agent.tell({ do: 'open', avatar: 'avatar' });
    agent.tell({ do: 'say', seconds: 4 });
    agent.tell({ do: 'flush' });
    await agent.next(({ event }) => event === 'started', 30_000);
    const before = processes.length;
    processes.at(-1)!.kill('SIGKILL');
    const killedMs = performance.now();
    agent.tell({ do: 'settle' });
    expect(await settled(agent)).toMatchObject({ segments: 1, finished: 1 });
    await expect
      .poll(() => viewer.pictures.filter(({ atMs }) => atMs > killedMs + 200).length, PATIENCE)
      .toBeGreaterThan(5);
    expect(processes).toHaveLength(before + 1);
    agent.tell({ do: 'say', seconds: 0.2 });
    agent.tell({ do: 'flush' });
    agent.tell({ do: 'settle' });
    expect(await settled(agent, 2)).toMatchObject({ segments: 2, finished: 2 });
  });

  it('leaves when its room is closed, or another takes its place', async () => {
    const room = stage.newRoom();
    await stage.newAgent(room);
    const first = await (await stage.join(room)).json();
    const second = await (await stage.join(room)).json();
    const live = () => stage.live();
    await expect.poll(live, PATIENCE).not.toContain(first.id);
    expect(await live()).toContain(second.id);
    const { url, apiKey, apiSecret } = stage.livekit;
    await new RoomServiceClient(url.replace('ws', 'http'), apiKey, apiSecret).deleteRoom(room);
    await expect.poll(live, PATIENCE).not.toContain(second.id);
  });
});
