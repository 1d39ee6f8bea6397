import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VultusError } from '../../../src/errors.ts';
import { expectProblem } from '../../support/expect-problem.ts';
import { PORTRAIT, scriptedServer } from '../../support/scripted-server.ts';

let server: Awaited<ReturnType<typeof scriptedServer>>;
beforeEach(async () => {
  server = await scriptedServer();
});
afterEach(() => server.close());

describe('avatars', () => {
  it('are made of the body, with name and face', async () => {
    const response = await server.inject('POST', '/v1/avatars?name=Ada&face=1', {
      headers: { 'content-type': 'image/png' },
      payload: PORTRAIT,
    });
    expect(response.statusCode).toBe(201);
    expect(response.headers.location).toBe('/v1/avatars/own');
    expect(response.json()).toEqual({
      id: 'own',
      name: 'The own one',
      gallery: false,
      createdAt: '2026-01-02T03:04:05.000Z',
      width: 640,
      height: 480,
      warnings: [],
      clientDrawing: true,
      previewUrl: '/v1/avatars/own/preview',
    });
    expect(server.added).toEqual([{ bytes: PORTRAIT, name: 'Ada', faceIndex: 1 }]);
  });

  it('are made with the points of a face that is not found', async () => {
    const points = '0.4,0.5,0.6,0.5,0.45,0.7,0.55,0.7,0.5,0.8';
    const upload = (query: string) =>
      server.inject('POST', `/v1/avatars?points=${query}`, {
        headers: { 'content-type': 'image/png' },
        payload: PORTRAIT,
      });
    expect((await upload(points)).statusCode).toBe(201);
    expect(server.added[0].points).toEqual({
      rightEye: [0.4, 0.5],
      leftEye: [0.6, 0.5],
      mouthRight: [0.45, 0.7],
      mouthLeft: [0.55, 0.7],
      chin: [0.5, 0.8],
    });
    const bad = expectProblem(await upload('0.4,0.5'), 'invalid_request');
    expect(bad.detail).toContain('points');
  });

  it('are listed with the gallery first, shown, previewed and deleted', async () => {
    const list = (await server.inject('GET', '/v1/avatars')).json().avatars;
    expect(list.map(({ id }: { id: string }) => id)).toEqual(['gallery', 'own']);
    expect((await server.inject('GET', '/v1/avatars/own')).json()).toMatchObject({ id: 'own' });
    const preview = await server.inject('GET', '/v1/avatars/own/preview');
    expect(preview.headers['content-type']).toBe('image/jpeg');
    expect([...preview.rawPayload]).toEqual([0xff, 0xd8, 0xff]);
    const deleted = await server.inject('DELETE', '/v1/avatars/own');
    expect([deleted.statusCode, deleted.body]).toEqual([204, '']);
    expectProblem(await server.inject('GET', '/v1/avatars/own'), 'avatar_not_found');
    expectProblem(await server.inject('GET', '/v1/avatars/own/preview'), 'avatar_not_found');
    expectProblem(await server.inject('DELETE', '/v1/avatars/own'), 'avatar_not_found');
  });

  it('get another name', async () => {
    const rename = (id: string, payload: object) => server.inject('PATCH', `/v1/avatars/${id}`, { payload });
    expect((await rename('own', { name: ' Grace ' })).json()).toMatchObject({ id: 'own', name: 'Grace' });
    expect((await server.inject('GET', '/v1/avatars/own')).json().name).toBe('Grace');
    for (const wrong of [{}, { name: '' }, { name: 'x'.repeat(101) }, { name: 'x', gallery: true }]) {
      expectProblem(await rename('own', wrong), 'invalid_request');
    }
    expectProblem(await rename('none', { name: 'x' }), 'avatar_not_found');
  });

  it('of the gallery stay as they are', async () => {
    const payload = { name: 'Mine' };
    expectProblem(await server.inject('PATCH', '/v1/avatars/gallery', { payload }), 'avatar_in_gallery');
    expectProblem(await server.inject('DELETE', '/v1/avatars/gallery'), 'avatar_in_gallery');
    expect(server.avatars.has('gallery')).toBe(true);
  });

  it('report what is wrong with a portrait', async () => {
    const post = (contentType: string, payload: Buffer | string, query = '') =>
      server.inject('POST', `/v1/avatars${query}`, { headers: { 'content-type': contentType }, payload });
    expectProblem(await post('image/png', Buffer.alloc(20_000_001)), 'portrait_too_many_bytes');
    expectProblem(await post('image/png', ''), 'portrait_not_an_image');
    expectProblem(await post('text/plain', 'hello'), 'portrait_not_an_image');
    expectProblem(await post('application/json', '{}'), 'portrait_not_an_image');
    expectProblem(await post('multipart/form-data; boundary=x', '--x--'), 'portrait_not_an_image');
    expectProblem(await server.inject('POST', '/v1/avatars'), 'portrait_not_an_image');
    const bad = expectProblem(await post('image/png', PORTRAIT, '?face=first'), 'invalid_request');
    expect(bad.detail).toContain('face');
    expectProblem(await post('image/png', PORTRAIT, `?name=${'x'.repeat(101)}`), 'invalid_request');
    expectProblem(await post('image/png', PORTRAIT, '?nmae=x'), 'invalid_request');
    server.failNext.add = new VultusError('portrait_several_faces', '3 faces');
    const several = expectProblem(await post('image/png', PORTRAIT), 'portrait_several_faces');
    expect(several.detail).toContain('3 faces');
    expect(server.added).toEqual([]);
  });

  it.each([
    ['storage_full', 507],
    ['storage_failed', 500],
    ['portrait_too_complex', 422],
    ['analysis_failed', 500],
    ['server_busy', 503],
  ] as const)('that cannot be made are answered: %s', async (code, status) => {
    server.failNext.add = new VultusError(code, 'why');
    const headers = { 'content-type': 'image/png' };
    const response = await server.inject('POST', '/v1/avatars', { headers, payload: PORTRAIT });
    expect(response.statusCode).toBe(status);
    expect(expectProblem(response, code).detail).toContain('why');
  });

  it('are given up when their sender goes away, and only then', async () => {
    const url = await server.listen();
    const asked = Promise.withResolvers<AbortSignal>();
    const made = Promise.withResolvers<void>();
    server.whileAdding = async (signal) => {
      asked.resolve(signal);
      await made.promise;
    };
    const sender = new AbortController();
    const headers = { 'content-type': 'image/png' };
    const options = { method: 'POST', headers, body: new Uint8Array(PORTRAIT), signal: sender.signal };
    const answer = fetch(`${url}/v1/avatars`, options);
    const signal = await asked.promise;
    // Its body has been read to the end long since.
    await fetch(`${url}/healthz`);
    expect(signal.aborted).toBe(false);
    const aborted = once(signal, 'abort');
    sender.abort();
    await expect(answer).rejects.toThrow();
    await aborted;
    made.resolve();
  });
});
