import { type NodeWorker, Session } from 'node:inspector';
import type { Worker } from 'node:worker_threads';

/** A thread that has the code answers within milliseconds; at times a message to it is lost. */
const AGAIN_AFTER_MS = 1000;

/**
 * Lets a thread of this process run code between two of its own tasks, handed over as a debugger does; the code may
 * never return.
 */
export function evaluateIn(thread: Worker, code: string): void {
  const debug = new Session();
  debug.connect();
  thread.once('exit', () => debug.disconnect());
  let again: NodeJS.Timeout;
  debug.on('NodeWorker.attachedToWorker', ({ params }) => {
    const { sessionId, workerInfo } = params as NodeWorker.AttachedToWorkerEventDataType;
    if (!workerInfo.title.startsWith(`[worker ${thread.threadId}]`)) return;
    // Evaluated at once it could run below native code that calls JavaScript.
    const expression = `setImmediate(() => { ${code} })`;
    const message = JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression } });
    const send = () => debug.post('NodeWorker.sendMessageToWorker', { sessionId, message });
    send();
    again = setInterval(send, AGAIN_AFTER_MS);
  });
  debug.on('NodeWorker.receivedMessageFromWorker', () => clearInterval(again));
  thread.once('exit', () => clearInterval(again));
  debug.post('NodeWorker.enable', { waitForDebuggerOnStart: false });
}
