/** Thread of the avatar factory: portraits are analysed here, one after the other. */
import { parentPort, workerData } from 'node:worker_threads';
import { toVultusError } from '../errors.ts';
import { loadPack } from '../model/pack.ts';
import { rendererOf } from '../render/renderers.ts';
import { rigKey } from '../render/rig-key.ts';
import type { AnalysedPortrait, AnalysisReply, AnalysisRequest } from './analysis-messages.ts';
import { judgePortrait } from './portrait-quality.ts';
import { makePreview } from './preview.ts';

const port = parentPort!;
const post = (reply: AnalysisReply) => port.postMessage(reply);

function postError(id: number | 'start', cause: unknown): void {
  const { code, detail } = toVultusError(cause);
  post({ type: 'error', id, code, detail: detail ?? (code === 'internal' ? String(cause) : undefined) });
}

try {
  const pack = await loadPack((workerData as { packDirectory: string }).packDirectory);
  const renderer = rendererOf(pack);
  const analyser = await renderer.openAnalyser(pack);
  const analyse = async (bytes: Uint8Array, faceIndex?: number): Promise<AnalysedPortrait> => {
    const { rig, measures, faceHeight, view } = await analyser.analyse(bytes, faceIndex);
    const { width, height } = view;
    return {
      rig,
      quality: judgePortrait(measures, faceHeight),
      width,
      height,
      preview: await makePreview(view),
    };
  };
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
        post({ type: 'analysed', id, portrait: await analyse(bytes, faceIndex) });
      } catch (cause) {
        postError(id, cause);
      }
    });
  });
  post({ type: 'ready', rigKey: rigKey(renderer, pack) });
} catch (cause) {
  postError('start', cause);
}
