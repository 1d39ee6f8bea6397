import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { childProcessesOf } from '../support/child-processes.ts';
import { noLiveKitServer } from '../support/livekit-server.ts';
import { LiveKitStage, PATIENCE, settled } from '../support/livekit-stage.ts';
import { pythonLacks } from '../support/python.ts';

const missing = noLiveKitServer ?? pythonLacks('livekit.agents');
if (missing) console.log(`Tests of faults in LiveKit rooms are skipped: ${missing}`);

const STREAM = {
  topic: 'lk.audio_stream',
  destinationIdentities: ['avatar'],
  attributes: { sample_rate: '24000', num_channels: '1' },
};

describe.skipIf(missing)('faults around a LiveKit room', { timeout: 180_000 }, () => {
  let stage: LiveKitStage;
  const processes = childProcessesOf('livekit/process/main.ts');
  beforeAll(async () => {
    stage = await LiveKitStage.start();
  });
  afterAll(() => stage?.close());

  it('others than the agent are neither heard nor obeyed', async () => {
    const room = stage.newRoom();
    const agent = await stage.newAgent(room);
    const stranger = await stage.newViewer(room, 'stranger');
    expect((await stage.join(room)).status).toBe(201);
    const { localParticipant } = stranger.room;
    const writer = await localParticipant!.streamBytes({ name: 'AUDIO_x', ...STREAM });
    await writer.write(new Uint8Array(24_000).fill(0x33));
    await writer.close();
    const called = { destinationIdentity: 'avatar', method: 'lk.clear_buffer', payload: '' };
    agent.tell({ do: 'open', avatar: 'avatar' });
    agent.tell({ do: 'say', seconds: 3 });
    agent.tell({ do: 'flush' });
    await agent.next(({ event }) => event === 'started');
    expect(await localParticipant!.performRpc(called)).toBe('reject');
    agent.tell({ do: 'settle' });
    expect(await settled(agent)).toMatchObject({ segments: 1, started: 1, finished: 1 });
    expect(agent.events.find(({ event }) => event === 'finished')).toMatchObject({
      position: 3,
      interrupted: false,
    });
    agent.tell({ do: 'leave' });
  });

  it('a flood ends its own room with a code, and another room goes on', async () => {
    const rooms = [stage.newRoom(), stage.newRoom()];
    const flooded = await (await stage.join(rooms[0])).json();
    const other = await stage.newViewer(rooms[1]);
    const quiet = await (await stage.join(rooms[1])).json();
    await expect.poll(() => other.pictures.length, PATIENCE).toBeGreaterThan(5);
    const { localParticipant } = (await stage.newViewer(rooms[0], 'flood')).room;
    const send = async () => {
      const writer = await localParticipant!.streamBytes({ name: 'AUDIO_x', ...STREAM });
      await writer.write(new Uint8Array(1000));
      await writer.close();
    };
    for (let i = 0; i < 40 && (await stage.live()).includes(flooded.id); i++)
      await Promise.all(Array.from({ length: 100 }, send));
    await expect.poll(() => stage.live(), PATIENCE).not.toContain(flooded.id);
    expect(await stage.live()).toContain(quiet.id);
    const before = other.pictures.length;
    await expect.poll(() => other.pictures.length, PATIENCE).toBeGreaterThan(before + 10);
    await fetch(`${stage.server.url}/v1/sessions/${quiet.id}`, { method: 'DELETE' });
  });

  it('a LiveKit server that starts again finds its avatars back in their rooms', async () => {
    const room = stage.newRoom();
    await stage.newViewer(room, 'agent');
    const session = await (await stage.join(room)).json();
    await stage.livekit.close();
    await sleep(1000);
    stage.livekit = await stage.livekit.startAgain();
    const viewer = await stage.newViewer(room, 'viewer');
    await expect.poll(() => viewer.pictures.length, { ...PATIENCE, timeout: 60_000 }).toBeGreaterThan(5);
    expect(await stage.live()).toContain(session.id);
    await fetch(`${stage.server.url}/v1/sessions/${session.id}`, { method: 'DELETE' });
  });

  it('agents that are killed leave nothing behind', async () => {
    const killed = async (): Promise<string> => {
      const room = stage.newRoom();
      const agent = await stage.newAgent(room);
      const joined = await stage.join(room);
      expect(joined.status).toBe(201);
      const { id } = await joined.json();
      agent.tell({ do: 'open', avatar: 'avatar' });
      agent.tell({ do: 'say', seconds: 5 });
      await agent.next(({ event }) => event === 'started', 60_000);
      await agent.close();
      return id;
    };
    const ids = await Promise.all([killed(), killed()]);
    // LiveKit needs a while to miss them, and the avatars wait for them.
    const left = async () => (await stage.live()).filter((id) => ids.includes(id));
    await expect.poll(left, { timeout: 90_000, interval: 500 }).toEqual([]);
    const status = readFileSync(`/proc/${processes.at(-1)!.pid}/status`, 'utf8');
    expect(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1])).toBeLessThan(400_000);
  });
});
