/** Worker thread of the avatar factory: portraits are analysed here, one after the other. */
import { parentPort, workerData } from 'node:worker_threads';
import { toVultusError } from '../errors.ts';
import { PortraitAnalyser } from '../render/warp/analyse/analyse-portrait.ts';
import type { AnalysisReply, AnalysisRequest } from './analysis-messages.ts';

const port = parentPort!;
const post = (reply: AnalysisReply) => port.postMessage(reply);

function postError(id: number | 'start', cause: unknown): void {
  const { code, detail } = toVultusError(cause);
  post({ type: 'error', id, code, detail: detail ?? (code === 'internal' ? String(cause) : undefined) });
}

try {
  const analyser = await PortraitAnalyser.create((workerData as { packDirectory: string }).packDirectory);
  let last = Promise.resolve();
  let closing = false;
  port.on('message', (request: AnalysisRequest) => {
    if (request.type === 'close') {
      closing = true;
      last.then(() => port.close());
      return;
    }
    const { id, bytes, faceIndex } = request;
    last = last.then(async () => {
      if (closing) return;
      try {
        post({ type: 'rig', id, rig: await analyser.analyse(bytes, faceIndex) });
      } catch (cause) {
        postError(id, cause);
      }
    });
  });
  post({ type: 'ready' });
} catch (cause) {
  postError('start', cause);
}
