/** Those that this browser drew with last, for all sessions of their avatars. */
const CACHE = 'vultus-rigs';
const KEPT = 4;
const ADDRESS = 'https://rig.invalid/';

/**
 * What draws an avatar: from the browser's cache where the server says that it is one of those, otherwise from the server.
 * @param ask asks the server for it, naming the ETags of those that are known
 * @throws VultusClientError as `ask` does
 */
export async function fetchRig(ask: (known: readonly string[]) => Promise<Response>): Promise<Uint8Array> {
  const cache = await openCache();
  const known = cache ? (await cache.keys()).map(({ url }) => `"${url.slice(ADDRESS.length)}"`) : [];
  let response = await ask(known);
  const etag = response.headers.get('etag')?.replaceAll('"', '');
  const kept = response.status === 304 && etag ? await cache?.match(ADDRESS + etag) : undefined;
  if (kept) return new Uint8Array(await kept.arrayBuffer());
  // It has gone meanwhile.
  if (response.status === 304) response = await ask([]);
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (cache && etag) await keep(cache, ADDRESS + etag, bytes);
  return bytes;
}

/** Undefined where a page may keep nothing. */
async function openCache(): Promise<Cache | undefined> {
  try {
    return await globalThis.caches?.open(CACHE);
  } catch {
    return undefined;
  }
}

async function keep(cache: Cache, address: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  try {
    await cache.put(address, new Response(bytes));
    const [...all] = await cache.keys();
    for (const oldest of all.slice(0, -KEPT)) await cache.delete(oldest);
  } catch {
    // No room: it is asked for again.
  }
}
