import type { RgbPicture } from '../../../src/contract/rgb-picture.ts';

/** As many pixels as a face needs at an arm's length; what is more costs time alone. */
const WIDTH = 384;
const CAMERA = {
  width: { ideal: 640 },
  height: { ideal: 480 },
  frameRate: { ideal: 30 },
  facingMode: 'user',
};

/** The pictures of the user's camera, one by one. They are looked at here and go nowhere. */
export class CameraFrames {
  readonly video = document.createElement('video');
  readonly #canvas = document.createElement('canvas');
  readonly #stream: MediaStream;
  #rgb = new Uint8Array(0);

  private constructor(stream: MediaStream) {
    this.#stream = stream;
    this.video.muted = true;
    this.video.playsInline = true;
    this.video.srcObject = stream;
  }

  /** @throws Error with a sentence for the user */
  static async open(): Promise<CameraFrames> {
    if (!navigator.mediaDevices?.getUserMedia) {
      throw new Error('Browsers give the camera only to pages on localhost or over HTTPS.');
    }
    try {
      const frames = new CameraFrames(await navigator.mediaDevices.getUserMedia({ video: CAMERA }));
      await frames.video.play();
      return frames;
    } catch (cause) {
      throw new Error(sentence(cause), { cause });
    }
  }

  /** The next one that the camera gives. */
  next(): Promise<{ picture: RgbPicture; timeMs: number }> {
    return new Promise((resolve) => {
      this.video.requestVideoFrameCallback(() =>
        resolve({ picture: this.#grab(), timeMs: performance.now() }),
      );
    });
  }

  close(): void {
    for (const track of this.#stream.getTracks()) track.stop();
    this.video.srcObject = null;
  }

  #grab(): RgbPicture {
    const { videoWidth, videoHeight } = this.video;
    const width = Math.min(WIDTH, videoWidth);
    const height = Math.round((width * videoHeight) / videoWidth);
    this.#canvas.width = width;
    this.#canvas.height = height;
    const context = this.#canvas.getContext('2d', { willReadFrequently: true })!;
    context.drawImage(this.video, 0, 0, width, height);
    const { data } = context.getImageData(0, 0, width, height);
    if (this.#rgb.length !== 3 * width * height) this.#rgb = new Uint8Array(3 * width * height);
    for (let from = 0, to = 0; from < data.length; from += 4, to += 3) {
      this.#rgb[to] = data[from];
      this.#rgb[to + 1] = data[from + 1];
      this.#rgb[to + 2] = data[from + 2];
    }
    return { width, height, data: this.#rgb };
  }
}

function sentence(cause: unknown): string {
  switch ((cause as DOMException)?.name) {
    case 'NotAllowedError':
      return 'The browser does not allow the camera here. Allow it beside the address, then try again.';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'No camera was found.';
    case 'NotReadableError':
      return 'Another program is using the camera.';
    default:
      return 'The camera cannot be opened.';
  }
}
