import { VultusError } from '../../errors.ts';

export interface VultusServerOptions {
  /** http or https. */
  url: string;
  apiKey?: string | undefined;
  /** Default: its first. */
  avatarId?: string | undefined;
}

/** What a Vultus server is asked for over HTTP. */
export class VultusServer {
  readonly #options: VultusServerOptions;

  constructor(options: VultusServerOptions) {
    this.#options = options;
  }

  get url(): string {
    return this.#options.url;
  }

  get headers(): Record<string, string> {
    const { apiKey } = this.#options;
    return apiKey ? { authorization: `Bearer ${apiKey}` } : {};
  }

  async avatarId(): Promise<string | undefined> {
    return this.#options.avatarId ?? (await this.call('GET', '/v1/avatars')).avatars[0]?.id;
  }

  /** @returns its JSON, if any. @throws VultusError `config_invalid` where it refuses, with what it says */
  async call(method: string, path: string, body?: unknown) {
    const response = await fetch(new URL(path, this.url), {
      method,
      headers: body ? { ...this.headers, 'content-type': 'application/json' } : this.headers,
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    if (!response.ok) {
      const where = new URL(path, this.url).pathname;
      throw new VultusError('config_invalid', `${method} ${where}: ${await response.text()}`);
    }
    return response.status === 204 ? undefined : response.json();
  }
}
