import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { EngineProcess } from '../../../src/engine/pool/engine-process.ts';
import { BUILTIN_PACK } from '../../../src/model/pack.ts';
import type { Rig } from '../../../src/render/renderer.ts';
import { runningEngines } from '../../support/engine-processes.ts';
import { galleryRig } from '../../support/gallery.ts';
import { describeEngineNode } from '../node-conformance.ts';

/** Processes start, on a machine that may be busy. */
const SLOW_MS = 60_000;
const SETTINGS = { packDirectory: BUILTIN_PACK, provider: 'cpu', threads: 1 } as const;

let rig: Rig;
beforeAll(async () => {
  rig = await galleryRig();
});

describeEngineNode(
  'EngineProcess as a node',
  async () => {
    const node = await EngineProcess.start(SETTINGS);
    return { node, kill: () => process.kill(node.pid, 'SIGKILL') };
  },
  () => rig,
);

describe('EngineProcess', { timeout: SLOW_MS }, () => {
  it.each([
    ['a pack that is not there', { packDirectory: 'nowhere' }, 'pack_invalid'],
    ['a provider that is not there', { provider: 'tensorrt' as const }, 'provider_unavailable'],
  ])('does not start with %s', async (_, change, code) => {
    await expect(EngineProcess.start({ ...SETTINGS, ...change })).rejects.toMatchObject({ code });
    await expectNoneLeft();
  });

  it('does not start forever', async () => {
    await expect(EngineProcess.start(SETTINGS, { partLimitS: 0.05 })).rejects.toMatchObject({
      code: 'engine_failed',
      detail: 'its start has hung for 0.05 s: the program',
    });
    await expectNoneLeft();
  });

  it('does not start where nobody waits for it any more', async () => {
    const patience = new AbortController();
    const start = EngineProcess.start(SETTINGS, { signal: patience.signal });
    patience.abort();
    await expect(start).rejects.toMatchObject({ code: 'engine_failed' });
    await expectNoneLeft();
  });

  it('says by what its process was ended', async () => {
    const node = await EngineProcess.start(SETTINGS);
    const failed = new Promise<Error>((resolve) => node.events.once('failed', resolve));
    process.kill(node.pid, 'SIGSEGV');
    expect(await failed).toMatchObject({ detail: 'its process ended by SIGSEGV' });
  });

  it('outlives the signals that are meant for the server', async () => {
    const node = await EngineProcess.start(SETTINGS);
    let failed = false;
    node.events.on('failed', () => {
      failed = true;
    });
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.kill(node.pid, signal);
    await new Promise((resolve) => node.events.once('load', resolve));
    await sleep(200);
    expect(failed).toBe(false);
    await node.close();
    await expectNoneLeft();
  });

  it('ends with its server, also where that is killed', async () => {
    const owner = spawn(process.execPath, [
      fileURLToPath(new URL('../../support/engine-owner.ts', import.meta.url)),
    ]);
    const pid = Number(await new Promise<string>((resolve) => owner.stdout.once('data', resolve)));
    expect(isRunning(pid)).toBe(true);
    owner.kill('SIGKILL');
    await expect.poll(() => isRunning(pid), { timeout: 10_000 }).toBe(false);
  });

  it('is killed where it hangs: at its work, or when it is to end', async () => {
    const hanging = await EngineProcess.start(SETTINGS, { silenceS: 3 });
    const failed = new Promise<Error>((resolve) => hanging.events.once('failed', resolve));
    process.kill(hanging.pid, 'SIGSTOP');
    expect(await failed).toMatchObject({ detail: 'its process has hung for 3 s' });
    const slow = await EngineProcess.start(SETTINGS, { closeTimeoutMs: 100 });
    process.kill(slow.pid, 'SIGSTOP');
    await slow.close();
    await expectNoneLeft();
  });
});

async function expectNoneLeft(): Promise<void> {
  await expect.poll(() => runningEngines().map(({ pid }) => pid), { timeout: 10_000 }).toEqual([]);
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
