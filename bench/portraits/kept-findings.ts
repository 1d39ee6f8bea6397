/** What was found out already, a line of JSON each, so that a bench of an hour can be stopped and called again. */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';

export class KeptFindings<T> {
  readonly #file: string;
  readonly #found: Map<string, T>;

  /** `file`: for one version of what is measured; made when there is something to keep. */
  constructor(file: string) {
    this.#file = file;
    const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
    // The last line may have been cut off.
    const whole = lines.slice(0, -1).map((line) => JSON.parse(line) as [string, T]);
    this.#found = new Map(whole);
  }

  get(key: string): T | undefined {
    return this.#found.get(key);
  }

  keep(key: string, found: T): void {
    this.#found.set(key, found);
    mkdirSync(dirname(this.#file), { recursive: true });
    appendFileSync(this.#file, `${JSON.stringify([key, found])}\n`);
  }
}
