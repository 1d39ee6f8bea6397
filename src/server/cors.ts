/** The CORS protocol (Fetch standard §3.3): what pages of other origins may read. */
import type { IncomingHttpHeaders } from 'node:http';

/** What pages may read beside the body; the address of a WHIP or WHEP peer, its ICE session and servers among them. */
const EXPOSED_HEADERS = 'accept-patch, accept-post, etag, link, location, retry-after';

export interface CorsAnswer {
  headers: Record<string, string>;
  /** The page that asks gets to read the answer; undefined where none of another origin asks. */
  isAllowed: boolean | undefined;
  /** It was asked what may be asked, before the request itself. */
  isPreflight: boolean;
}

/** What is said of this request to a browser, where the pages of `origins` are let in. */
export function corsAnswer(
  origins: readonly string[],
  { method, headers }: { method?: string | undefined; headers: IncomingHttpHeaders },
): CorsAnswer {
  const { origin } = headers;
  const vary = { vary: 'origin' };
  const isAllowed = origin === undefined ? undefined : origins.includes('*') || origins.includes(origin);
  if (origin === undefined || !isAllowed) return { headers: vary, isAllowed, isPreflight: false };
  const allowed = {
    ...vary,
    'access-control-allow-origin': origin,
    'access-control-expose-headers': EXPOSED_HEADERS,
  };
  if (method !== 'OPTIONS' || !headers['access-control-request-method']) {
    return { headers: allowed, isAllowed, isPreflight: false };
  }
  const preflight = {
    'access-control-allow-methods': 'GET, POST, PATCH, DELETE',
    'access-control-allow-headers': 'authorization, content-type, if-match, if-none-match',
    'access-control-max-age': '600',
  };
  return { headers: { ...allowed, ...preflight }, isAllowed, isPreflight: true };
}
