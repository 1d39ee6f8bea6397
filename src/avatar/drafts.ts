import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { makeFolder } from '../make-folder.ts';
import { isAbsent, storageError } from './storage-error.ts';

/** Nobody writes for so long: older ones were left behind by a process that died meanwhile. */
const ABANDONED_AFTER_MS = 3_600_000;
/** Each is another process that puts something in the same place in the same moment. */
const MAX_ATTEMPTS = 5;

type FileContent = string | Uint8Array;

/**
 * What is written to a folder, by any number of processes: everything is made beside its place, under a name that
 * starts with a dot, and takes its place when it is complete. What fails leaves nothing. Everything throws
 * VultusError `storage_full`, `storage_failed`.
 */
export class Drafts {
  readonly #directory: string;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /**
   * Makes the folder if it is not there, and removes what was left behind in it.
   * @throws Error of the file system where the folder cannot be used
   */
  static async open(directory: string): Promise<Drafts> {
    makeFolder(resolve(directory));
    await access(directory, constants.R_OK | constants.W_OK | constants.X_OK);
    for (const name of await readdir(directory)) {
      if (name.startsWith('.')) await removeAbandoned(join(directory, name));
    }
    return new Drafts(directory);
  }

  /**
   * Puts a folder with these files in its place, also where a damaged one is in it.
   * @param isWhole whether what another process has put there meanwhile is to stay
   * @returns whether ours is there now
   */
  async placeFolder(
    name: string,
    files: Readonly<Record<string, FileContent>>,
    isWhole: () => Promise<boolean>,
  ): Promise<boolean> {
    const draft = this.#newDraft(name);
    const place = join(this.#directory, name);
    try {
      await mkdir(draft);
      // One by one: where one fails no other is still being written while they are removed.
      for (const [file, content] of Object.entries(files)) await writeFile(join(draft, file), content);
      for (let attempt = 1; ; attempt++) {
        try {
          // Fails where something is: folders that are not empty are never replaced (rename(2)).
          await rename(draft, place);
          return true;
        } catch (cause) {
          if (attempt === MAX_ATTEMPTS || !isOccupied(cause)) throw cause;
          if (await isWhole()) return false;
          await this.remove(name);
        }
      }
    } catch (cause) {
      throw storageError(cause);
    } finally {
      // Gone if it has taken its place. What cannot be removed now is when it is old.
      await rm(draft, { recursive: true, force: true }).catch(() => {});
    }
  }

  /** Puts a file in its place, `path` in the folder, whatever is there. */
  async placeFile(path: string, content: FileContent): Promise<void> {
    const draft = this.#newDraft('file');
    try {
      await writeFile(draft, content);
      await rename(draft, join(this.#directory, path));
    } catch (cause) {
      await rm(draft, { force: true }).catch(() => {});
      throw storageError(cause);
    }
  }

  /** Takes a folder away, for everybody at the same moment, then removes it. It may be gone already. */
  async remove(name: string): Promise<void> {
    const draft = this.#newDraft(name);
    try {
      await rename(join(this.#directory, name), draft);
      await rm(draft, { recursive: true, force: true });
    } catch (cause) {
      if (!isAbsent(cause)) throw storageError(cause);
    }
  }

  #newDraft(name: string): string {
    return join(this.#directory, `.${name}-${randomUUID()}`);
  }
}

async function removeAbandoned(draft: string): Promise<void> {
  try {
    const { mtimeMs } = await stat(draft);
    if (Date.now() - mtimeMs > ABANDONED_AFTER_MS) await rm(draft, { recursive: true, force: true });
  } catch (cause) {
    // Its process, or another one that starts now, has been quicker.
    if (!isAbsent(cause)) throw cause;
  }
}

function isOccupied(cause: unknown): boolean {
  return ['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes((cause as NodeJS.ErrnoException).code ?? '');
}
