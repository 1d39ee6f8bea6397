import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildClientPackage } from '../../../src/setup/client-package.ts';

/** A program of a stranger: a folder outside of the repository in which the packed client is installed. */
export class PackedClient {
  readonly folder = mkdtempSync(join(tmpdir(), 'vultus-client-'));
  /** The package before it was packed. */
  readonly built = join(this.folder, 'built');
  readonly app = join(this.folder, 'app');

  /** Builds the client as it is now, packs and installs it, all by npm and without the network. */
  static async install(): Promise<PackedClient> {
    const packed = new PackedClient();
    await buildClientPackage(packed.built);
    packed.#npm(packed.folder, 'pack', packed.built);
    packed.write('package.json', JSON.stringify({ name: 'app', private: true, type: 'module' }));
    const { version } = JSON.parse(packed.#read('built/package.json'));
    packed.#npm(packed.app, 'install', '--offline', `../vultus-client-${version}.tgz`);
    return packed;
  }

  write(name: string, text: string): void {
    const file = join(this.app, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  /** @returns what the program wrote */
  run(program: string, ...args: string[]): Promise<string> {
    return new Promise((resolve, reject) => {
      execFile(program, args, { cwd: this.app, timeout: 110_000 }, (error, stdout, stderr) => {
        if (error) reject(new Error(`${error.message}\n${stdout}${stderr}`));
        else resolve(stdout);
      });
    });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #read(name: string): string {
    return readFileSync(join(this.folder, name), 'utf8');
  }

  #npm(cwd: string, ...args: string[]): void {
    execFileSync('npm', [...args, '--no-audit', '--no-fund'], { cwd, stdio: 'pipe' });
  }
}
