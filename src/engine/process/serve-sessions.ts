import { toVultusError } from '../../errors.ts';
import { MotionModel } from '../../model/motion-model.ts';
import { loadPack } from '../../model/pack.ts';
import { GraphLoader } from '../../model/providers.ts';
import { engineFolder } from '../../model/tensorrt.ts';
import { rendererOf } from '../../render/renderers.ts';
import {
  type FromProcess,
  type ProcessSettings,
  type Stamped,
  stamp,
  type ToProcess,
  transitMs,
} from '../process-messages.ts';
import { EngineLoop, type EngineParts } from './engine-loop.ts';

/** The life of an engine process: from the settings that it is sent to the stop that it is asked for. */
export async function serveSessions(): Promise<void> {
  process.once('uncaughtException', (cause) => leave(cause));
  let loop: EngineLoop | undefined;
  process.on('message', (stamped) => {
    const { message } = stamped as Stamped<ToProcess>;
    if (message.type !== 'start') return loop?.receive(message, transitMs(stamped as Stamped<ToProcess>));
    void load(message.settings)
      .then(async (parts) => {
        loop = new EngineLoop(parts, post);
        const { name, version } = parts.pack.manifest;
        post({ type: 'started', info: { provider: parts.provider, pack: { name, version } } });
        await loop.run();
        process.disconnect();
      })
      .catch(leave);
  });
}

function post(message: FromProcess): void {
  process.send!(stamp(message), undefined, undefined, () => {});
}

/** Says why, and ends. */
function leave(cause: unknown): void {
  const { code, detail, message } = toVultusError(cause);
  process.send!(
    stamp<FromProcess>({
      type: 'failed',
      code: code === 'internal' ? 'engine_failed' : code,
      detail: detail ?? (cause instanceof Error ? cause.message : message),
    }),
    undefined,
    undefined,
    () => process.exit(1),
  );
}

async function load({ packDirectory, provider, threads, cacheDir }: ProcessSettings): Promise<EngineParts> {
  const pack = await loadPack(packDirectory);
  const loader = await GraphLoader.choose(provider, pack.graphFiles.motion, threads, {
    engineFolder: cacheDir ? () => engineFolder(cacheDir, pack.manifest) : undefined,
    onTry: ({ name, buildsEngines }) => post({ type: 'loading', part: name, buildsEngines }),
  });
  const loading = (part: string) => post({ type: 'loading', part, buildsEngines: loader.buildsEngines });
  loading('the motion model');
  const model = await MotionModel.open(pack, loader);
  loading('the renderer');
  const renderer = await rendererOf(pack).openRenderer(pack, loader);
  loading('the first run of the motion model');
  await model.warmUp();
  loading('the first picture');
  await renderer.warmUp();
  return { pack, model, renderer, provider: loader.provider };
}
