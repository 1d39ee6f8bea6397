import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const BLOCK = Buffer.alloc(1 << 20, 1);

/** A folder on a file system of its own, where a machine lets us make one, that can be filled to the last byte. */
export class SmallDisk {
  readonly folder = mkdtempSync(join(tmpdir(), 'vultus-soak-'));
  /** Whether it has a limit of its own. */
  readonly limited: boolean;

  constructor(megabytes: number) {
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', this.folder]);
      this.limited = true;
    } catch {
      this.limited = false;
    }
  }

  fill(): void {
    const file = openSync(this.#filling, 'w');
    try {
      for (let size = BLOCK.length; size >= 1; ) {
        try {
          writeSync(file, BLOCK, 0, size);
        } catch {
          // Full for pieces of this size.
          size = Math.floor(size / 16);
        }
      }
    } finally {
      closeSync(file);
    }
  }

  free(): void {
    rmSync(this.#filling, { force: true });
  }

  remove(): void {
    if (this.limited) execFileSync('umount', [this.folder]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  get #filling(): string {
    return join(this.folder, 'filling');
  }
}
