/** Where a session is, as `POST /v1/sessions` answers: with the token that opens it, where one is needed. */
export interface SessionUrls {
  /** `/v1/sessions/:id/stream`; one of both is enough. */
  streamUrl?: string;
  /** `/v1/sessions/:id/webrtc`. */
  webrtcUrl?: string;
}

const ROUTE = /^(.*)\/v1\/sessions\/([^/]+)\/(?:stream|webrtc)$/;

/**
 * Address of the server, id and token of a session. `base`: what relative addresses are relative to.
 * @throws TypeError where they are no addresses of a session, or relative to nothing
 */
export function readSessionUrls(
  { streamUrl, webrtcUrl }: SessionUrls,
  base: string | undefined,
): { server: string; id: string; token: string | undefined } {
  const given = streamUrl ?? webrtcUrl;
  const url = given !== undefined && URL.canParse(given, base) ? new URL(given, base) : undefined;
  const parts = url && ROUTE.exec(url.pathname);
  if (!parts) {
    throw new TypeError(
      `${given} is no address of a session; give its streamUrl or webrtcUrl, and { url } of the server where they are relative.`,
    );
  }
  const [, prefix, id] = parts;
  return {
    server: url.origin.replace(/^ws/, 'http') + prefix,
    id: decodeURIComponent(id),
    token: url.searchParams.get('token') ?? undefined,
  };
}
