import type { PerformedMotion } from '../../../src/client/index.ts';
import { CameraFrames } from './camera-frames.ts';
import { FaceExpression } from './face-expression.ts';

/** The face at rest is looked at for so long, in so many frames at least, and a smile. */
const [REST_MS, LEAST_REST_FRAMES] = [1000, 8];
const SMILE_MS = 2000;

export type PerformerPhase = 'loading' | 'look' | 'smile' | 'driving' | 'lost';

export interface PerformerEvents {
  onPhase: (phase: PerformerPhase) => void;
  /** What the face does: numbers, and nothing else leaves this page. */
  onMotion: (motion: PerformedMotion) => void;
  onError: (error: unknown) => void;
}

/** The user's face before the camera, as motion: from a look and a smile, by which it is calibrated, until it is closed. */
export class Performer {
  readonly #events: PerformerEvents;
  readonly #looks: Float64Array[] = [];
  #smiles: PerformedMotion[] = [];
  #restFromMs: number | undefined;
  #smileUntilMs = 0;
  #phase: PerformerPhase | undefined;
  #frames: CameraFrames | undefined;
  #closed = false;

  constructor(events: PerformerEvents) {
    this.#events = events;
  }

  /** Until it is closed, or `onError` has said why not. */
  start(): void {
    void this.#run().catch((error) => this.#closed || this.#events.onError(error));
  }

  /** Shows what the camera sees; undefined before it does. */
  get video(): HTMLVideoElement | undefined {
    return this.#frames?.video;
  }

  /** Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    // The avatar goes back to a life of its own.
    this.#events.onMotion({});
    this.#frames?.close();
  }

  async #run(): Promise<void> {
    this.#enter('loading');
    const { FaceTracker } = await import('./face-tracker.ts');
    const tracker = await FaceTracker.open(new URL('.', location.href));
    try {
      if (!this.#closed) this.#frames = await CameraFrames.open();
      const expression = new FaceExpression(tracker.basis);
      if (!this.#closed) this.#enter('look');
      while (!this.#closed && this.#frames) {
        const { picture, timeMs } = await this.#frames.next();
        const landmarks = await tracker.track(picture);
        if (!this.#closed) this.#take(expression, landmarks, timeMs);
      }
    } finally {
      this.#frames?.close();
      await tracker.close();
    }
  }

  #take(expression: FaceExpression, landmarks: Float64Array | undefined, timeMs: number): void {
    if (!expression.calibrated) {
      if (landmarks) this.#looks.push(landmarks);
      this.#restFromMs ??= landmarks && timeMs;
      if (this.#looks.length >= LEAST_REST_FRAMES && timeMs - this.#restFromMs! > REST_MS) {
        expression.calibrateRest(this.#looks);
        this.#smileUntilMs = timeMs + SMILE_MS;
        this.#enter('smile');
      }
      return;
    }
    const motion = landmarks ? expression.read(landmarks) : {};
    this.#events.onMotion({ timeMs, ...motion });
    if (this.#phase !== 'smile') {
      this.#enter(landmarks ? 'driving' : 'lost');
      return;
    }
    this.#smiles.push(motion);
    if (timeMs < this.#smileUntilMs) return;
    expression.calibrateSmile(this.#smiles);
    this.#smiles = [];
    this.#enter('driving');
  }

  #enter(phase: PerformerPhase): void {
    if (phase === this.#phase) return;
    this.#phase = phase;
    this.#events.onPhase(phase);
  }
}
