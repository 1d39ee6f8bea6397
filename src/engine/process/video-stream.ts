import { type Backdrop, stackedHeight } from '../../contract/backdrop.ts';
import type { VideoOutput } from '../../contract/outputs.ts';
import type { SessionSettings } from '../../contract/session-settings.ts';
import type { I420 } from '../../image/i420.ts';
import { AdaptiveEncoder, type SentFormat } from '../../media/adaptive-encoder.ts';
import type { EncodedPicture } from '../../media/video-encoder.ts';
import { FormatLadder, scaledSides } from './format-ladder.ts';
import type { MACHINE_RUNGS, PictureStep } from './load-governor.ts';

/** Tells those whom it concerns that something is less, or more again. */
export type Warn = (code: string, message: string) => void;
type MachineRung = (typeof MACHINE_RUNGS)[number];

/** One stream of encoded pictures: as many and as large as the machine has room for, and the network carries. */
export class VideoStream {
  readonly #output: VideoOutput;
  readonly #fps: number;
  readonly #background: Backdrop;
  readonly #warn: Warn;
  readonly #encoder: AdaptiveEncoder;
  readonly #ladder: FormatLadder;
  #network: SentFormat;
  #machine: SentFormat;
  #keyFrameWanted = true;
  #bitrateKbps: number;
  #bitrateChanged = false;

  /** @throws VultusError `encoder_failed` */
  constructor(
    output: VideoOutput,
    { settings, nowMs, warn }: { settings: SessionSettings; nowMs: number; warn: Warn },
  ) {
    const { codec, width, bitrateKbps } = output;
    this.#output = output;
    this.#bitrateKbps = bitrateKbps;
    this.#fps = settings.fps;
    this.#background = settings.background;
    this.#warn = warn;
    this.#ladder = new FormatLadder({ ...output, fps: settings.fps });
    // What the session was opened with its owner wants, whatever the pictures are like; less is a network's word.
    if (bitrateKbps < settings.bitrateKbps) this.#ladder.setBitrate(bitrateKbps);
    this.#network = this.#ladder.formatAt(nowMs);
    this.#machine = { width, height: output.height, step: 1 };
    const height = stackedHeight(output.height, this.#background);
    this.#encoder = new AdaptiveEncoder({ codec, width, height, fps: settings.fps, bitrateKbps });
    if (this.#network.step > 1) this.#applyFormat();
  }

  /** It takes every `step`-th picture. */
  get step(): PictureStep {
    return Math.max(this.#machine.step, this.#network.step) as PictureStep;
  }

  requestKeyFrame(): void {
    this.#keyFrameWanted = true;
  }

  get bitrateKbps(): number {
    return this.#bitrateKbps;
  }

  /** What the network carries; from the next picture on. */
  setBitrate(bitrateKbps: number): void {
    this.#bitrateKbps = bitrateKbps;
    this.#bitrateChanged = true;
    this.#ladder.setBitrate(bitrateKbps);
  }

  setMachineRung({ step, scale }: MachineRung): void {
    this.#machine = { step, ...scaledSides(this.#output, scale) };
    this.#applyFormat();
  }

  /** To be called before each picture. */
  followNetwork(nowMs: number): void {
    const [former, next] = [this.#network, this.#ladder.formatAt(nowMs)];
    if (next === former) return;
    this.#network = next;
    this.#applyFormat();
    const less = next.width < former.width || next.step > former.step;
    this.#warn(
      less ? 'network_slow' : 'network_better',
      `The network ${less ? 'carries less' : 'carries more again'}: ${describeFormat(next, this.#fps)}.`,
    );
  }

  /** `picture`: as it was drawn. @throws VultusError `encoder_failed` */
  encode(picture: I420): EncodedPicture {
    if (this.#bitrateChanged) this.#encoder.setBitrate(this.#bitrateKbps);
    this.#bitrateChanged = false;
    const encoded = this.#encoder.encode(picture, { keyFrame: this.#keyFrameWanted });
    this.#keyFrameWanted = false;
    return encoded;
  }

  close(): void {
    this.#encoder.close();
  }

  #applyFormat(): void {
    const smaller = this.#machine.width < this.#network.width ? this.#machine : this.#network;
    const height = stackedHeight(smaller.height, this.#background);
    this.#encoder.setFormat({ width: smaller.width, height, step: this.step });
  }
}

export function describeFormat({ width, height, step }: SentFormat, fps: number): string {
  return `${width}×${height} pixels, ${Math.round((10 * fps) / step) / 10} pictures a second`;
}
