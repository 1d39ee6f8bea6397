import type { Endpoint, Observer } from './endpoint.ts';

/**
 * An endpoint whose failures are something to report, and end nothing: what it throws after it was joined, and what a
 * client in it throws where nobody can catch it (an answer that is still awaited when its room is lost).
 */
export class ContainedEndpoint implements Endpoint {
  readonly name: string;
  readonly #endpoint: Endpoint;
  readonly #strays: string[] = [];
  readonly #onStray = (cause: unknown) => {
    this.#strays.push(inWords(cause));
  };
  #observer: Observer | undefined;

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
    this.name = endpoint.name;
    process.on('uncaughtException', this.#onStray).on('unhandledRejection', this.#onStray);
  }

  /** What was thrown and caught by nobody. */
  get strays(): readonly string[] {
    return this.#strays;
  }

  /** @throws whatever the endpoint does: there is nothing to measure then */
  async join(observer: Observer): Promise<void> {
    this.#observer = observer;
    await this.#endpoint.join(observer);
  }

  say(samples: Int16Array): Promise<void> {
    return this.#contain(() => this.#endpoint.say(samples));
  }

  endSegment(): Promise<void> {
    return this.#contain(() => this.#endpoint.endSegment());
  }

  clear(): Promise<void> {
    return this.#contain(() => this.#endpoint.clear());
  }

  async close(): Promise<void> {
    await this.#contain(() => this.#endpoint.close());
    process.off('uncaughtException', this.#onStray).off('unhandledRejection', this.#onStray);
  }

  async #contain(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (cause) {
      this.#observer?.lost(inWords(cause));
    }
  }
}

function inWords(cause: unknown): string {
  return cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
}
