import { once } from 'node:events';
import { WebSocket } from 'ws';
import { parseServerMessage, serializeClientMessage, WIRE_VERSION } from '../contract/wire.ts';
import { VultusError } from '../errors.ts';
import type { Cue } from '../media/webvtt.ts';
import { Film, VOICE_RATE_HZ } from './film.ts';

export interface RecordOptions {
  /** Of the server. */
  apiKey?: string | undefined;
  /** Of the session, where there is no key of the server. */
  token?: string | undefined;
  /** Ends the recording; so does the session's own end. */
  signal: AbortSignal;
  onBegun?: () => void;
}

export interface Recorded {
  seconds: number;
  /** What was said, where its sender gave words. */
  cues: readonly Cue[];
}

/**
 * Watches a session of a server over its WebSocket, and writes what is seen and heard to an MP4 file, with its captions as
 * a track of text.
 * @param url of the session: `http://…/v1/sessions/<id>`
 * @throws VultusError `session_unreachable` where it cannot be watched, and `encoder_failed`
 */
export async function recordSession(url: string, path: string, options: RecordOptions): Promise<Recorded> {
  const socket = await open(url, options);
  let film: Film | undefined;
  const { promise: over, resolve: end, reject: fail } = Promise.withResolvers<void>();
  socket.on('message', (data) => {
    try {
      const message = parseServerMessage(data as Buffer);
      if (message.type === 'ready') {
        film = new Film(path, message.video);
        options.onBegun?.();
      } else if (message.type === 'video') film?.picture(message);
      else if (message.type === 'voice') film?.voice(message);
      else if (message.type === 'caption') film?.caption(message);
    } catch (cause) {
      fail(cause);
    }
  });
  socket.once('error', () => {});
  socket.once('close', (code, reason) => {
    if (film) end();
    else fail(unreachable(`the socket was closed with ${code} ${reason}`));
  });
  options.signal.addEventListener('abort', () => end(), { once: true });
  if (options.signal.aborted) end();
  socket.send(
    serializeClientMessage({
      type: 'hello',
      version: WIRE_VERSION,
      outputs: {
        video: true,
        voice: { encoding: 's16le', sampleRateHz: VOICE_RATE_HZ },
        captions: 'webvtt',
      },
      videoCodecs: ['h264'],
    }),
  );
  try {
    await over;
  } finally {
    socket.removeAllListeners('message');
    socket.close();
    film?.close();
  }
  return { seconds: film?.seconds ?? 0, cues: film?.cues ?? [] };
}

async function open(url: string, { apiKey, token }: RecordOptions): Promise<WebSocket> {
  const address = URL.canParse(url) ? new URL(url) : undefined;
  if (!address || !/^https?:$/.test(address.protocol)) throw unreachable(`${url} is no address of http`);
  const bearer = apiKey ?? token;
  const headers = bearer ? { authorization: `Bearer ${bearer}` } : undefined;
  const response = await fetch(address, { headers }).catch((cause) => {
    throw unreachable(`${url}: ${(cause as Error).message}`, cause);
  });
  if (!response.ok) throw unreachable(`${url}: ${response.status} ${await response.text()}`);
  const { streamUrl } = (await response.json()) as { streamUrl: string };
  const stream = new URL(streamUrl, address);
  stream.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
  stream.searchParams.set('role', 'view');
  const socket = new WebSocket(stream, { headers });
  await once(socket, 'open').catch((cause) => {
    throw unreachable(`${stream.host}: ${(cause as Error).message}`, cause);
  });
  return socket;
}

function unreachable(detail: string, cause?: unknown): VultusError {
  return new VultusError('session_unreachable', detail, { cause });
}
