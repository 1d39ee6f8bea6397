import { VultusClientError } from '../client-error.ts';
import type { FromWorker, PictureTime, ToWorker } from './worker-messages.ts';

/** Beyond so many that are not drawn yet the oldest are left out: they would come late. */
const MOST_WAITING = 3;

/** `tookMs`: from asking the worker for it until it was here. */
export type DrawnPicture = Omit<Extract<FromWorker, { type: 'picture' }>, 'type'> & { tookMs: number };

export interface DrawingWorkerListeners {
  /** Whoever is told closes the image. */
  picture: (picture: DrawnPicture) => void;
  /** A picture was left out, because the ones before took too long. */
  missed: () => void;
  /** It draws nothing more. */
  failed: (error: VultusClientError) => void;
}

/** A worker that draws one avatar; owned by whoever opens it. */
export class DrawingWorker {
  readonly #worker: Worker;
  readonly #on: DrawingWorkerListeners;
  readonly #waiting: Extract<ToWorker, { type: 'draw' }>[] = [];
  #busy = false;
  #askedMs = 0;
  #closed = false;

  private constructor(worker: Worker, on: DrawingWorkerListeners) {
    this.#worker = worker;
    this.#on = on;
  }

  /** Resolves when it can draw. @throws VultusClientError `unsupported` where it cannot */
  static async open(
    opening: Omit<Extract<ToWorker, { type: 'open' }>, 'type'>,
    on: DrawingWorkerListeners,
  ): Promise<DrawingWorker> {
    let worker: Worker;
    try {
      worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
    } catch (cause) {
      throw new VultusClientError('unsupported', 'This page may start no worker.', { cause });
    }
    const drawing = new DrawingWorker(worker, on);
    try {
      await new Promise<void>((resolve, reject) => {
        worker.onmessage = ({ data }: MessageEvent<FromWorker>) =>
          data.type === 'opened' ? resolve() : reject(cannotDraw(data));
        worker.onerror = (event) => reject(cannotDraw(event));
        drawing.#post({ type: 'open', ...opening });
      });
    } catch (error) {
      drawing.close();
      throw error;
    }
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => drawing.#hear(data);
    worker.onerror = (event) => drawing.#fail(cannotDraw(event));
    return drawing;
  }

  /** `frame`: `Float32Array [58]`; its picture is told as soon as it is drawn. */
  draw(frame: Float32Array, time: PictureTime): void {
    this.#waiting.push({ type: 'draw', frame, ...time });
    if (this.#waiting.length > MOST_WAITING) {
      this.#waiting.shift();
      this.#on.missed();
    }
    this.#next();
  }

  /** From the next picture on. */
  setBackdrop(backdrop: Extract<ToWorker, { type: 'backdrop' }>['backdrop']): void {
    this.#post({ type: 'backdrop', backdrop });
  }

  /** Idempotent. */
  close(): void {
    this.#closed = true;
    this.#worker.terminate();
  }

  #next(): void {
    const next = this.#busy ? undefined : this.#waiting.shift();
    if (!next) return;
    this.#busy = true;
    this.#askedMs = performance.now();
    this.#post(next);
  }

  #hear(message: FromWorker): void {
    if (message.type === 'failed') this.#fail(cannotDraw(message));
    if (message.type !== 'picture') return;
    this.#busy = false;
    if (this.#closed) message.image.close();
    else this.#on.picture({ ...message, tookMs: performance.now() - this.#askedMs });
    this.#next();
  }

  #fail(error: VultusClientError): void {
    if (this.#closed) return;
    this.close();
    this.#on.failed(error);
  }

  #post(message: ToWorker): void {
    if (!this.#closed) this.#worker.postMessage(message);
  }
}

function cannotDraw(why: object): VultusClientError {
  const message = 'message' in why ? `: ${why.message}` : '';
  return new VultusClientError('unsupported', `This browser cannot draw the avatar${message}.`);
}
