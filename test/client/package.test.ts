import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../src/config.ts';
import { gzippedBytes } from '../../src/setup/client-package.ts';
import { scriptedServer } from '../support/scripted-server.ts';
import { PackedClient } from './support/packed-client.ts';

let packed: PackedClient;
beforeAll(async () => {
  packed = await PackedClient.install();
}, 120_000);
afterAll(() => packed?.remove());

describe('the packed client', () => {
  it('is small, and compiles nothing while it runs', () => {
    expect(gzippedBytes(packed.built)).toBeLessThan(25_000);
    for (const name of ['index.js', 'element.js', 'parts/session.js'])
      expect(readFileSync(join(packed.built, name), 'utf8')).not.toMatch(/new Function|\beval\(/);
  });

  it('is known to a strict TypeScript that looks into libraries and has the types of nobody else', {
    timeout: 60_000,
  }, async () => {
    packed.write(
      'types.ts',
      `import { type LiveConnection, Session, Vultus, VultusClientError } from '@vultus/client';
       import { VultusAvatar } from '@vultus/client/element';
       import { attachOverlay } from '@vultus/client/overlay';
       import { attachWebCodecs } from '@vultus/client/web-codecs';
       export const session: Session = Session.fromUrls({ streamUrl: 'x' });
       export const live: Promise<LiveConnection> = session.connect({ onFallback: (e: VultusClientError) => e.code });
       // @ts-expect-error: types are there, and say what is wrong
       new Vultus({ url: 1 });
       export const all = [VultusAvatar, attachOverlay, attachWebCodecs];`,
    );
    packed.write(
      'tsconfig.json',
      JSON.stringify({
        compilerOptions: {
          ...{ strict: true, noEmit: true, skipLibCheck: false, types: [], lib: ['ES2022'] },
          ...{ target: 'ES2022', module: 'NodeNext' },
        },
        files: ['types.ts'],
      }),
    );
    await packed.run(process.execPath, join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', '.');
  });

  it('runs in Node, where a server renders pages with the element, too', async () => {
    packed.write(
      'bot.js',
      `import { Session, Vultus } from '@vultus/client';
       import '@vultus/client/element';
       const opened = await new Vultus({ url: process.argv[2] }).sessions.create({ avatarId: 'own' });
       const live = await Session.fromUrls(opened.info, { url: process.argv[2] }).connectWebSocket();
       live.speak(new Int16Array(2400));
       live.endSpeech();
       await live.ping();
       console.log(live.ready.sessionId);
       live.close();`,
    );
    const server = await scriptedServer();
    try {
      expect((await packed.run(process.execPath, 'bot.js', await server.listen())).trim()).toBe('s1');
      expect(server.sessions.get('s1')!.calls).toContain('endSpeech');
    } finally {
      await server.close();
    }
  });
});
