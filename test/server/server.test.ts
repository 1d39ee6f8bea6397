import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { expectProblem } from '../support/expect-problem.ts';
import { scriptedServer } from '../support/scripted-server.ts';

let server: Awaited<ReturnType<typeof scriptedServer>>;
beforeEach(async () => {
  server = await scriptedServer();
});
afterEach(() => server.close());

describe('server', () => {
  it('answers health, readiness and metrics', async () => {
    const health = { status: 'ok', provider: 'cpu', sessions: 0 };
    expect((await server.inject('GET', '/healthz')).json()).toMatchObject(health);
    expect((await server.inject('GET', '/readyz')).json()).toMatchObject(health);
    await server.inject('POST', '/v1/sessions', { payload: { avatarId: 'own' } });
    const session = server.sessions.get('s1')!;
    session.emit('stats', { ...session.stats, framesSent: 50, framesLate: 1 });
    session.emit('stats', { ...session.stats, framesSent: 90, framesLate: 1 });
    const delays = { intake: 2, context: 80, motion: 5, hold: 10, render: 6, encode: 2, send: 1 };
    session.emit('delays', delays);
    session.emit('speech.ended', { utterance: 1, playedMs: 900, reason: 'interrupted' });
    await server.inject('GET', '/nothing');
    const metrics = await server.inject('GET', '/metrics');
    expect(metrics.headers['content-type']).toMatch(/^text\/plain/);
    for (const line of [
      'vultus_live_sessions 1',
      'vultus_sessions_total 1',
      'vultus_session_headroom 3',
      'vultus_session_capacity 4',
      'vultus_engine_processes 2',
      'vultus_engine_busy_share 0.5',
      'vultus_engine_resident_bytes 300',
      'vultus_engine_processor_seconds 3',
      'vultus_pictures_total{outcome="sent"} 90',
      'vultus_pictures_total{outcome="late"} 1',
      'vultus_utterances_total{reason="interrupted"} 1',
      'vultus_picture_delay_seconds_bucket{le="0.1"} 0',
      'vultus_picture_delay_seconds_bucket{le="0.12"} 1',
      'vultus_picture_delay_stage_seconds_sum{stage="context"} 0.08',
      'vultus_stage_seconds{stage="render",quantile="0.5"} 0.007',
      'vultus_errors_total{code="not_found"} 1',
      'vultus_budget_used{budget="upload_slots"} 0',
      'vultus_budget_limit{budget="sessions"} 12',
      'vultus_budget_refusals_total{budget="sessions"} 0',
    ]) {
      expect(metrics.body.split('\n')).toContain(line);
    }
    expect(metrics.body).toMatch(
      /vultus_http_request_seconds_count\{method="POST",route="\/v1\/sessions",status="201"\} 1/,
    );
  });

  it('describes every route in OpenAPI', async () => {
    const document = (await server.inject('GET', '/docs/json')).json();
    expect(document.openapi).toMatch(/^3\./);
    expect(Object.keys(document.paths).sort()).toEqual([
      '/compat/anam/v1/auth/session-token',
      '/compat/anam/v1/engine/session',
      '/compat/bey/v1/session',
      '/compat/bey/v1/sessions',
      '/compat/bithuman',
      '/healthz',
      '/metrics',
      '/readyz',
      '/v1/avatars',
      '/v1/avatars/{id}',
      '/v1/avatars/{id}/preview',
      '/v1/livekit/sessions',
      '/v1/sessions',
      '/v1/sessions/{id}',
      '/v1/sessions/{id}/pushes',
      '/v1/sessions/{id}/pushes/{push}',
      '/v1/sessions/{id}/rig',
      '/v1/sessions/{id}/tokens',
      '/v1/sessions/{id}/webrtc',
      '/v1/sessions/{id}/whep',
      '/v1/sessions/{id}/whep/{peer}',
      '/v1/sessions/{id}/whip',
      '/v1/sessions/{id}/whip/{peer}',
    ]);
    expect(document.paths['/v1/sessions'].post.responses).toHaveProperty('503');
    expect((await server.inject('GET', '/docs')).statusCode).toBeLessThan(400);
  });

  it('says of every route in OpenAPI how it fails, with problem details', async () => {
    const { paths } = (await server.inject('GET', '/docs/json')).json();
    type Operation = { responses: Record<string, { content: object }> };
    const operations = Object.values(paths).flatMap((path) => Object.values(path as object)) as Operation[];
    for (const { responses } of operations) {
      expect(Object.keys(responses)).toContain('421');
      const failures = Object.entries(responses).filter(([status]) => status >= '400');
      for (const [, { content }] of failures)
        expect(Object.keys(content)).toEqual(['application/problem+json']);
    }
    const statuses = (path: string, method: string) => Object.keys(paths[path][method].responses);
    expect(statuses('/v1/avatars', 'get')).toEqual(['200', '401', '421']);
    expect(statuses('/v1/avatars/{id}', 'get')).toEqual(['200', '400', '401', '404', '421']);
    expect(statuses('/metrics', 'get')).toEqual(['200', '421']);
  });

  it('tells in OpenAPI of files: what is sent as a portrait, what comes as a preview', async () => {
    const { paths } = (await server.inject('GET', '/docs/json')).json();
    const file = { schema: { type: 'string', format: 'binary' } };
    const { content } = paths['/v1/avatars'].post.requestBody;
    expect(Object.keys(content)).toContain('image/png');
    expect(content['image/png']).toEqual(file);
    const preview = paths['/v1/avatars/{id}/preview'].get.responses['200'];
    expect(preview.content).toEqual({ 'image/jpeg': file });
  });

  it('answers unknown routes and methods with not_found, and / with a page', async () => {
    expectProblem(await server.inject('GET', '/v2/avatars'), 'not_found');
    expectProblem(await server.inject('PATCH', '/v1/avatars'), 'not_found');
    expectProblem(await server.inject('GET', '/../../package.json'), 'not_found');
    expectProblem(await server.inject('GET', '/%2e%2e/%2e%2e/package.json'), 'not_found');
    expectProblem(await server.inject('GET', '/v1/avatars/%%%'), 'invalid_request');
    const page = await server.inject('GET', '/');
    expect(page.statusCode).toBe(200);
    expect(page.headers['content-type']).toMatch(/^text\/html/);
  });

  it('says that its port is taken', async () => {
    const { port } = new URL(await server.listen());
    const second = await scriptedServer({ port });
    await expect(second.listen()).rejects.toMatchObject({
      code: 'config_invalid',
      detail: expect.stringContaining(`127.0.0.1:${port}`),
    });
    await second.close();
  });

  it('closes sessions that nobody joins and, when it closes itself, all sockets', async () => {
    await server.close();
    server = await scriptedServer({ joinTimeoutS: '1' });
    const base = await server.listen();
    await server.inject('POST', '/v1/sessions', { payload: { avatarId: 'own' } });
    await server.inject('POST', '/v1/sessions', { payload: { avatarId: 'own' } });
    const socket = new WebSocket(`${base.replace('http', 'ws')}/v1/sessions/s2/stream`);
    await once(socket, 'open');
    await expect.poll(() => [...server.sessions.keys()], { timeout: 3000 }).toEqual(['s2']);
    const end = once(socket, 'close');
    await server.close();
    await end;
    await expect(fetch(base)).rejects.toThrow();
  });
});
