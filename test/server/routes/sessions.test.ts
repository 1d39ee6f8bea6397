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
      whipUrl: '/v1/sessions/s1/whip',
      whepUrl: '/v1/sessions/s1/whep',
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

  const bomb = async () => {
    const picture = sharp({ create: { width: 4000, height: 4000, channels: 3, background: '#406080' } });
    return `data:image/png;base64,${(await picture.png().toBuffer()).toString('base64')}`;
  };

  it('look at a background after everything else', async () => {
    const background = 'data:image/png;base64,AAAA';
    expectProblem(await open({ avatarId: 'nobody', background }), 'avatar_not_found');
    server.failNext.create = new VultusError('at_capacity');
    expectProblem(await open({ avatarId: 'own', background }), 'at_capacity');
  });

  it('take no background of more pixels than they show, and no strip', async () => {
    const large = expectProblem(await open({ avatarId: 'own', background: await bomb() }), 'invalid_request');
    expect(large.detail).toContain('4000 × 4000');
    const strip = sharp({ create: { width: 2000, height: 100, channels: 3, background: '#406080' } });
    const background = `data:image/png;base64,${(await strip.png().toBuffer()).toString('base64')}`;
    expectProblem(await open({ avatarId: 'own', background }), 'invalid_request');
  });

  it('let few backgrounds wait', async () => {
    const large = sharp({ create: { width: 2800, height: 2800, channels: 3, background: '#406080' } });
    const background = `data:image/png;base64,${(await large.png().toBuffer()).toString('base64')}`;
    await server.close();
    server = await scriptedServer({ sessionsPerMinute: 0 });
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => open({ avatarId: 'own', background })),
    );
    const codes = new Set(answers.map((answer) => answer.json().code));
    expect(codes).toContain('server_busy');
    expect(answers.filter(({ statusCode }) => statusCode === 201).length).toBeGreaterThanOrEqual(17);
    const refused = answers.find(({ statusCode }) => statusCode === 503)!;
    expectProblem(refused, 'server_busy');
    expect(refused.headers['retry-after']).toBe('2');
  });

  it('are no larger and no more frequent than the operator allows', async () => {
    await server.close();
    server = await scriptedServer({ maxSize: '720', maxFps: '30' });
    const large = expectProblem(
      await open({ avatarId: 'own', width: 1280, height: 720 }),
      'format_not_allowed',
    );
    expect(large.detail).toContain('720');
    expectProblem(await open({ avatarId: 'own', fps: 60 }), 'format_not_allowed');
    expect((await open({ avatarId: 'own', size: 720, fps: 30 })).statusCode).toBe(201);
    expect((await open({ avatarId: 'own' })).statusCode).toBe(201);
  });

  it('are opened so often by one address, and by others all the same', async () => {
    await server.close();
    server = await scriptedServer({ sessionsPerMinute: '5', trustProxy: '127.0.0.0/8' });
    const from = (address: string) =>
      server.inject('POST', '/v1/sessions', {
        payload: { avatarId: 'own' },
        headers: { 'x-forwarded-for': address },
      });
    expect((await from('192.0.2.1')).statusCode).toBe(201);
    expect((await from('192.0.2.1')).statusCode).toBe(201);
    const refused = await from('192.0.2.1');
    expectProblem(refused, 'too_many_requests');
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(5);
    expect((await from('192.0.2.2')).statusCode).toBe(201);
    // Everybody in one network of IPv6 is one.
    expect((await from('2001:db8::1')).statusCode).toBe(201);
    expect((await from('2001:db8::2')).statusCode).toBe(201);
    expectProblem(await from('2001:db8::3'), 'too_many_requests');
    const { body } = await server.inject('GET', '/metrics');
    expect(body).toContain('vultus_budget_refusals_total{budget="sessions"} 2');
    expect(body).toContain('vultus_budget_limit{budget="sessions"} 2');
  });

  it('are refused in few words, however much is wrong', async () => {
    const keys = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`key${i}`, 1]));
    expect(
      expectProblem(await open({ avatarId: 'own', ...keys }), 'invalid_request').detail.length,
    ).toBeLessThan(500);
    const controls = expectProblem(await open({ avatarId: 'own', controls: keys }), 'invalid_request');
    expect(controls.detail.length).toBeLessThan(500);
  });

  it('do not tell what broke inside', async () => {
    server.failNext.create = new Error('a secret of the machine');
    const response = await open({ avatarId: 'own' });
    expectProblem(response, 'internal');
    expect(response.body).not.toContain('secret');
  });
});
