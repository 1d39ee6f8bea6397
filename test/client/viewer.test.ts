import { afterEach, beforeEach, expect, it } from 'vitest';
import { type LiveConnection, type Session, Vultus } from '../../src/client/index.ts';
import { scriptedServer } from '../support/scripted-server.ts';

let server: Awaited<ReturnType<typeof scriptedServer>>;
let session: Session;
const lives: LiveConnection[] = [];
beforeEach(async () => {
  server = await scriptedServer({ maxViewers: '2' });
  session = await new Vultus({ url: await server.listen() }).sessions.create({ avatarId: 'own' });
});
afterEach(async () => {
  for (const live of lives.splice(0)) live.close();
  await server.close();
});

it('connects viewers beside the owner of a session; they are told where they may only watch', async () => {
  const owner = await session.connectWebSocket();
  const viewer = await session.connectWebSocket({ role: 'view' });
  const other = await session.connectWebSocket({ role: 'view', outputs: { motion: true } });
  lives.push(owner, viewer, other);
  const scripted = server.sessions.get('s1')!;
  expect(scripted.takers).toBe(3);
  const seen: string[] = [];
  viewer.on('video', () => seen.push('video'));
  other.on('motion', () => seen.push('motion'));
  viewer.on('state', ({ state }) => seen.push(state));
  const timed = { mediaTimeMs: 40, epoch: 0 };
  scripted.deliver({ kind: 'video', data: new Uint8Array(9), key: true, ...timed });
  scripted.deliver({ kind: 'motion', frame: new Float32Array(58), ...timed });
  scripted.emit('state', 'speaking');
  await expect.poll(() => [...seen].sort()).toEqual(['motion', 'speaking', 'video']);

  const refused = new Promise<string>((resolve) => viewer.once('error', ({ code }) => resolve(code)));
  viewer.speak(new Int16Array(480));
  expect(await refused).toBe('view_only');
  expect(await viewer.ping()).toBeGreaterThanOrEqual(0);
  owner.interrupt();
  await expect.poll(() => scripted.calls).toContain('interrupt');
  expect(scripted.voice).toEqual([]);

  await expect(session.connectWebSocket({ role: 'view' })).rejects.toMatchObject({
    code: 'too_many_viewers',
  });
  viewer.close();
  await expect.poll(() => scripted.takers).toBe(2);
  lives.push(await session.connectWebSocket({ role: 'view' }));
});
