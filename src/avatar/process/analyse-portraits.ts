import type { FaceChoice } from '../../contract/face-points.ts';
import { withCode } from '../../errors.ts';
import { loadPack } from '../../model/pack.ts';
import type { PortraitAnalyser } from '../../render/renderer.ts';
import { rendererOf } from '../../render/renderers.ts';
import { rigKey } from '../../render/rig-key.ts';
import { judgePortrait } from '../portrait-quality.ts';
import type { AnalysedPortrait, FromAnalysis, ToAnalysis } from './messages.ts';
import { makePreview } from './preview.ts';

/** The life of an analysis process: portraits are analysed one after the other, until the server ends it. */
export function analysePortraits(): void {
  let analyser: PortraitAnalyser;
  process.on('message', async (message: ToAnalysis) => {
    if (message.type === 'start') {
      try {
        const pack = await loadPack(message.packDirectory);
        const renderer = rendererOf(pack);
        analyser = await renderer.openAnalyser(pack);
        post({ type: 'started', rigKey: rigKey(renderer, pack) });
      } catch (cause) {
        const { code, detail } = withCode('analysis_failed', cause);
        post({ type: 'failed', code, detail });
      }
      return;
    }
    try {
      const portrait = await analyse(analyser, message.bytes, message.choice);
      post({ type: 'analysed', portrait, residentBytes: process.memoryUsage.rss() });
    } catch (cause) {
      const { code, detail } = withCode('analysis_failed', cause);
      post({ type: 'refused', code, detail, residentBytes: process.memoryUsage.rss() });
    }
  });
}

async function analyse(
  analyser: PortraitAnalyser,
  bytes: Uint8Array,
  choice: FaceChoice,
): Promise<AnalysedPortrait> {
  const { rig, measures, faceHeight, view } = await analyser.analyse(bytes, choice);
  const { width, height } = view;
  return {
    rig,
    quality: judgePortrait(measures, faceHeight),
    width,
    height,
    preview: await makePreview(view),
  };
}

function post(message: FromAnalysis): void {
  process.send!(message, undefined, undefined, () => {});
}
