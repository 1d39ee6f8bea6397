import { expect } from 'vitest';
import type { Config } from '../../src/config.ts';
import { RoomViewer, roomToken } from './livekit-room.ts';
import { LiveKitServer } from './livekit-server.ts';
import { PythonProgram } from './python.ts';
import { startTestServer, type TestServer } from './server.ts';

const KEY = 'a key of the operator';
export const PATIENCE = { timeout: 30_000, interval: 50 };

/** A server and a LiveKit server, and what tests do with them. */
export class LiveKitStage {
  livekit: LiveKitServer;
  readonly server: TestServer;
  readonly #open: { close(): Promise<unknown> }[] = [];
  #rooms = 0;
  /** Is started ahead: what it is made of takes seconds to load. */
  #nextAgent: PythonProgram;

  private constructor(livekit: LiveKitServer, server: TestServer) {
    this.livekit = livekit;
    this.server = server;
    this.#nextAgent = this.#startAgent();
  }

  static async start(config: Partial<Config> = {}): Promise<LiveKitStage> {
    const livekit = await LiveKitServer.start();
    return new LiveKitStage(livekit, await startTestServer({ livekitHosts: ['127.0.0.1'], ...config }));
  }

  newRoom(): string {
    return `room-${++this.#rooms}`;
  }

  /** A scripted agent of livekit-agents, with the addresses of other avatars' plugins set to this server. */
  async newAgent(room: string): Promise<PythonProgram> {
    const { url } = this.livekit;
    const agent = this.#nextAgent;
    this.#nextAgent = this.#startAgent();
    agent.tell({ do: 'connect', url, token: await roomToken(this.livekit, 'agent', { room, agent: true }) });
    await agent.next(({ event }) => event === 'connected', 60_000);
    return agent;
  }

  #startAgent(): PythonProgram {
    const { livekit, server } = this;
    const agent = new PythonProgram('livekit_agent.py', [], {
      LIVEKIT_API_KEY: livekit.apiKey,
      LIVEKIT_API_SECRET: livekit.apiSecret,
      BEY_API_URL: `${server.url}/compat/bey`,
      BEY_API_KEY: KEY,
      ANAM_API_URL: `${server.url}/compat/anam`,
      ANAM_API_KEY: KEY,
      BITHUMAN_API_URL: `${server.url}/compat/bithuman`,
      BITHUMAN_API_SECRET: KEY,
    });
    this.#open.push(agent);
    return agent;
  }

  async newViewer(room: string, identity?: string): Promise<RoomViewer> {
    const viewer = await RoomViewer.join(this.livekit, room, identity);
    this.#open.push(viewer);
    return viewer;
  }

  /** Has an avatar join. @returns the answer */
  async join(room: string, more: object = {}): Promise<Response> {
    const { livekit, server } = this;
    const token = await roomToken(livekit, 'avatar', { room, agent: true, onBehalfOf: 'agent' });
    return fetch(`${server.url}/v1/livekit/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ avatarId: server.avatar.id, size: 256, url: livekit.url, token, ...more }),
    });
  }

  /** Ids of the sessions that are live. */
  async live(): Promise<string[]> {
    const { sessions } = await (await fetch(`${this.server.url}/v1/sessions`)).json();
    return sessions.map(({ id }: { id: string }) => id);
  }

  /** Whatever a test has left behind, so that the next one finds room. */
  async endSessions(): Promise<void> {
    for (const id of await this.live())
      await fetch(`${this.server.url}/v1/sessions/${id}`, { method: 'DELETE' });
    await expect.poll(async () => (await this.live()).length, PATIENCE).toBe(0);
  }

  async close(): Promise<void> {
    for (const one of this.#open) await one.close();
    await this.server.close();
    await this.livekit.close();
  }
}

/** What an agent has told when all its segments had their end, for the nth time. */
export async function settled(agent: PythonProgram, nth = 1): Promise<Record<string, unknown>> {
  const all = () => agent.events.filter(({ event }) => event === 'settled');
  await expect.poll(() => all().length, { timeout: 60_000, interval: 50 }).toBeGreaterThanOrEqual(nth);
  return all()[nth - 1];
}
