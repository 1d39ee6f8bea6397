import type { Drawer } from '../contract/drawing.ts';
import type { LiveEvents, ReadyInfo } from './live-connection.ts';

/** Pictures that wait at most; decoders own few buffers, and a hidden page shows none. */
const MAX_WAITING = 12;
/** Two drawers have the same picture at the same time, but for rounding. */
const SAME_MS = 1;

/** A picture that can be shown; whoever has it closes it. */
export interface ShownPicture {
  mediaTimeMs: number;
  epoch: number;
  image: VideoFrame | ImageBitmap;
  /** Who drew it; default: the server. */
  by?: Drawer;
}

/** Decodes pictures with WebCodecs, or is given them, and draws on a canvas the one that is due. */
export class PicturePlayer {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #codec: string;
  readonly #on: { keyFrameWanted: () => void; decoded: () => void };
  readonly #epochs = new Map<number, number>();
  readonly #waiting: ShownPicture[] = [];
  #decoder: VideoDecoder | undefined;
  #needsKey = true;
  #framesDrawn = 0;
  #shown: { mediaTimeMs: number; by: Drawer } | undefined;
  #track: { video: MediaStreamTrack; writer?: WritableStreamDefaultWriter<VideoFrame> } | undefined;

  constructor(
    canvas: HTMLCanvasElement,
    video: ReadyInfo['video'],
    on: { keyFrameWanted: () => void; decoded: () => void },
  ) {
    this.#canvas = canvas;
    this.#codec = video.codec;
    this.#on = on;
    canvas.width = video.width;
    canvas.height = video.height;
    this.#context = canvas.getContext('2d', { alpha: false, desynchronized: true })!;
  }

  get framesDrawn(): number {
    return this.#framesDrawn;
  }

  /** The picture that is shown now. */
  get shown(): { mediaTimeMs: number; by: Drawer } | undefined {
    return this.#shown;
  }

  push({ mediaTimeMs, epoch, key, data }: LiveEvents['video']): void {
    if (this.#needsKey && !key) return;
    this.#decoder ??= this.#open();
    if (this.#decoder.state === 'closed') return;
    this.#needsKey = false;
    const timestamp = Math.round(mediaTimeMs * 1000);
    this.#epochs.set(timestamp, epoch);
    this.#decoder.decode(new EncodedVideoChunk({ type: key ? 'key' : 'delta', timestamp, data }));
  }

  /** From the next one on that comes, which has to be a key frame. */
  forgetDecoder(): void {
    this.#needsKey = true;
  }

  /** Puts a picture where it belongs among those that wait; of two of one moment, the first stays. */
  keep(picture: ShownPicture): void {
    const waiting = this.#waiting;
    const { mediaTimeMs, epoch } = picture;
    // Pictures of an interrupted utterance that are not shown yet make room for the new ones.
    while (waiting.length > 0 && waiting.at(-1)!.epoch < epoch) waiting.pop()!.image.close();
    let at = waiting.length;
    while (at > 0 && waiting[at - 1].mediaTimeMs > mediaTimeMs + SAME_MS) at--;
    const before = waiting[at - 1]?.mediaTimeMs ?? this.#shown?.mediaTimeMs ?? Number.NEGATIVE_INFINITY;
    if (mediaTimeMs <= before + SAME_MS) {
      picture.image.close();
      return;
    }
    waiting.splice(at, 0, picture);
    if (waiting.length > MAX_WAITING) waiting.shift()!.image.close();
  }

  /** Draws the latest picture that is due at this media time; those before it were missed and are dropped. */
  draw(mediaTimeMs: number): void {
    let due: ShownPicture | undefined;
    while (this.#waiting.length > 0 && this.#waiting[0].mediaTimeMs <= mediaTimeMs) {
      due?.image.close();
      due = this.#waiting.shift()!;
    }
    if (!due) return;
    this.#context.drawImage(due.image, 0, 0, this.#canvas.width, this.#canvas.height);
    due.image.close();
    this.#framesDrawn++;
    this.#shown = { mediaTimeMs: due.mediaTimeMs, by: due.by ?? 'server' };
    const timestamp = Math.round(1000 * due.mediaTimeMs);
    this.#track?.writer?.write(new VideoFrame(this.#canvas, { timestamp })).catch(() => {});
  }

  /** What is shown, as a track of a `MediaStream`; always the same one. */
  get track(): MediaStreamTrack {
    this.#track ??= openTrack(this.#canvas);
    return this.#track.video;
  }

  close(): void {
    if (this.#decoder && this.#decoder.state !== 'closed') this.#decoder.close();
    for (const { image } of this.#waiting) image.close();
    this.#waiting.length = 0;
    this.#track?.video.stop();
  }

  #open(): VideoDecoder {
    const decoder = new VideoDecoder({
      output: (image) => {
        const epoch = this.#epochs.get(image.timestamp) ?? 0;
        this.#epochs.delete(image.timestamp);
        this.keep({ epoch, mediaTimeMs: image.timestamp / 1000, image });
        this.#on.decoded();
      },
      // A damaged picture closes the decoder: open a new one and go on from the next key frame.
      error: () => {
        this.#needsKey = true;
        this.#epochs.clear();
        this.#decoder = this.#open();
        this.#on.keyFrameWanted();
      },
    });
    // H.264 comes as Annex B with in-band parameter sets, so there is no description.
    decoder.configure({ codec: this.#codec, optimizeForLatency: true });
    return decoder;
  }
}

/** Of the W3C's draft of MediaStreamTrack Insertable Media Processing, as Chromium has it. */
type TrackGenerator = new (options: {
  kind: 'video';
}) => MediaStreamTrack & {
  writable: WritableStream<VideoFrame>;
};

/** Each picture once, where a track can be written to; otherwise as the canvas is captured. */
function openTrack(canvas: HTMLCanvasElement) {
  const { MediaStreamTrackGenerator: Generator } = globalThis as {
    MediaStreamTrackGenerator?: TrackGenerator;
  };
  if (!Generator) return { video: canvas.captureStream().getVideoTracks()[0] };
  const video = new Generator({ kind: 'video' });
  return { video, writer: video.writable.getWriter() };
}
