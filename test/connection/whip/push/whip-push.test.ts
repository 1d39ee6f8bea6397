import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { DialPolicy } from '../../../../src/connection/dial-policy.ts';
import { WhipPush } from '../../../../src/connection/whip/push/whip-push.ts';
import { VultusError } from '../../../../src/errors.ts';
import { ScriptedSession } from '../../../support/scripted-session.ts';
import { WhipEndpoint } from '../../../support/whip-endpoint.ts';

/** On a machine that is busy. */
const PATIENCE = { timeout: 60_000 };
const LONG = { timeoutMs: 60_000, patienceMs: { first: 60_000, lost: 60_000 } };
const owned: { close(): unknown }[] = [];
afterEach(async () => {
  for (const thing of owned.splice(0).reverse()) await thing.close();
});

async function startEndpoint(): Promise<WhipEndpoint> {
  const endpoint = await WhipEndpoint.start();
  owned.push(endpoint);
  return endpoint;
}

function push(
  url: string,
  options: Partial<ConstructorParameters<typeof WhipPush>[1]> = {},
  session = new ScriptedSession(),
) {
  const connection = new WhipPush(
    { url, bearerToken: 'a-token' },
    { policy: new DialPolicy(['127.0.0.1']), ...LONG, ...options },
  );
  const ends: { why: string; code: string | undefined }[] = [];
  connection.once('closed', (why, error) => ends.push({ why, code: error?.code }));
  owned.push({ close: () => connection.close() });
  connection.attach(session);
  let mediaTimeMs = 0;
  const speak = () => {
    mediaTimeMs += 40;
    const timed = { mediaTimeMs, epoch: 0 };
    session.deliver({ kind: 'video', data: Uint8Array.of(0, 0, 0, 1, 0x65, 7, 7, 7), key: true, ...timed });
    session.deliver({ kind: 'voice', data: Uint8Array.of(0xfc, 0xff, 0xfe), ...timed });
  };
  return { connection, session, ends, speak };
}

describe('WhipPush', { timeout: 120_000 }, () => {
  it('publishes picture and voice with its token, tells candidates, and says goodbye', async () => {
    const endpoint = await startEndpoint();
    const { connection, speak, ends } = push(endpoint.url);
    expect([connection.live, connection.joined, connection.video]).toEqual([false, false, undefined]);
    await once(connection, 'live');
    expect([connection.live, connection.joined]).toEqual([true, true]);
    expect(connection.video).toEqual({ codec: 'h264', bitrateKbps: expect.any(Number) });
    await expect
      .poll(() => {
        speak();
        return Math.min(endpoint.received.video, endpoint.received.audio);
      }, PATIENCE)
      .toBeGreaterThan(5);
    expect(endpoint.fragments[0]).toMatch(/^"ice-1" [\s\S]*a=ice-ufrag:[\s\S]*a=candidate:/);
    expect(endpoint.offers[0]).toMatch(/a=setup:actpass[\s\S]*a=sendonly/);
    expect(endpoint.offers[0]).not.toMatch(/a=candidate:|a=sendrecv/);
    connection.close();
    await connection.goodbye;
    expect(endpoint.requests).toEqual([
      'POST /whip Bearer a-token',
      'PATCH /whip/seat Bearer a-token',
      'DELETE /whip/seat Bearer a-token',
    ]);
    expect(ends).toEqual([{ why: 'closed', code: undefined }]);
  });

  it('numbers header extensions alike in the whole bundle', async () => {
    const endpoint = await startEndpoint();
    push(endpoint.url);
    await expect.poll(() => endpoint.offers.length, PATIENCE).toBe(1);
    const numbers = new Map<string, Set<string>>();
    for (const [, number, uri] of endpoint.offers[0].matchAll(/^a=extmap:(\d+) (\S+)/gm))
      numbers.set(uri, (numbers.get(uri) ?? new Set()).add(number));
    expect([...numbers.values()].map(({ size }) => size)).toEqual([1, 1, 1]);
  });

  it('sends the codec that the endpoint takes, and the one of its session where that has one', async () => {
    const endpoint = await startEndpoint();
    endpoint.script.codec = 'vp8';
    const { connection, session } = push(endpoint.url, {}, new ScriptedSession('s1', { codec: 'auto' }));
    await once(connection, 'live');
    expect(endpoint.offers[0]).toMatch(/H264[\s\S]*VP8[\s\S]*VP9[\s\S]*AV1/);
    expect(connection.video?.codec).toBe('vp8');
    expect(session.outputs[0]).toMatch(/^video\/vp8\//);
    endpoint.script.codec = 'h264';
    await once(push(endpoint.url).connection, 'live');
    expect(endpoint.offers[1]).not.toMatch(/VP8|VP9|AV1/i);
  });

  it('finds its way by servers that the endpoint names, as far as they may be dialled', async () => {
    const turn = createSocket('udp4').bind(0, '127.0.0.1');
    await once(turn, 'listening');
    owned.push({ close: () => turn.close() });
    const asked: number[] = [];
    turn.on('message', (message) => asked.push(message.readUInt16BE(0)));
    const endpoint = await startEndpoint();
    const relay = `<turn:127.0.0.1:${turn.address().port}?transport=udp>; rel="ice-server"; username="u, v"; credential="p"`;
    endpoint.script.link = ['<https://127.0.0.1/style.css>; rel="stylesheet"', relay];
    push(endpoint.url, { policy: new DialPolicy(['127.0.0.1']) });
    // RFC 8656 §7: an Allocate request.
    await expect.poll(() => asked, PATIENCE).toContain(0x0003);

    const other = createSocket('udp4').bind(0, '127.0.0.2');
    await once(other, 'listening');
    owned.push({ close: () => other.close() });
    const elsewhere: Buffer[] = [];
    other.on('message', (message) => elsewhere.push(message));
    endpoint.script.link = [
      relay.replace('127.0.0.1', '127.0.0.2').replace(/:\d+\?/, `:${other.address().port}?`),
    ];
    await once(push(endpoint.url).connection, 'live');
    expect(elsewhere).toEqual([]);
  });

  it('asks once where it is refused', async () => {
    const endpoint = await startEndpoint();
    endpoint.script.refuse = { status: 403 };
    const { connection, ends } = push(endpoint.url);
    await once(connection, 'closed');
    expect(ends).toEqual([{ why: 'peer left', code: 'push_refused' }]);
    expect(endpoint.requests).toHaveLength(1);
  });

  it('waits as long as a busy endpoint says, and asks again', async () => {
    const endpoint = await startEndpoint();
    endpoint.script.refuse = { status: 503, headers: { 'retry-after': '2' } };
    const { connection } = push(endpoint.url);
    await expect.poll(() => endpoint.requests.length, PATIENCE).toBe(1);
    const askedMs = performance.now();
    delete endpoint.script.refuse;
    await once(connection, 'live');
    expect(performance.now() - askedMs).toBeGreaterThan(1900);
  });

  it('gives up where the endpoint is busy for longer than it may be', async () => {
    const endpoint = await startEndpoint();
    endpoint.script.refuse = { status: 503, headers: { 'retry-after': '3000' } };
    const { connection, ends } = push(endpoint.url);
    await once(connection, 'closed');
    expect(ends).toEqual([{ why: 'connection lost', code: 'push_unreachable' }]);
  });

  it('follows an endpoint that shares its load, and nobody to where it may not dial', async () => {
    const [first, second] = [await startEndpoint(), await startEndpoint()];
    first.script.refuse = { status: 307, headers: { location: second.url } };
    const { connection } = push(first.url);
    await once(connection, 'live');
    connection.close();
    await connection.goodbye;
    expect(first.requests).toEqual(['POST /whip Bearer a-token']);
    // Its token is not for others.
    expect(second.requests).toEqual(['POST /whip', 'PATCH /whip/seat', 'DELETE /whip/seat']);
    first.script.refuse = { status: 307, headers: { location: 'http://127.0.0.2:1/whip' } };
    const led = push(first.url);
    await once(led.connection, 'closed');
    expect(led.ends[0].code).toBe('address_not_allowed');
  });

  it('keeps its token from the server that its endpoint says the session is on', async () => {
    const [endpoint, other] = [await startEndpoint(), await startEndpoint()];
    endpoint.script.location = new URL('/seat', other.url).href;
    const { connection } = push(endpoint.url);
    await once(connection, 'live');
    await expect.poll(() => other.requests, PATIENCE).toEqual(['PATCH /seat']);
    connection.close();
    await connection.goodbye;
    expect(other.requests).toEqual(['PATCH /seat', 'DELETE /seat']);
    expect(endpoint.requests).toEqual(['POST /whip Bearer a-token']);
  });

  it('publishes anew where the endpoint has lost it', async () => {
    const endpoint = await startEndpoint();
    const { connection, speak, ends } = push(endpoint.url, { timeoutMs: 10_000 });
    await once(connection, 'live');
    await endpoint.vanish();
    await expect.poll(() => connection.live, PATIENCE).toBe(false);
    await expect.poll(() => connection.live, PATIENCE).toBe(true);
    const before = { ...endpoint.received };
    await expect
      .poll(() => {
        speak();
        return Math.min(endpoint.received.video - before.video, endpoint.received.audio - before.audio);
      }, PATIENCE)
      .toBeGreaterThan(3);
    expect(ends).toEqual([]);
  });

  it('asks less and less often where the endpoint takes it and hangs up at once', async () => {
    const endpoint = await startEndpoint();
    const { connection } = push(endpoint.url, { timeoutMs: 5000 });
    let leftMs = 0;
    for (let times = 1; times <= 3; times++) {
      await expect.poll(() => connection.live, PATIENCE).toBe(true);
      await expect.poll(() => endpoint.state, PATIENCE).toBe('connected');
      await endpoint.hangUp();
      await expect.poll(() => connection.live, PATIENCE).toBe(false);
      leftMs = performance.now();
      await expect.poll(() => endpoint.offers.length, { ...PATIENCE, interval: 5 }).toBe(times + 1);
    }
    expect(performance.now() - leftMs).toBeGreaterThan(850);
  });

  it('goes on by its second try, whatever becomes of the first one later', async () => {
    const endpoint = await startEndpoint();
    endpoint.script.link = ['<turn:slow.test:9>; rel="ice-server"; username="u"; credential="p"'];
    const looking = Promise.withResolvers<string[]>();
    const names = { local: () => looking.promise, remote: async () => [] };
    const policy = new DialPolicy(['127.0.0.1', 'slow.test'], names);
    const { connection, ends } = push(endpoint.url, { policy, timeoutMs: 4000 });
    await expect.poll(() => endpoint.offers.length, PATIENCE).toBe(1);
    await expect.poll(() => endpoint.requests.at(-1), PATIENCE).toMatch(/^DELETE/);
    delete endpoint.script.link;
    looking.resolve(['127.0.0.2']);
    await expect.poll(() => connection.live || connection.closed, PATIENCE).toBe(true);
    expect(ends).toEqual([]);
  });

  it('ends with its session, and tells the endpoint', async () => {
    const endpoint = await startEndpoint();
    const { connection, session, ends } = push(endpoint.url);
    await once(connection, 'live');
    session.close(new VultusError('session_idle'));
    await connection.goodbye;
    expect(ends).toEqual([{ why: 'session closed', code: 'session_idle' }]);
    expect(endpoint.requests.at(-1)).toMatch(/^DELETE/);
  });

  it('ends by itself alone, with a code, where something goes wrong as it sends', async () => {
    const endpoint = await startEndpoint();
    const { connection, session, ends } = push(endpoint.url);
    await once(connection, 'live');
    const broken = { kind: 'video', key: true, mediaTimeMs: 40, epoch: 0, data: undefined as never } as const;
    session.deliver(broken);
    await connection.goodbye;
    expect(ends).toEqual([{ why: 'failed', code: 'internal' }]);
    expect([session.closed, session.takers]).toEqual([false, 0]);
  });

  it('takes back an offer that is answered when nobody wants it any more', async () => {
    const endpoint = await startEndpoint();
    const { connection } = push(endpoint.url);
    await expect.poll(() => endpoint.offers.length, PATIENCE).toBe(1);
    connection.close();
    await connection.goodbye;
    expect(connection.closed).toBe(true);
  });
});
