/** `flood.ts URL SECONDS`: everything that a hostile client can send at once, as fast as it goes. A program of its own. */
import { setPriority } from 'node:os';
import { setImmediate as breathe, setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { type ClientMessageInput, serializeClientMessage } from '../../src/contract/wire.ts';
import { randomNumbers } from '../../src/random.ts';

const [url, seconds] = process.argv.slice(2);
const endMs = performance.now() + Number(seconds) * 1000;
const random = randomNumbers(3);
// Whoever floods a server does not sit on its processors.
setPriority(15);

const HELLO: ClientMessageInput = {
  type: 'hello',
  version: 1,
  audio: { encoding: 'opus' },
  outputs: { video: true, voice: true },
};
/** What each socket sends, again and again. */
const TORRENTS: (() => Uint8Array)[] = [
  () => Uint8Array.of(Math.floor(256 * random())),
  () => serializeClientMessage({ type: 'audio', data: new Uint8Array(2) }),
  () => serializeClientMessage({ type: 'interrupt' }),
  () => serializeClientMessage(HELLO),
  () => serializeClientMessage({ type: 'control', controls: { distance: random() - 0.5 } }),
  () => serializeClientMessage({ type: 'keyframe' }),
];
/** A picture of 100 megapixels would be decoded from it, if it were. */
const LARGE_SVG = `data:image/svg+xml;base64,${Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9999" height="9999"/>').toString('base64')}`;

const answers = new Map<string, number>();

async function ask(path: string, body: Uint8Array<ArrayBuffer> | object, type: string): Promise<unknown> {
  try {
    const response = await fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': type },
      body: body instanceof Uint8Array ? body : JSON.stringify(body),
    });
    answers.set(
      `${path.split('/')[2]} ${response.status}`,
      (answers.get(`${path.split('/')[2]} ${response.status}`) ?? 0) + 1,
    );
    return await response.json();
  } catch {
    return undefined;
  }
}

async function again(work: () => Promise<unknown>): Promise<void> {
  while (performance.now() < endMs) {
    await work();
    await breathe();
  }
}

async function pour(torrent: () => Uint8Array, streamUrl: string): Promise<void> {
  await again(async () => {
    const socket = new WebSocket(url.replace('http', 'ws') + streamUrl);
    const open = new Promise<void>((resolve) => {
      for (const event of ['open', 'close'] as const) socket.once(event, () => resolve());
    });
    socket.on('error', () => {});
    await open;
    if (socket.readyState === WebSocket.OPEN) socket.send(serializeClientMessage(HELLO));
    while (performance.now() < endMs && socket.readyState === WebSocket.OPEN) {
      for (let i = 0; i < 100 && socket.bufferedAmount < 1 << 20; i++) socket.send(torrent());
      await breathe();
    }
    socket.terminate();
  });
}

const { avatars } = (await (await fetch(`${url}/v1/avatars`)).json()) as { avatars: { id: string }[] };
const avatarId = avatars[0].id;
type Opened = { id?: string; streamUrl?: string };
/** A busy server has no room at once. */
let session: Opened = {};
while (session.id === undefined && performance.now() < endMs) {
  session = (await ask('/v1/sessions', { avatarId, size: 256 }, 'application/json')) as Opened;
  if (session.id === undefined) await sleep(1000);
}
const { streamUrl } = session;
await Promise.all([
  ...(streamUrl
    ? [...TORRENTS.map((torrent) => pour(torrent, `${streamUrl}?role=view`)), pour(TORRENTS[1], streamUrl)]
    : []),
  again(() => ask('/v1/sessions', { avatarId, background: LARGE_SVG }, 'application/json')),
  again(() => ask('/v1/sessions', { avatarId, size: 1080, fps: 60, codec: 'av1' }, 'application/json')),
  again(() =>
    ask(
      '/v1/avatars',
      new Uint8Array(2_000_000).map(() => 256 * random()),
      'image/jpeg',
    ),
  ),
  again(() =>
    ask(`/v1/sessions/${session.id}/webrtc`, { type: 'offer', sdp: 'v=0\r\n' }, 'application/json'),
  ),
]);
console.log([...answers].map(([what, count]) => `${what} ×${count}`).join(', '));
process.exit();
