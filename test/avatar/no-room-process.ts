/** Program of no-room.test.ts: a store of avatars under a limit of the shell's. */
import { spawnSync } from 'node:child_process';
import { type FileHandle, open, readdir, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { AvatarFactory } from '../../src/avatar/avatar-factory.ts';
import { DiskAvatarStore } from '../../src/avatar/disk-avatar-store.ts';
import type { VultusError } from '../../src/errors.ts';
import { ourPortrait } from '../support/portraits.ts';

const [scenario, folder] = process.argv.slice(2);
const failures: string[] = [];
const factory = await AvatarFactory.create();
const openStore = () =>
  DiskAvatarStore.open(folder, factory, { onFailure: ({ code }) => failures.push(code) });
const store = await openStore();
const portrait = await ourPortrait();

const codeOf = ({ code }: VultusError) => code;

const outcomes: Record<string, () => Promise<object>> = {
  async upload() {
    const error = await store.add(portrait).then(
      () => undefined,
      (cause: VultusError) => cause,
    );
    return {
      code: error?.code,
      status: error?.status,
      detail: error?.detail,
      left: await readdir(folder),
    };
  },

  async 'damaged-rig'() {
    const { id } = await store.add(portrait);
    await truncate(join(folder, id, 'rig.bin'), 1000);
    spawnSync('prlimit', ['--pid', `${process.pid}`, '--fsize=1000000']);
    const { key } = await (await openStore()).rig(id);
    const left = (await readdir(join(folder, id))).filter((name) => name.startsWith('rig'));
    return { key, left, failures };
  },

  async descriptors() {
    const { id } = await store.add(portrait);
    const ask = async () =>
      (
        await Promise.all([
          store.get(id).then(() => 'avatar', codeOf),
          store.list().then(() => 'avatars', codeOf),
          store.preview(id).then(() => 'preview', codeOf),
          store.add(portrait).then(() => 'avatar', codeOf),
        ])
      ).map(String);
    const held: FileHandle[] = [];
    for (let more = true; more; ) {
      await open('/dev/null').then(
        (handle) => held.push(handle),
        () => {
          more = false;
        },
      );
    }
    const without = await ask();
    for (const handle of held) await handle.close();
    return { without, with: await ask() };
  },
};

const outcome = await outcomes[scenario]();
await factory.close();
console.log(JSON.stringify(outcome));
