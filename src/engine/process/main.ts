/**
 * An engine worker: a thread with its own graphs that runs the live sessions assigned to it. Inference blocks
 * the thread (onnxruntime-node), so between two jobs it lets messages in, and always takes the most urgent job.
 */
import { setTimeout as sleep, setImmediate as yieldToMessages } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { toVultusError } from '../../errors.ts';
import { MotionModel } from '../../model/motion-model.ts';
import { loadPack } from '../../model/pack.ts';
import { GraphLoader } from '../../model/providers.ts';
import { engineFolder } from '../../model/tensorrt.ts';
import { Renderer } from '../../render/warp/warp-renderer.ts';
import { type FromWorker, type ToWorker, threadClockMs, type WorkerSettings } from '../messages.ts';
import { chooseJobs, type Job, makeMotion, makePictures } from './job.ts';
import { LiveSession } from './live-session.ts';
import { WorkerLoad } from './process-load.ts';

/** Time between two looks at the clock when there is nothing to do: well under a voice packet. */
const IDLE_SLEEP_MS = 2;

const port = parentPort!;
const post = (message: FromWorker) => port.postMessage(message);
const sessions = new Map<string, LiveSession>();
const load = new WorkerLoad();

const { packDirectory, provider, threads, cacheDir } = workerData as WorkerSettings;
try {
  await run();
} catch (cause) {
  const { code, detail, message } = toVultusError(cause);
  post({ type: 'failed', code, detail: detail ?? (cause instanceof Error ? cause.message : message) });
  port.close();
}

async function run(): Promise<void> {
  const pack = await loadPack(packDirectory);
  const loader = await GraphLoader.choose(provider, pack.graphFiles.motion, threads, {
    engineFolder: cacheDir && provider !== 'cpu' ? engineFolder(cacheDir, pack.manifest) : undefined,
  });
  const model = await MotionModel.open(pack, loader);
  const renderer = await Renderer.create({ pack, loader });
  await model.warmUp();
  await renderer.warmUp();
  const inbox: ToWorker[] = [];
  let wake: AbortController | undefined;
  port.on('message', (message: ToWorker) => {
    inbox.push(message);
    wake?.abort();
  });
  const { name, version } = pack.manifest;
  post({ type: 'started', provider: loader.provider, pack: { name, version } });

  for (;;) {
    for (const message of inbox.splice(0)) {
      if (message.type === 'stop') {
        for (const session of sessions.values()) session.close();
        await renderer.close();
        await model.close();
        port.close();
        return;
      }
      handle(message, model, renderer, loader.provider);
    }
    const sinceMs = performance.now();
    const jobs = dueJobs();
    const chosen = chooseJobs(jobs);
    await runTogether(chosen, jobs);
    load.worked(sinceMs);
    const report = load.report(sessions);
    if (report) post({ type: 'load', ...report });
    if (chosen.length > 0) {
      await yieldToMessages();
    } else {
      wake = new AbortController();
      const pause = sessions.size > 0 ? IDLE_SLEEP_MS : 1000;
      await sleep(pause, undefined, { signal: wake.signal }).catch(() => {});
    }
  }
}

/** Lets every session do what is due and cheap, and asks for its next piece of work. */
function dueJobs(): Map<string, Job> {
  const jobs = new Map<string, Job>();
  for (const [session, live] of sessions) {
    try {
      const job = live.step(sessions.size);
      const progress = live.takeProgress();
      if (progress) post({ type: 'progress', session, progress });
      if (job) jobs.set(session, job);
    } catch (cause) {
      fail(session, cause);
    }
  }
  return jobs;
}

async function runTogether(chosen: readonly string[], jobs: ReadonlyMap<string, Job>): Promise<void> {
  const pictures = chosen.flatMap((session) => jobs.get(session)!.picture ?? []);
  if (pictures.length > 1) {
    const results = await makePictures(pictures);
    for (const [i, result] of results.entries()) {
      if (result.status === 'rejected') fail(chosen[i], result.reason);
    }
    return;
  }
  const motions = chosen.flatMap((session) => jobs.get(session)!.motion ?? []);
  if (motions.length > 1) {
    try {
      return await makeMotion(motions);
    } catch {
      // One of them is to blame: alone, only that one fails.
    }
  }
  for (const session of chosen) await guard(session, () => jobs.get(session)!.run());
}

function handle(
  message: Exclude<ToWorker, { type: 'stop' }>,
  model: MotionModel,
  renderer: Renderer,
  providerName: string,
): void {
  const id = message.session;
  if (message.type === 'open') {
    guardSync(id, () => {
      const { settings, controls, resume } = message;
      const live = new LiveSession({
        rig: renderer.prepare(message.rig, settings, settings.background),
        renderer,
        model,
        provider: providerName,
        settings,
        controls,
        now: () => performance.now(),
        resume,
        emit: (event) => post({ type: 'event', session: id, event, atMs: threadClockMs() }),
      });
      sessions.set(id, live);
      post({ type: 'opened', session: id, delayMs: live.clock.holdMs });
    });
    return;
  }
  const live = sessions.get(id);
  if (!live) return;
  switch (message.type) {
    case 'voice':
      try {
        live.pushVoice(message.samples, {
          live: message.live,
          arrivedMs: message.atMs - performance.timeOrigin,
        });
      } catch (cause) {
        const { code, detail } = toVultusError(cause);
        post({ type: 'error', session: id, code, detail, fatal: false });
      }
      break;
    case 'user':
      live.hearUser();
      break;
    case 'speech.end':
      live.endSpeech();
      break;
    case 'interrupt':
      live.interrupt(message.epoch);
      break;
    case 'pause':
      live.pause();
      break;
    case 'resume':
      live.resume();
      break;
    case 'controls':
      live.controls = message.controls;
      break;
    case 'background':
      live.setBackground(message.background);
      break;
    case 'outputs':
      if (message.outputs.video && !live.outputs.video) live.requestKeyFrame();
      live.outputs = message.outputs;
      break;
    case 'keyframe':
      live.requestKeyFrame();
      break;
    case 'bitrate':
      live.setBitrate(message.bitrateKbps);
      break;
    case 'close':
      sessions.delete(id);
      live.close();
      break;
  }
}

async function guard(session: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    fail(session, cause);
  }
}

function guardSync(session: string, work: () => void): void {
  try {
    work();
  } catch (cause) {
    fail(session, cause);
  }
}

/** Ends one session with a coded error; the others go on. */
function fail(session: string, cause: unknown): void {
  const error = toVultusError(cause);
  const code = error.code === 'internal' ? 'engine_failed' : error.code;
  const detail = error.detail ?? (cause instanceof Error ? cause.message : undefined);
  post({ type: 'error', session, code, detail, fatal: true });
  sessions.get(session)?.close();
  sessions.delete(session);
}
