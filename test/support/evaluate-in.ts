import { type NodeWorker, Session } from 'node:inspector';
import type { Worker } from 'node:worker_threads';

/**
 * Lets a thread of this process run code between two of its own tasks, handed over as a debugger does; the code may
 * never return.
 */
export function evaluateIn(thread: Worker, code: string): void {
  const debug = new Session();
  debug.connect();
  thread.once('exit', () => debug.disconnect());
  debug.on('NodeWorker.attachedToWorker', ({ params }) => {
    const { sessionId, workerInfo } = params as NodeWorker.AttachedToWorkerEventDataType;
    if (!workerInfo.title.startsWith(`[worker ${thread.threadId}]`)) return;
    // Evaluated at once it could run below native code that calls JavaScript.
    const expression = `setImmediate(() => { ${code} })`;
    const evaluate = { id: 1, method: 'Runtime.evaluate', params: { expression } };
    debug.post('NodeWorker.sendMessageToWorker', { sessionId, message: JSON.stringify(evaluate) });
  });
  debug.post('NodeWorker.enable', { waitForDebuggerOnStart: false });
}
