import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VultusError } from '../../../src/errors.ts';
import { expectProblem } from '../../support/expect-problem.ts';
import { scriptedServer } from '../../support/scripted-server.ts';

let server: Awaited<ReturnType<typeof scriptedServer>>;
beforeEach(async () => {
  server = await scriptedServer();
});
afterEach(() => server.close());

describe('sessions', () => {
  const open = (payload: object) => server.inject('POST', '/v1/sessions', { payload });

  it('are opened, listed, shown and closed', async () => {
    const response = await open({ avatarId: 'own', size: 256, fps: 30, controls: { gaze: 'camera' } });
    expect(response.statusCode).toBe(201);
    expect(response.json()).toMatchObject({
      id: 's1',
      avatarId: 'own',
      settings: {
        width: 256,
        height: 256,
        fit: 'portrait',
        fps: 30,
        codec: 'h264',
        bitrateKbps: 1500,
        seed: 1,
        latency: 'balanced',
        background: 'keep',
      },
      streamUrl: '/v1/sessions/s1/stream',
      webrtcUrl: '/v1/sessions/s1/webrtc',
    });
    expect(server.sessions.get('s1')?.calls).toEqual(['setControls {"gaze":"camera"}']);
    expect((await server.inject('GET', '/v1/sessions')).json().sessions).toHaveLength(1);
    expect((await server.inject('GET', '/v1/sessions/s1')).json()).toMatchObject({
      state: 'idle',
      stats: { fps: 25, provider: 'cpu' },
    });
    expect((await server.inject('DELETE', '/v1/sessions/s1')).statusCode).toBe(204);
    expectProblem(await server.inject('GET', '/v1/sessions/s1'), 'session_not_found');
    expectProblem(await server.inject('DELETE', '/v1/sessions/s1'), 'session_not_found');
  });

  it.each([
    [{}, 'avatarId'],
    [{ avatarId: 'own', size: 500 }, 'size'],
    [{ avatarId: 'own', size: 2048 }, 'size'],
    [{ avatarId: 'own', size: 512, width: 512, height: 512 }, 'not both'],
    [{ avatarId: 'own', width: 512 }, 'go together'],
    [{ avatarId: 'own', width: 1920, height: 1920 }, 'at most 1080'],
    [{ avatarId: 'own', fit: 'feet' }, 'fit'],
    [{ avatarId: 'own', fps: 24 }, 'fps'],
    [{ avatarId: 'own', codec: 'h265' }, 'codec'],
    [{ avatarId: 'own', seed: -1 }, 'seed'],
    [{ avatarId: 'own', controls: { gaze: { yaw: 3, pitch: 0 } } }, 'controls.gaze'],
    [{ avatarId: 'own', colour: 'red' }, 'colour'],
    [{ avatarId: 'own', background: 'red' }, 'background'],
    [{ avatarId: 'own', background: 'data:image/png;base64,AAAA' }, 'background'],
  ])('are refused for %j', async (body, named) => {
    expect(expectProblem(await open(body), 'invalid_request').detail).toContain(named);
    expect(server.sessions.size).toBe(0);
  });

  it('take pictures that are no squares, and what they show', async () => {
    const response = await open({ avatarId: 'own', width: 1080, height: 1920, fit: 'head' });
    expect(response.json().settings).toMatchObject({ width: 1080, height: 1920, fit: 'head' });
  });

  it.each(['blur', 'matte', '#0a0b0c'])('stand before %s', async (background) => {
    const response = await open({ avatarId: 'own', background });
    expect(response.json().settings.background).toBe(background);
  });

  it('stand before a picture that comes with the request', async () => {
    const picture = sharp({ create: { width: 64, height: 64, channels: 3, background: '#406080' } });
    const background = `data:image/png;base64,${(await picture.png().toBuffer()).toString('base64')}`;
    const response = await open({ avatarId: 'own', background });
    expect(response.json().settings.background).toBe('picture');
  });

  it('are refused for an unknown avatar, broken JSON and a full server', async () => {
    expectProblem(await open({ avatarId: 'nobody' }), 'avatar_not_found');
    const broken = { headers: { 'content-type': 'application/json' }, payload: '{"avatarId":' };
    expectProblem(await server.inject('POST', '/v1/sessions', broken), 'invalid_request');
    const large = { avatarId: 'x'.repeat(2 << 20) };
    expectProblem(await open(large), 'invalid_request');
    server.failNext.create = new VultusError('at_capacity');
    const full = await open({ avatarId: 'own' });
    expectProblem(full, 'at_capacity');
    expect([full.headers['retry-after'], full.json().retryAfterS]).toEqual(['5', 5]);
    server.failNext.create = new VultusError('at_capacity', 'no room', { retryAfterS: 37 });
    const measured = await open({ avatarId: 'own' });
    expect([measured.headers['retry-after'], measured.json().retryAfterS]).toEqual(['37', 37]);
  });

  it('do not tell what broke inside', async () => {
    server.failNext.create = new Error('a secret of the machine');
    const response = await open({ avatarId: 'own' });
    expectProblem(response, 'internal');
    expect(response.body).not.toContain('secret');
  });
});
