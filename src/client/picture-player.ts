import type { LiveEvents, ReadyInfo } from './live-connection.ts';

/** Decoded pictures that wait at most; decoders own few buffers, and a hidden page draws none. */
const MAX_WAITING = 12;

interface Waiting {
  epoch: number;
  frame: VideoFrame;
}

/** Decodes pictures with WebCodecs and draws on a canvas the one that is due. */
export class PicturePlayer {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #codec: string;
  readonly #requestKeyFrame: () => void;
  readonly #epochs = new Map<number, number>();
  readonly #waiting: Waiting[] = [];
  #decoder: VideoDecoder;
  #needsKey = true;
  #framesDrawn = 0;

  constructor(canvas: HTMLCanvasElement, video: ReadyInfo['video'], requestKeyFrame: () => void) {
    this.#canvas = canvas;
    this.#codec = video.codec;
    this.#requestKeyFrame = requestKeyFrame;
    canvas.width = video.width;
    canvas.height = video.height;
    this.#context = canvas.getContext('2d', { alpha: false, desynchronized: true })!;
    this.#decoder = this.#open();
  }

  get framesDrawn(): number {
    return this.#framesDrawn;
  }

  push({ mediaTimeMs, epoch, key, data }: LiveEvents['video']): void {
    if (this.#decoder.state === 'closed') return;
    if (this.#needsKey && !key) return;
    this.#needsKey = false;
    const timestamp = Math.round(mediaTimeMs * 1000);
    this.#epochs.set(timestamp, epoch);
    this.#decoder.decode(new EncodedVideoChunk({ type: key ? 'key' : 'delta', timestamp, data }));
  }

  /** Draws the latest picture that is due at this media time; those before it were missed and are dropped. */
  draw(mediaTimeMs: number): void {
    let due: VideoFrame | undefined;
    while (this.#waiting.length > 0 && this.#waiting[0].frame.timestamp / 1000 <= mediaTimeMs) {
      due?.close();
      due = this.#waiting.shift()!.frame;
    }
    if (!due) return;
    this.#context.drawImage(due, 0, 0, this.#canvas.width, this.#canvas.height);
    due.close();
    this.#framesDrawn++;
  }

  close(): void {
    if (this.#decoder.state !== 'closed') this.#decoder.close();
    for (const { frame } of this.#waiting) frame.close();
    this.#waiting.length = 0;
  }

  #open(): VideoDecoder {
    const decoder = new VideoDecoder({
      output: (frame) => this.#keep(frame),
      // A damaged picture closes the decoder: open a new one and go on from the next key frame.
      error: () => {
        this.#needsKey = true;
        this.#epochs.clear();
        this.#decoder = this.#open();
        this.#requestKeyFrame();
      },
    });
    // H.264 comes as Annex B with in-band parameter sets, so there is no description.
    decoder.configure({ codec: this.#codec, optimizeForLatency: true });
    return decoder;
  }

  #keep(frame: VideoFrame): void {
    const epoch = this.#epochs.get(frame.timestamp) ?? 0;
    this.#epochs.delete(frame.timestamp);
    // Pictures of an interrupted utterance that are not shown yet make room for the new ones.
    while (this.#waiting.length > 0 && this.#waiting.at(-1)!.epoch < epoch)
      this.#waiting.pop()!.frame.close();
    this.#waiting.push({ epoch, frame });
    if (this.#waiting.length > MAX_WAITING) this.#waiting.shift()!.frame.close();
  }
}
