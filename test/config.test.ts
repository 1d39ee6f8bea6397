import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CONFIG_OPTIONS, loadConfig, ROOT } from '../src/config.ts';
import { VultusError } from '../src/errors.ts';

function failure(work: () => unknown): VultusError {
  try {
    work();
  } catch (cause) {
    if (cause instanceof VultusError) return cause;
    throw cause;
  }
  throw new Error('nothing was thrown');
}

describe('configuration', () => {
  it('has a default for everything that must have a value', () => {
    const config = loadConfig({}, {});
    expect(config).toMatchObject({
      host: 'localhost',
      port: 8080,
      provider: 'auto',
      idleTimeoutS: 60,
      iceServers: [],
      corsOrigins: [],
    });
    expect(config.pack).toBe(join(ROOT, 'models/builtin'));
    expect(config.workers).toBeGreaterThanOrEqual(1);
    expect(config.maxSessions).toBeGreaterThanOrEqual(2);
    expect(config.apiKey).toBeUndefined();
  });

  it('prefers flags to the environment, and takes an empty variable as absent', () => {
    const env = { VULTUS_PORT: '9000', VULTUS_PROVIDER: 'cpu', VULTUS_HOST: '' };
    expect(loadConfig({ port: '9001' }, env)).toMatchObject({
      port: 9001,
      provider: 'cpu',
      host: 'localhost',
    });
  });

  it('reads lists, ICE servers and port ranges', () => {
    const config = loadConfig(
      {},
      {
        VULTUS_ICE_SERVERS: 'stun:stun.example.org:3478, turn:ada:s3cret@turn.example.org:3478',
        VULTUS_UDP_PORTS: '50000-50999',
        VULTUS_CORS_ORIGINS: 'https://a.example, https://b.example',
        VULTUS_TRUST_PROXY: '127.0.0.1, 2001:db8::/32',
      },
    );
    expect(config.iceServers).toEqual([
      { urls: 'stun:stun.example.org:3478' },
      { urls: 'turn:turn.example.org:3478', username: 'ada', credential: 's3cret' },
    ]);
    expect(config.udpPorts).toEqual([50000, 50999]);
    expect(config.trustProxy).toEqual(['127.0.0.1', '2001:db8::/32']);
    expect(config.corsOrigins).toEqual(['https://a.example', 'https://b.example']);
  });

  it('names flag and variable of every value that cannot be used', () => {
    const error = failure(() =>
      loadConfig(
        { port: '80a' },
        { VULTUS_PROVIDER: 'rocm', VULTUS_ICE_SERVERS: 'http://x', VULTUS_UDP_PORTS: '9-1' },
      ),
    );
    expect(error.code).toBe('config_invalid');
    expect(error.detail).toContain('--port (VULTUS_PORT): must be a whole number from 0 to 65535');
    for (const name of ['port', 'provider', 'iceServers', 'udpPorts'] as const) {
      expect(error.detail).toContain(CONFIG_OPTIONS[name].flag.split(' ')[0]);
      expect(error.detail).toContain(CONFIG_OPTIONS[name].env);
    }
  });

  it.each([
    ['port', '70000'],
    ['workers', '0'],
    ['maxSessions', '1.5'],
    ['apiKey', 'short'],
    ['logLevel', 'loud'],
    ['maxSize', '4000'],
    ['sessionsPerMinute', '-1'],
    ['trustProxy', 'proxy.example.org'],
    ['trustProxy', '10.0.0.0/33'],
  ] as const)('refuses %s = %s', (name, value) => {
    expect(failure(() => loadConfig({ [name]: value }, {})).code).toBe('config_invalid');
  });
});
