import { type Problem, VultusClientError } from './client-error.ts';
import { wait } from './wait.ts';

export interface RequestOptions {
  body?: BodyInit;
  contentType?: string;
  /** In place of the API key, where there is none. */
  token?: string | undefined;
  signal?: AbortSignal | undefined;
  /** Beside those of every request. */
  headers?: Record<string, string>;
  keepalive?: boolean;
}

/** What passes by itself; asked again after as long as the server says, if that is not too long for somebody who waits. */
const PASSING: readonly string[] = ['too_many_requests', 'server_busy'];
const LONGEST_WAIT_S = 5;
const MOST_ATTEMPTS = 3;

/** HTTP against one server; every failure leaves as a `VultusClientError` (an abort as the signal's reason). */
export class Http {
  /** Without a slash at the end. */
  readonly baseUrl: string;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(url: string, headers: Readonly<Record<string, string>> = {}) {
    this.baseUrl = url.replace(/\/+$/, '');
    this.#headers = headers;
  }

  /** Whether requests carry an API key. */
  get hasKey(): boolean {
    return Object.keys(this.#headers).some((name) => name.toLowerCase() === 'authorization');
  }

  /** The same address for a WebSocket. */
  webSocketUrl(path: string): string {
    return this.baseUrl.replace(/^http/, 'ws') + path;
  }

  /** @throws VultusClientError as `json` does */
  async blob(path: string, signal?: AbortSignal): Promise<Blob> {
    const response = await this.#send('GET', path, { signal });
    return response.blob();
  }

  /** What was answered, 304 too. @throws VultusClientError as `json` does */
  get(path: string, options: RequestOptions): Promise<Response> {
    return this.#send('GET', path, options);
  }

  async json<T>(method: string, path: string, options: RequestOptions = {}): Promise<T> {
    const response = await this.#send(method, path, options);
    try {
      return (await response.json()) as T;
    } catch (cause) {
      options.signal?.throwIfAborted();
      throw new VultusClientError(
        'unexpected_response',
        `${this.baseUrl} did not answer with JSON; is it a Vultus server?`,
        { status: response.status, cause },
      );
    }
  }

  postJson<T>(path: string, body: unknown, options?: RequestOptions): Promise<T> {
    return this.#sendJson('POST', path, body, options);
  }

  patchJson<T>(path: string, body: unknown, options?: RequestOptions): Promise<T> {
    return this.#sendJson('PATCH', path, body, options);
  }

  async delete(path: string, options: RequestOptions = {}): Promise<void> {
    await this.#send('DELETE', path, options);
  }

  #sendJson<T>(method: string, path: string, body: unknown, options: RequestOptions = {}): Promise<T> {
    return this.json(method, path, {
      ...options,
      body: JSON.stringify(body),
      contentType: 'application/json',
    });
  }

  /** Asks again where the server says that it is worth while, and soon. */
  async #send(method: string, path: string, options: RequestOptions): Promise<Response> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#sendOnce(method, path, options);
      } catch (error) {
        const waitS = attempt < MOST_ATTEMPTS && !options.keepalive ? secondsToWait(error) : undefined;
        if (waitS === undefined) throw error;
        await wait(1000 * waitS, options.signal);
      }
    }
  }

  /** A browser does not tell a page whether nobody answered or the answer was not for it. */
  #whyUnreachable(): string {
    const origin = globalThis.location?.origin;
    if (origin === undefined || new URL(this.baseUrl, origin).origin === origin) {
      return `No server answers at ${this.baseUrl}.`;
    }
    return `No server answers at ${this.baseUrl}, or not to pages of ${origin}: its --cors-origins names those that may.`;
  }

  async #sendOnce(method: string, path: string, options: RequestOptions): Promise<Response> {
    const { body, contentType, token, signal, keepalive = false } = options;
    const headers: Record<string, string> = {
      accept: 'application/json, */*;q=0.5',
      ...this.#headers,
      ...options.headers,
    };
    if (contentType) headers['content-type'] = contentType;
    if (token && !this.hasKey) headers.authorization = `Bearer ${token}`;
    let response: Response;
    try {
      response = await fetch(this.baseUrl + path, {
        method,
        headers,
        body: body ?? null,
        signal: signal ?? null,
        keepalive,
      });
    } catch (cause) {
      signal?.throwIfAborted();
      throw new VultusClientError('server_unreachable', this.#whyUnreachable(), { cause });
    }
    // Without the query, where secrets may stand.
    if (!response.ok && response.status !== 304)
      throw await problemOf(response, this.baseUrl + path.replace(/\?.*/, ''));
    return response;
  }
}

/** Undefined where somebody else should decide: `at_capacity` may last, and longer waits look like a hang. */
function secondsToWait(error: unknown): number | undefined {
  if (!(error instanceof VultusClientError) || !PASSING.includes(error.code)) return undefined;
  const { retryAfterS } = error;
  return retryAfterS !== undefined && retryAfterS <= LONGEST_WAIT_S ? retryAfterS : undefined;
}

async function problemOf(response: Response, address: string): Promise<VultusClientError> {
  const { status } = response;
  let problem: Partial<Problem> = {};
  try {
    problem = (await response.json()) as Partial<Problem>;
  } catch {
    // Not JSON: a proxy or another program answered; said below.
  }
  if (typeof problem?.code !== 'string') {
    return new VultusClientError('unexpected_response', `${address} answered with HTTP ${status}.`, {
      status,
    });
  }
  const { code, detail, title, retryAfterS } = problem;
  return new VultusClientError(code, detail || title || code, { status, retryAfterS });
}
