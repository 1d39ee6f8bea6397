import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../../src/config.ts';

function run(args: readonly string[]): Promise<{ code: number; said: string }> {
  const env = { ...process.env, LIVEKIT_API_KEY: '', LIVEKIT_API_SECRET: '' };
  return new Promise((resolve) => {
    const command = [join(ROOT, 'src/main.ts'), 'probe', ...args];
    execFile(process.execPath, command, { env }, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), said: stdout + stderr });
    });
  });
}

it.each([
  ['an address of neither', ['ftp://127.0.0.1'], /config_invalid: .*no address of http or ws/],
  ['a LiveKit server without its keys', ['ws://127.0.0.1:1'], /needs --livekit-api-key/],
  ['no time', ['http://127.0.0.1:1', '--minutes', '0'], /--minutes must be/],
])('refuses %s', { timeout: 120_000 }, async (_, args, message) => {
  const { code, said } = await run(args);
  expect(said).toMatch(message);
  expect(code).toBe(1);
});
