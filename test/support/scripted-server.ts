import type { InjectOptions } from 'fastify';
import type { AvatarChange } from '../../src/avatar/avatar-store.ts';
import { loadConfig } from '../../src/config.ts';
import type { Backdrop } from '../../src/contract/backdrop.ts';
import type { FaceChoice, FacePoints } from '../../src/contract/face-points.ts';
import { VultusError } from '../../src/errors.ts';
import type { ServerDependencies } from '../../src/server/context.ts';
import { createLog } from '../../src/server/log.ts';
import { createServer } from '../../src/server/server.ts';
import { ScriptedSession } from './scripted-session.ts';

export const PORTRAIT = Buffer.from('portrait');

/**
 * A real server (HTTP, WebSocket) whose avatars and sessions do what the test says, for what belongs to the
 * server alone; `real-server.test.ts` runs it with the real parts.
 */
export async function scriptedServer(flags: Parameters<typeof loadConfig>[0] = {}) {
  const sessions = new Map<string, ScriptedSession>();
  const avatars = new Map(
    ['own', 'gallery'].map((id) => [
      id,
      {
        id,
        name: `The ${id} one`,
        gallery: id === 'gallery',
        createdAt: '2026-01-02T03:04:05.000Z',
        width: 640,
        height: 480,
        warnings: [],
      },
    ]),
  );
  const added: { bytes: Buffer; name: string; faceIndex?: number; points?: FacePoints }[] = [];
  const logged: Record<string, unknown>[] = [];
  const failNext: { add?: Error; create?: Error } = {};
  /** What an upload waits for. */
  const scripted: { whileAdding?: (signal: AbortSignal) => Promise<void> } = {};
  const known = (id: string) => {
    const avatar = avatars.get(id);
    if (!avatar) throw new VultusError('avatar_not_found');
    return avatar;
  };
  const dependencies = {
    config: loadConfig({ host: '127.0.0.1', port: 0, logLevel: 'silent', ...flags }, {}),
    engine: {
      info: { provider: 'cpu', pack: { name: 'test', version: '1' }, processes: 2 },
      headroom: () => 3,
      loads: [
        { busy: 0.25, recoveryS: 0, residentBytes: 100, processorMs: 1000 },
        { busy: 0.5, recoveryS: 0, residentBytes: 200, processorMs: 2000 },
      ],
    },
    avatars: {
      list: () => [...avatars.values()],
      get: known,
      preview: async (id: string) => {
        known(id);
        return Buffer.from([0xff, 0xd8, 0xff]);
      },
      change: async (id: string, change: AvatarChange) => {
        const renamed = { ...known(id), ...change };
        avatars.set(id, renamed);
        return renamed;
      },
      delete: async (id: string) => void avatars.delete(id),
      add: async (bytes: Buffer, options: { name: string } & FaceChoice, signal: AbortSignal) => {
        await scripted.whileAdding?.(signal);
        if (failNext.add) throw failNext.add;
        added.push({ bytes, ...options });
        return known('own');
      },
    },
    log: createLog('warn', { write: (line) => void logged.push(JSON.parse(line)) }),
    sessions: {
      list: () => [...sessions.values()],
      get: (id: string) => {
        const session = sessions.get(id);
        if (!session) throw new VultusError('session_not_found');
        return session;
      },
      create: async (
        wanted: { avatarId: string },
        {
          controls,
          background,
        }: { controls?: object; background?: (assertRoom: () => void) => Promise<Backdrop> } = {},
      ) => {
        if (failNext.create) throw failNext.create;
        known(wanted.avatarId);
        const settings = { ...wanted, ...(background && { background: await background(() => {}) }) };
        const session = new ScriptedSession(`s${sessions.size + 1}`, settings);
        session.setControls(controls ?? {});
        sessions.set(session.id, session);
        session.once('closed', () => sessions.delete(session.id));
        return session;
      },
    },
  };
  const server = await createServer(dependencies as unknown as ServerDependencies);
  /** Asks without a socket. */
  const inject = (
    method: 'GET' | 'POST' | 'DELETE' | 'PATCH',
    url: string,
    more: Pick<InjectOptions, 'headers' | 'payload' | 'remoteAddress'> = {},
  ) => server.app.inject({ method, url, ...more });
  return Object.assign(scripted, { ...server, inject, avatars, sessions, added, failNext, logged });
}
