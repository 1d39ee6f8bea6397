/**
 * The avatar alone, before a transparent ground, for the browser source of a streaming program.
 *
 * - `?avatar=Hana` (name or id): its live session with the ground "None (overlay)", of whoever opened it; where there is
 *   none, one of its own, for a face tracker to move. `&size=` and `&fit=` are of that.
 * - `?stream=…`: the session with this `streamUrl`, which has to have `background: 'matte'`. For servers that want a key.
 */
import { type LiveConnection, Session, type SessionOptions, Vultus } from '../../src/client/index.ts';
import { attachOverlay } from '../../src/client/overlay.ts';
import { attachWebCodecs } from '../../src/client/web-codecs.ts';
import { byId } from './dom.ts';

/** What has ended is looked for anew: a stream lasts for hours. */
const AGAIN_MS = 3000;
const DEFAULT_SIZE = 720;

const asked = new URLSearchParams(location.search);
const video = byId<HTMLVideoElement>('picture');
const packets = byId<HTMLCanvasElement>('packets');
const canvas = byId<HTMLCanvasElement>('overlay');
const trouble = byId('trouble');
let live: LiveConnection | undefined;
let own: Session | undefined;

addEventListener('pagehide', () => {
  live?.close();
  void own?.close({ keepalive: true }).catch(() => {});
});

for (;;) {
  try {
    await show();
    trouble.hidden = true;
  } catch (error) {
    trouble.textContent = (error as Error).message;
    trouble.hidden = false;
  }
  await new Promise((again) => setTimeout(again, AGAIN_MS));
}

/** Resolves at its end. */
async function show(): Promise<void> {
  const { session, role } = await find();
  live = await session.connect({ video, role });
  const closed = new Promise<void>((resolve) => live!.on('closed', () => resolve()));
  if (live.route === 'websocket') await attachWebCodecs(live, packets);
  else void playAloud();
  const overlay = attachOverlay(live.route === 'websocket' ? packets : video, canvas);
  trouble.hidden = true;
  await closed;
  overlay.close();
}

async function find(): Promise<{ session: Session; role: 'view' | 'control' }> {
  const stream = asked.get('stream');
  if (stream) return { session: Session.fromUrls({ streamUrl: stream }), role: 'view' };
  const vultus = new Vultus();
  const name = asked.get('avatar') ?? '';
  const avatar = (await vultus.avatars.list()).find((one) => one.id === name || one.name === name);
  if (!avatar) throw new Error(`There is no avatar "${name}": say which in this page's address, ?avatar=…`);
  const sessions = await vultus.sessions.list();
  const running = sessions.findLast(
    ({ avatarId, settings, id }) =>
      avatarId === avatar.id && settings.background === 'matte' && id !== own?.id,
  );
  if (running) return { session: await vultus.sessions.get(running.id), role: 'view' };
  own = await vultus.sessions.create({
    avatarId: avatar.id,
    size: Number(asked.get('size') ?? DEFAULT_SIZE),
    fit: (asked.get('fit') ?? 'portrait') as SessionOptions['fit'],
    background: 'matte',
  });
  return { session: own, role: 'control' };
}

/** Streaming programs let pages be heard; browsers want a gesture first, and show it silent until then. */
async function playAloud(): Promise<void> {
  try {
    await video.play();
  } catch {
    video.muted = true;
    await video.play().catch(() => {});
  }
}
