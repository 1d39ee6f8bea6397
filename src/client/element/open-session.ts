import { Avatars } from '../avatars.ts';
import { VultusClientError } from '../client-error.ts';
import { Http } from '../http.ts';
import type { SessionInfo } from '../http-types.ts';
import { Session } from '../session.ts';
import { readSessionUrls, type SessionUrls } from '../session-urls.ts';

export interface OpenedSession {
  session: Session;
  /** The element has opened it, and ends it. */
  isOurs: boolean;
  /** Address of the avatar's picture, where it is known and to be had without a key. */
  preview?: string | undefined;
}

/**
 * The session behind an address: a session's own (`streamUrl` or `webrtcUrl`), or one of the page's server that opens
 * a session when it is posted to, and answers as `POST /v1/sessions` did. `server`: what addresses of sessions are relative
 * to, default the page.
 * @throws VultusClientError `invalid_request` where there is none, `unexpected_response`, and what the server answers
 */
export async function openSession(
  src: string,
  server: string | null,
  signal: AbortSignal,
): Promise<OpenedSession> {
  if (!src) throw new VultusClientError('invalid_request', 'The element has no src.');
  const url = new URL(src, document.baseURI);
  const base = server ? new URL(server, document.baseURI).href : undefined;
  if (/\/v1\/sessions\/[^/]+\/(?:stream|webrtc)$/.test(url.pathname)) {
    return { session: Session.fromUrls({ streamUrl: new URL(src, base ?? url).href }), isOurs: false };
  }
  const http = new Http(url.origin);
  const answer = await http.json<SessionUrls & Partial<SessionInfo>>('POST', url.pathname + url.search, {
    signal,
  });
  try {
    return {
      session: Session.fromUrls(answer, { url: base }),
      isOurs: true,
      preview: previewOf(answer, base ?? document.baseURI),
    };
  } catch (cause) {
    const message = `${url.href} did not answer with the addresses of a session.`;
    throw new VultusClientError('unexpected_response', message, { cause });
  }
}

function previewOf(
  { avatarId, ...urls }: SessionUrls & Partial<SessionInfo>,
  base: string,
): string | undefined {
  const { server, token } = readSessionUrls(urls, base);
  // Addresses carry a token where there is a key.
  if (avatarId === undefined || token !== undefined) return undefined;
  return new Avatars(new Http(server)).previewUrl(avatarId);
}
