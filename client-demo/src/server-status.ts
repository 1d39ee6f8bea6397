import type { Health, Vultus } from '../../src/client/index.ts';
import { byId } from './dom.ts';

const EVERY_MS = 10_000;

/** The server's health in the bar; `onBack` is called when it answers again after it did not. */
export class ServerStatus {
  readonly #vultus: Vultus;
  readonly #onBack: () => void;
  #reachable: boolean | undefined;

  constructor(vultus: Vultus, onBack: () => void) {
    this.#vultus = vultus;
    this.#onBack = onBack;
    void this.#look();
    setInterval(() => {
      if (!document.hidden) void this.#look();
    }, EVERY_MS);
  }

  async #look(): Promise<void> {
    const before = this.#reachable;
    try {
      this.#show(await this.#vultus.health());
      this.#reachable = true;
      if (before === false) this.#onBack();
    } catch {
      this.#reachable = false;
      byId('server').dataset.health = 'down';
      byId('server-text').textContent = 'Server not reachable';
    }
  }

  #show({ status, provider, version }: Health): void {
    byId('server').dataset.health = status === 'ok' ? 'up' : 'busy';
    const text = status === 'ok' ? `Ready on ${provider.toUpperCase()}` : `Server: ${status}`;
    // Unchanged text is left alone, so that screen readers do not repeat it.
    if (byId('server-text').textContent !== text) byId('server-text').textContent = text;
    byId('server').title = `Vultus ${version}`;
  }
}
