import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MAX_IMAGE_FILE_BYTES } from '../../src/image/image-file.ts';
import { scriptedServer } from '../support/scripted-server.ts';

let server: Awaited<ReturnType<typeof scriptedServer>>;
let port: number;
beforeEach(async () => {
  server = await scriptedServer({ uploadsPerMinute: 0, sessionsPerMinute: 0 });
  port = Number(new URL(await server.listen()).port);
});
afterEach(() => server.close());

/** A request of which the test sends as much as it likes. */
function post(path: string, contentType: string, length: number | 'chunked') {
  const socket = connect(port, '127.0.0.1');
  let answer = '';
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    answer += chunk;
  });
  const size = length === 'chunked' ? 'Transfer-Encoding: chunked' : `Content-Length: ${length}`;
  socket.write(`POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${contentType}\r\n${size}\r\n\r\n`);
  return {
    socket,
    answer: () => answer,
    closed: once(socket, 'close').then(() => answer),
  };
}
const upload = (length: number | 'chunked' = MAX_IMAGE_FILE_BYTES) =>
  post('/v1/avatars', 'image/png', length);
const used = async (budget: string) => {
  const { body } = await server.inject('GET', '/metrics');
  return Number(new RegExp(`vultus_budget_used\\{budget="${budget}"\\} (.*)`).exec(body)?.[1]);
};

describe('bodies', () => {
  it('of portraits are refused before they are read, once their bytes are promised to others', async () => {
    const held = [upload(), upload(), upload('chunked')];
    await expect.poll(() => used('upload_bytes')).toBe(3 * MAX_IMAGE_FILE_BYTES);
    const refused = upload();
    const answer = await refused.closed;
    expect(answer).toMatch(/^HTTP\/1\.1 429 /);
    expect(answer).toMatch(/^connection: close\r$/im);
    expect(answer).toMatch(/^retry-after: \d+\r$/im);
    expect(answer).toContain('"code":"too_many_requests"');
    expect(await used('upload_slots')).toBe(3);
    for (const { socket } of held) socket.destroy();
    await expect.poll(() => used('upload_bytes')).toBe(0);
    expect(await used('upload_slots')).toBe(0);
  });

  it('that are refused may still be sent, so that the caller reads the answer', async () => {
    const held = [upload(), upload(), upload()];
    await expect.poll(() => used('upload_slots')).toBe(3);
    const response = await fetch(`http://127.0.0.1:${port}/v1/avatars`, {
      method: 'POST',
      headers: { 'content-type': 'image/png' },
      body: Buffer.alloc(5_000_000),
    });
    expect(response.status).toBe(429);
    for (const { socket } of held) socket.destroy();
  });

  it('have so many places, and are given back after the answer', async () => {
    const held = Array.from({ length: 8 }, () => upload(1000));
    await expect.poll(() => used('upload_slots')).toBe(8);
    expect(await upload(1000).closed).toMatch(/^HTTP\/1\.1 429 /);
    for (const { socket } of held) socket.write(Buffer.alloc(1000));
    await expect
      .poll(() => held.map(({ answer }) => answer().slice(0, 12)))
      .toEqual(Array(8).fill('HTTP/1.1 201'));
    await expect.poll(() => used('upload_slots')).toBe(0);
    for (const { socket } of held) socket.destroy();
  });

  it('of JSON are bounded in sum', async () => {
    const held = Array.from({ length: 15 }, () => post('/v1/sessions', 'application/json', 1_000_000));
    await expect.poll(() => used('body_bytes')).toBe(15_000_000);
    const refused = post('/v1/sessions', 'application/json', 'chunked');
    expect(await refused.closed).toContain('"code":"too_many_requests"');
    for (const { socket } of held) socket.destroy();
    await expect.poll(() => used('body_bytes')).toBe(0);
  });

  it('that come too slowly are given up, and their place with them', async () => {
    const slow = upload(1_000_000);
    await expect.poll(() => used('upload_slots')).toBe(1);
    const dripping = setInterval(() => slow.socket.write('x'), 200);
    const answer = await slow.closed;
    clearInterval(dripping);
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(answer).toContain('"code":"request_too_slow"');
    await expect.poll(() => used('upload_slots')).toBe(0);
  });

  it('that pause for a moment are waited for', async () => {
    const late = upload(2000);
    late.socket.write(Buffer.alloc(1000));
    await sleep(1500);
    late.socket.write(Buffer.alloc(1000));
    await expect.poll(late.answer).toMatch(/^HTTP\/1\.1 201 /);
    late.socket.destroy();
  });
});
