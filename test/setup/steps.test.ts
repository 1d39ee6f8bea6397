import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

const STEPS = new URL('../../src/setup/steps.mjs', import.meta.url).href;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vultus-steps-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('a command ends with the npm that ran it', async () => {
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  write('package.json', JSON.stringify({ name: 'x', scripts: { start: 'node run.mjs' } }));
  write('run.mjs', `await (await import('${STEPS}')).runVisibly(process.execPath, ['command.mjs']);`);
  write(
    'command.mjs',
    `process.on('SIGTERM', () => { console.log('told'); process.exit(); });
     setTimeout(() => process.exit(), 30_000);
     console.log('runs');`,
  );
  // What ran this suite is not what runs the command.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('npm_')));
  const npm = spawn('npm', ['start', '--silent'], { cwd: folder, env });
  let out = '';
  npm.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
    if (text.includes('runs')) npm.kill('SIGTERM');
  });
  // Its output ends when nobody is left who could write.
  await once(npm.stdout, 'close');
  expect(out).toMatch(/^runs\s+told\s*$/);
});
