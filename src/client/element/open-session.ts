import { VultusClientError } from '../client-error.ts';
import { Http } from '../http.ts';
import type { SessionInfo } from '../http-types.ts';
import { Session } from '../session.ts';
import type { SessionUrls } from '../session-urls.ts';

/**
 * The session behind an address: a session's own (`streamUrl` or `webrtcUrl`), or one of the page's server that opens
 * a session when it is posted to, and answers as `POST /v1/sessions` did. `server`: what addresses in that answer are
 * relative to, default the page.
 * @throws VultusClientError `unexpected_response`, and what the server answers
 */
export async function openSession(
  src: string,
  server: string | null,
  signal: AbortSignal,
): Promise<{ session: Session; isOurs: boolean }> {
  const url = new URL(src, document.baseURI);
  if (/\/v1\/sessions\/[^/]+\/(?:stream|webrtc)$/.test(url.pathname)) {
    return { session: Session.fromUrls({ streamUrl: url.href }), isOurs: false };
  }
  const http = new Http(url.origin);
  const answer = await http.json<SessionUrls & Partial<SessionInfo>>('POST', url.pathname + url.search, {
    signal,
  });
  try {
    return {
      session: Session.fromUrls(answer, { url: server ? new URL(server, document.baseURI).href : undefined }),
      isOurs: true,
    };
  } catch (cause) {
    const message = `${url.href} did not answer with the addresses of a session.`;
    throw new VultusClientError('unexpected_response', message, { cause });
  }
}
