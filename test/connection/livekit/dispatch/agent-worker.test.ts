import { setTimeout as sleep } from 'node:timers/promises';
import { AgentDispatchClient } from 'livekit-server-sdk';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  AgentWorker,
  type AssignedJob,
  type JobHost,
} from '../../../../src/connection/livekit/dispatch/agent-worker.ts';
import { dispatchLoad } from '../../../../src/connection/livekit/dispatch/dispatch-load.ts';
import { VultusError } from '../../../../src/errors.ts';
import { LiveKitServer, noLiveKitServer } from '../../../support/livekit-server.ts';

const PATIENCE = { timeout: 20_000, interval: 20 };

describe('the load that is told', () => {
  it('rises with what runs, and only without room reaches what LiveKit takes for none', () => {
    expect(dispatchLoad(0, 5)).toBe(0);
    expect(dispatchLoad(1, 4)).toBeLessThan(dispatchLoad(2, 3));
    expect(dispatchLoad(999, 1)).toBeLessThan(0.7);
    expect(dispatchLoad(5, 0)).toBe(1);
    expect(dispatchLoad(0, -1)).toBe(1);
  });
});

/** A host whose jobs last until they are ended. */
class ScriptedHost implements JobHost {
  readonly jobs = new Map<string, AssignedJob>();
  readonly ended: string[] = [];
  readonly offers: string[] = [];
  readonly capacity: number;
  refuse: VultusError | undefined;
  worker!: AgentWorker;
  registered = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  room() {
    return { used: this.jobs.size, free: this.capacity - this.jobs.size };
  }

  async check({ id, metadata }: { id: string; metadata: string }) {
    this.offers.push(metadata);
    if (this.refuse) throw this.refuse;
    return { identity: `avatar-${id}`, name: 'avatar', attributes: { mine: 'yes' } };
  }

  run(job: AssignedJob, onOpened: () => void, signal: AbortSignal): Promise<void> {
    this.jobs.set(job.id, job);
    onOpened();
    return new Promise((resolve) =>
      signal.addEventListener('abort', () => {
        this.jobs.delete(job.id);
        this.ended.push(job.id);
        resolve();
      }),
    );
  }
}

describe.skipIf(noLiveKitServer)('a worker of the dispatch of LiveKit', { timeout: 60_000 }, () => {
  let server: LiveKitServer;
  let rooms = 0;
  const hosts: ScriptedHost[] = [];
  beforeAll(async () => {
    server = await LiveKitServer.start();
  });
  afterAll(() => server?.close());
  afterEach(() => {
    for (const { worker } of hosts.splice(0)) worker.close();
  });

  const workerOf = async (capacity: number) => {
    const host = new ScriptedHost(capacity);
    const { url, apiKey, apiSecret } = server;
    host.worker = new AgentWorker({ url, apiKey, apiSecret, agentName: 'vultus', version: '1' }, host, {
      onRegistered: () => host.registered++,
    });
    hosts.push(host);
    host.worker.start();
    await vi.waitFor(() => expect(host.registered).toBe(1), PATIENCE);
    return host;
  };
  const client = () =>
    new AgentDispatchClient(server.url.replace('ws:', 'http:'), server.apiKey, server.apiSecret);
  const dispatch = (metadata = '') => client().createDispatch(`room-${++rooms}`, 'vultus', { metadata });
  const running = () => hosts.reduce((sum, { jobs }) => sum + jobs.size, 0);

  it('is given jobs with a token of their room', async () => {
    const host = await workerOf(1);
    await dispatch('what to do');
    await vi.waitFor(() => expect(host.jobs.size).toBe(1), PATIENCE);
    const [{ id, metadata, token, url }] = host.jobs.values();
    expect(metadata).toBe('what to do');
    expect(url).toBe(server.url);
    const claims = JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());
    expect(claims).toMatchObject({
      sub: `avatar-${id}`,
      kind: 'agent',
      attributes: { mine: 'yes' },
      video: { room: `room-${rooms}`, roomJoin: true },
    });
  });

  it('takes as many as there is room for, at once too, and others take the rest', async () => {
    const small = await workerOf(2);
    const large = await workerOf(20);
    await Promise.all(Array.from({ length: 12 }, () => dispatch()));
    await vi.waitFor(() => expect(running()).toBe(12), PATIENCE);
    expect(small.jobs.size).toBeLessThanOrEqual(2);
    expect(large.jobs.size).toBeGreaterThanOrEqual(10);
  });

  it('takes small jobs at once where there is room for one usual one', async () => {
    const host = await workerOf(1);
    host.room = (metadata?: string) => ({
      used: host.jobs.size,
      free: metadata === 'small' ? 4 - host.jobs.size : 1,
    });
    await Promise.all(Array.from({ length: 4 }, () => dispatch('small')));
    await vi.waitFor(() => expect(host.jobs.size).toBe(4), PATIENCE);
  });

  it('takes none any more once it drains, and goes on with those that run', async () => {
    const first = await workerOf(10);
    await dispatch();
    await vi.waitFor(() => expect(first.jobs.size).toBe(1), PATIENCE);
    first.worker.drain();
    const second = await workerOf(10);
    for (let i = 0; i < 4; i++) await dispatch();
    await vi.waitFor(() => expect(second.jobs.size).toBe(4), PATIENCE);
    expect(first.jobs.size).toBe(1);
    expect(first.ended).toEqual([]);
  });

  it('leaves to others what is none of its own, and ends what is nobody’s', async () => {
    const [first, second] = [await workerOf(10), await workerOf(10)];
    first.refuse = new VultusError('avatar_not_found');
    await dispatch('of the second');
    await vi.waitFor(() => expect(second.jobs.size).toBe(1), PATIENCE);
    for (const host of hosts) host.refuse = new VultusError('invalid_request');
    await dispatch('of nobody');
    const offers = () => hosts.flatMap((host) => host.offers).filter((one) => one === 'of nobody');
    await vi.waitFor(() => expect(offers()).toHaveLength(1), PATIENCE);
    await sleep(500);
    expect(offers()).toHaveLength(1);
    expect(running()).toBe(1);
  });

  it('does not keep LiveKit waiting for longer than that waits', async () => {
    const slow = await workerOf(10);
    slow.check = () => new Promise(() => {});
    const other = await workerOf(10);
    // By lot the slow one is asked first, or not at all.
    for (let i = 0; i < 5; i++) await dispatch();
    await vi.waitFor(() => expect(other.jobs.size).toBe(5), PATIENCE);
    expect(slow.jobs.size).toBe(0);
  });

  it('ends a job whose dispatch is taken back', async () => {
    const host = await workerOf(10);
    const { id, room } = await dispatch();
    await vi.waitFor(() => expect(host.jobs.size).toBe(1), PATIENCE);
    await client().deleteDispatch(id, room);
    await vi.waitFor(() => expect(host.ended).toHaveLength(1), PATIENCE);
  });

  it('is there again after the server was away, and its jobs have gone on', async () => {
    const host = await workerOf(10);
    await dispatch();
    await vi.waitFor(() => expect(host.jobs.size).toBe(1), PATIENCE);
    await server.close();
    server = await server.startAgain();
    await vi.waitFor(() => expect(host.registered).toBe(2), PATIENCE);
    expect(host.jobs.size).toBe(1);
    await dispatch();
    await vi.waitFor(() => expect(host.jobs.size).toBe(2), PATIENCE);
  });
});
