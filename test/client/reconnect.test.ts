import { afterEach, beforeEach, expect, test } from 'vitest';
import { type LiveConnection, type LiveEvents, Session, Vultus } from '../../src/client/index.ts';
import { listenWhileStarting } from '../../src/server/starting.ts';
import { scriptedServer } from '../support/scripted-server.ts';
import { CuttableLine } from './support/cuttable-line.ts';

let server: Awaited<ReturnType<typeof scriptedServer>>;
let line: CuttableLine;
let session: Session;
const lives: LiveConnection[] = [];
beforeEach(async () => {
  server = await scriptedServer({ apiKey: 'open sesame' });
  const url = await server.listen();
  line = await CuttableLine.to(url);
  const opened = await new Vultus({ url, apiKey: 'open sesame' }).sessions.create({ avatarId: 'own' });
  // The browser has no key, but what the other server was answered with.
  session = Session.fromUrls(opened.info, { url: line.url });
});
afterEach(async () => {
  for (const live of lives.splice(0)) live.close();
  await line.close();
  await server.close();
});

async function connect(options = {}): Promise<LiveConnection> {
  const live = await session.connectWebSocket(options);
  lives.push(live);
  return live;
}

function next<Name extends keyof LiveEvents>(live: LiveConnection, name: Name): Promise<LiveEvents[Name]> {
  return new Promise((resolve) => live.once(name, resolve));
}

test('a connection that was cut comes back by itself, time after time, each with the token of the one before', async () => {
  const live = await connect();
  const tokens = [live.ready.token];
  for (let cut = 0; cut < 3; cut++) {
    const reconnecting = next(live, 'reconnecting');
    const reconnected = next(live, 'reconnected');
    line.cut();
    expect(await reconnecting).toMatchObject({ attempt: 1, error: { code: 'connection_lost' } });
    line.mend();
    tokens.push((await reconnected).token);
  }
  expect(new Set(tokens).size).toBe(4);
  expect(live.closed).toBe(false);
  const state = next(live, 'state');
  server.sessions.get('s1')!.emit('state', 'speaking');
  expect(await state).toMatchObject({ state: 'speaking' });
  expect(await live.ping()).toBeGreaterThanOrEqual(0);
  // Only the newest token is worth something, and the session object has it.
  expect((await session.refresh()).id).toBe('s1');
});

test('while it is away voice is lost, controls and background are told afterwards, and pings say so', async () => {
  const live = await connect();
  const waiting = expect(live.ping()).rejects.toMatchObject({ code: 'connection_lost' });
  const reconnecting = next(live, 'reconnecting');
  line.cut();
  await waiting;
  await reconnecting;
  await expect(live.ping()).rejects.toMatchObject({ code: 'connection_lost' });
  live.speak(new Int16Array(480));
  live.setControls({ blinkRate: 3, head: { yaw: 0.1 } });
  live.setControls({ blinkRate: 4, head: { roll: 0.2 } });
  live.setBackground('blur');
  const reconnected = next(live, 'reconnected');
  line.mend();
  await reconnected;
  await live.ping();
  const scripted = server.sessions.get('s1')!;
  await expect.poll(() => scripted.calls).toContain('setBackground blur');
  expect(scripted.calls).toContain('setControls {"head":{"yaw":0.1,"roll":0.2},"blinkRate":4}');
  expect(scripted.voice).toEqual([]);
});

test('it tries again and again while nobody answers', async () => {
  const live = await connect();
  const attempts: number[] = [];
  live.on('reconnecting', ({ attempt }) => attempts.push(attempt));
  line.cut();
  await expect.poll(() => attempts, { timeout: 15_000 }).toEqual([1, 2, 3]);
  const reconnected = next(live, 'reconnected');
  line.mend();
  await reconnected;
  expect(live.closed).toBe(false);
});

test('it ends when the server says that the session is gone', async () => {
  const live = await connect();
  const closed = next(live, 'closed');
  line.cut();
  server.sessions.get('s1')!.close();
  line.mend();
  expect((await closed).error?.code).toMatch(/^(session_not_found|session_closed|unauthorized)$/);
});

test('a server that is starting is waited for', async () => {
  const live = await connect();
  const errors: string[] = [];
  live.on('reconnecting', ({ error }) => errors.push(error.code));
  const closed = next(live, 'closed');
  line.cut();
  await server.close();
  const port = line.farPort;
  const starting = await listenWhileStarting({ host: '127.0.0.1', port, corsOrigins: [] });
  try {
    line.mend();
    await expect.poll(() => errors, { timeout: 15_000 }).toContain('starting');
    expect(live.closed).toBe(false);
  } finally {
    await starting.close();
    server = await scriptedServer({ apiKey: 'open sesame', port });
    await server.listen();
  }
  await closed;
});

test.each([
  ['a new connection takes its place', 'session_taken_over'],
  ['the session ends', 'session_closed'],
])('it does not come back where %s', async (what, code) => {
  const live = await connect();
  const seen: string[] = [];
  live.on('reconnecting', () => seen.push('reconnecting'));
  const closed = next(live, 'closed');
  if (what === 'the session ends') server.sessions.get('s1')!.close();
  else await connect();
  expect((await closed).error?.code).toBe(code);
  expect(seen).toEqual([]);
});

test('close ends the attempts', async () => {
  const live = await connect();
  const reconnecting = next(live, 'reconnecting');
  line.cut();
  await reconnecting;
  const closed = next(live, 'closed');
  live.close();
  expect(await closed).toEqual({ error: undefined });
  line.mend();
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect(line.refused).toBe(0);
  expect(server.sessions.get('s1')!.takers).toBe(0);
});

test('viewers come back as viewers', async () => {
  await connect();
  const viewer = await session.connectWebSocket({ role: 'view' });
  lives.push(viewer);
  const reconnected = next(viewer, 'reconnected');
  line.cut();
  await next(viewer, 'reconnecting');
  line.mend();
  await reconnected;
  const refused = next(viewer, 'error');
  viewer.interrupt();
  expect(await refused).toMatchObject({ code: 'view_only' });
});
