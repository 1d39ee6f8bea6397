/** Draws an avatar in a worker of the page, by the server's own code. */
import { stackedHeight } from '../../contract/backdrop.ts';
import type { PreparedAvatar } from '../../render/renderer.ts';
import { openDrawingKit } from '../../render/warp/drawing-kit.ts';
import { type PlanarPicture, toImage } from './i420-image.ts';
import type { FromWorker, ToWorker } from './worker-messages.ts';

let avatar: PreparedAvatar;
let picture: PlanarPicture;
let seed: number;
/** Messages are carried out one after the other. */
let done: Promise<void> = Promise.resolve();

addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
  done = done.then(() => carryOut(data)).catch((cause) => post({ type: 'failed', message: String(cause) }));
});

async function carryOut(message: ToWorker): Promise<void> {
  const startMs = performance.now();
  switch (message.type) {
    case 'open': {
      const { format, backdrop, kit } = message;
      const height = stackedHeight(format.height, backdrop);
      seed = message.seed;
      picture = { width: format.width, height, data: new Uint8Array(1.5 * format.width * height) };
      avatar = openDrawingKit(kit).prepare(format, backdrop);
      post({ type: 'opened', preparedMs: performance.now() - startMs });
      break;
    }
    case 'backdrop':
      avatar.setBackdrop(message.backdrop);
      break;
    case 'draw': {
      const { frame, mediaTimeMs, epoch } = message;
      await avatar.draw(frame, picture, { mediaTimeMs, seed });
      const workMs = performance.now() - startMs;
      const image = await toImage(picture, mediaTimeMs);
      post({ type: 'picture', image, mediaTimeMs, epoch, workMs }, [image]);
    }
  }
}

function post(message: FromWorker, transfer: Transferable[] = []): void {
  (globalThis as unknown as Worker).postMessage(message, transfer);
}
