import type { ChildProcess } from 'node:child_process';
import { describeEnd } from '../../child-process.ts';
import { VultusError } from '../../errors.ts';
import type { NodeInfo } from '../node.ts';
import { type FromProcess, type ProcessSettings, type Stamped, stamp } from '../process-messages.ts';

/** From one part of a start to the next: a processor that others use too takes a tenth of it. */
const PART_LIMIT_S = 60;
/** TensorRT builds the engines of all sizes of a graph in one part, on a slow GPU for many minutes. */
const BUILD_LIMIT_S = 1800;

export interface StartOptions {
  /** No part of the start may take longer, in seconds; default 60, and half an hour where GPU engines are built. */
  partLimitS?: number;
  /** Ends a process that has not started yet. */
  signal?: AbortSignal;
}

/**
 * Lets a new process load its graphs.
 * @throws VultusError as the process says, or `engine_failed`; the process is gone or about to go then
 */
export async function untilStarted(
  child: ChildProcess,
  { packDirectory, provider, threads, cacheDir }: ProcessSettings,
  { partLimitS, signal }: StartOptions,
): Promise<NodeInfo> {
  const { promise, resolve, reject } = Promise.withResolvers<NodeInfo>();
  const fail = (detail: string) => reject(new VultusError('engine_failed', detail));
  let timer: NodeJS.Timeout | undefined;
  const allow = (part: string, limitS: number) => {
    clearTimeout(timer);
    timer = setTimeout(() => fail(`its start has hung for ${limitS} s: ${part}`), limitS * 1000);
  };
  const onMessage = ({ message }: Stamped<FromProcess>) => {
    if (message.type === 'loading') {
      allow(message.part, partLimitS ?? (message.buildsEngines ? BUILD_LIMIT_S : PART_LIMIT_S));
    } else if (message.type === 'started') resolve(message.info);
    else if (message.type === 'failed') reject(new VultusError(message.code, message.detail));
  };
  const onExit = (code: number | null, by: NodeJS.Signals | null) =>
    fail(`${describeEnd(code, by)} before it had started`);
  const onError = (cause: Error) => fail(cause.message);
  const onAbort = () => fail('the engine is closed');
  child.on('message', onMessage).once('exit', onExit).once('error', onError);
  signal?.addEventListener('abort', onAbort);
  allow('the program', partLimitS ?? PART_LIMIT_S);
  const settings: ProcessSettings = { packDirectory, provider, threads, cacheDir };
  child.send(stamp({ type: 'start', settings }), () => {});
  try {
    if (signal?.aborted) onAbort();
    return await promise;
  } catch (cause) {
    child.kill('SIGKILL');
    throw cause;
  } finally {
    clearTimeout(timer);
    child.off('message', onMessage).off('exit', onExit).off('error', onError);
    signal?.removeEventListener('abort', onAbort);
  }
}
