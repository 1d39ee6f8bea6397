import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** In a process of its own: this one has its own last resort. Prints who had to end, in order. */
function endsOf(program: string): string[] {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [
      '--input-type=module',
      '--eval',
      `
        import { createSocket } from 'node:dgram';
        import { Containment } from './src/containment.ts';
        import { installLastResort } from './src/server/last-resort.ts';
        const log = { error() {}, fatal() {} };
        const say = (what) => console.log(what);
        installLastResort({ log, end: () => say('server') });
        const peer = new Containment(({ cause }) => say('peer: ' + cause.message));
        const fail = (message) => { throw new Error(message); };
        ${program}
      `,
    ],
    { cwd: ROOT, encoding: 'utf8' },
  );
  expect([status, stderr]).toEqual([0, '']);
  return stdout.trim().split('\n').filter(Boolean);
}

describe('the last resort', () => {
  it.each([
    ['a timer', `peer.enter(() => setTimeout(() => fail('timer')));`, 'timer'],
    ['a promise', `peer.enter(async () => { await null; fail('promise'); });`, 'promise'],
    [
      'a socket',
      `peer.enter(() => {
        const socket = createSocket('udp4');
        socket.on('message', () => { socket.close(); fail('socket'); });
        socket.bind(0, '127.0.0.1', () => socket.send('x', socket.address().port, '127.0.0.1'));
      });`,
      'socket',
    ],
  ])('closes what %s belongs to that throws, and lets the rest go on', (_, begin, message) => {
    expect(endsOf(`${begin} setTimeout(() => say('the rest'), 200);`)).toEqual([
      `peer: ${message}`,
      'the rest',
    ]);
  });

  it.each([
    ['an exception', `setTimeout(() => fail('ours'));`],
    ['a rejection', `Promise.reject(new Error('ours'));`],
  ])('ends the server once at %s that belongs to nothing', (_, begin) => {
    expect(endsOf(`${begin} setTimeout(() => fail('again'), 50);`)).toEqual(['server']);
  });
});
