import { type NodeWorker, Session } from 'node:inspector';
import type { Worker } from 'node:worker_threads';

/** A thread that has the code answers within milliseconds; at times a message to it is lost. */
const AGAIN_AFTER_MS = 1000;

/**
 * Lets a thread of this process run code between two of its own tasks, handed over as a debugger does; the code may
 * never return.
 */
export function evaluateIn(thread: Worker, code: string): void {
  let attempt = handOver(thread, code, () => clearInterval(again));
  const again = setInterval(() => {
    attempt.disconnect();
    attempt = handOver(thread, code, () => clearInterval(again));
  }, AGAIN_AFTER_MS);
  thread.once('exit', () => {
    clearInterval(again);
    attempt.disconnect();
  });
}

function handOver(thread: Worker, code: string, onAnswer: () => void): Session {
  const debug = new Session();
  debug.connect();
  debug.on('NodeWorker.receivedMessageFromWorker', onAnswer);
  debug.on('NodeWorker.attachedToWorker', ({ params }) => {
    const { sessionId, workerInfo } = params as NodeWorker.AttachedToWorkerEventDataType;
    if (!workerInfo.title.startsWith(`[worker ${thread.threadId}]`)) return;
    // Evaluated at once it could run below native code that calls JavaScript.
    const expression = `setImmediate(() => { ${code} })`;
    const evaluate = { id: 1, method: 'Runtime.evaluate', params: { expression } };
    debug.post('NodeWorker.sendMessageToWorker', { sessionId, message: JSON.stringify(evaluate) });
  });
  debug.post('NodeWorker.enable', { waitForDebuggerOnStart: false });
  return debug;
}
