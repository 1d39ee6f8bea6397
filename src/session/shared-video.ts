import { outputKey, type Stream, type VideoOutput, type VideoPacket } from '../contract/outputs.ts';
import type { Warning } from '../contract/session-events.ts';
import { KeyFrameRequests } from './key-frame-requests.ts';
import { SentRate } from './sent-rate.ts';
import type { StreamMaker } from './stream-maker.ts';
import { type Lane, VideoLanes } from './video-lanes.ts';

const UPDATE_MS = 250;

/** One that takes a video together with others. */
export interface VideoTaker {
  video(packet: VideoPacket): void;
  warning(warning: Warning): void;
}

/** One video for all who take it: who gets which of its streams, at which bitrate, and from which picture on. */
export class SharedVideo {
  readonly #key: string;
  readonly #output: VideoOutput;
  readonly #maker: StreamMaker;
  readonly #used = new Map<Lane, SentRate>();
  readonly #lanes = new VideoLanes<VideoTaker>((lane) => this.#used.get(lane)?.kbpsAt(performance.now()));
  readonly #keyFrames = new Map<Lane, KeyFrameRequests>();
  /** Those who can show nothing before the next key frame. */
  readonly #waiting = new Set<VideoTaker>();
  readonly #onStreamsChange: () => void;
  #bitratesKbps = new Map<Lane, number>();
  #timer: NodeJS.Timeout | undefined;

  /** `onStreamsChange`: other streams than before have to be made. */
  constructor(output: VideoOutput, maker: StreamMaker, onStreamsChange: () => void) {
    this.#key = outputKey(output);
    this.#output = output;
    this.#maker = maker;
    this.#onStreamsChange = onStreamsChange;
  }

  get streams(): Stream[] {
    return this.#lanes.lanes.map(({ lane, bitrateKbps }) => ({
      key: this.#streamKey(lane),
      output: { ...this.#output, bitrateKbps },
    }));
  }

  get empty(): boolean {
    return this.#lanes.takers.length === 0;
  }

  join(taker: VideoTaker, wishKbps: number): void {
    this.#lanes.join(taker, wishKbps);
    this.#apply([taker]);
  }

  leave(taker: VideoTaker): void {
    this.#lanes.leave(taker);
    this.#waiting.delete(taker);
    this.#apply([]);
  }

  setWish(taker: VideoTaker, wishKbps: number): void {
    this.#lanes.setWish(taker, wishKbps);
    // Said also where it is what the stream began with: pictures are fitted to what a network carries.
    this.#apply(this.#lanes.update(performance.now()), this.#lanes.laneOf(taker));
  }

  requestKeyFrame(taker: VideoTaker): void {
    const lane = this.#lanes.laneOf(taker);
    if (lane === undefined) return;
    const requests = this.#keyFramesOf(lane);
    if (this.#lanes.takers.length === 1) requests.now();
    else requests.soon();
  }

  /** @returns whether it was of this video */
  deliver(packet: VideoPacket): boolean {
    const takers = this.#takersOf(packet.stream);
    if (takers.length > 0) this.#count(this.#lanes.laneOf(takers[0])!, packet.data.length);
    for (const taker of takers) {
      if (packet.key) this.#waiting.delete(taker);
      if (!this.#waiting.has(taker)) taker.video(packet);
    }
    return takers.length > 0;
  }

  warn(stream: string, warning: Warning): void {
    for (const taker of this.#takersOf(stream)) taker.warning(warning);
  }

  close(): void {
    clearInterval(this.#timer);
    for (const requests of this.#keyFrames.values()) requests.close();
  }

  /** `fresh`: those who have come to the stream that they take now; `asked`: the lane of which a network has spoken. */
  #apply(fresh: readonly VideoTaker[], asked?: Lane): void {
    const { lanes } = this.#lanes;
    const former = this.#bitratesKbps;
    this.#bitratesKbps = new Map(lanes.map(({ lane, bitrateKbps }) => [lane, bitrateKbps]));
    if (former.size !== lanes.length || lanes.some(({ lane }) => !former.has(lane))) this.#onStreamsChange();
    for (const { lane, bitrateKbps } of lanes) {
      if (former.has(lane) && (lane === asked || former.get(lane) !== bitrateKbps))
        this.#maker.setBitrate(this.#streamKey(lane), bitrateKbps);
    }
    for (const taker of fresh) {
      this.#waiting.add(taker);
      this.#keyFramesOf(this.#lanes.laneOf(taker)!).now();
    }
    if (this.#lanes.takers.length < 2) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    } else
      this.#timer ??= setInterval(
        () => this.#apply(this.#lanes.update(performance.now())),
        UPDATE_MS,
      ).unref();
  }

  #count(lane: Lane, bytes: number): void {
    const rate = this.#used.get(lane) ?? new SentRate();
    this.#used.set(lane, rate);
    rate.add(bytes, performance.now());
  }

  #keyFramesOf(lane: Lane): KeyFrameRequests {
    const known = this.#keyFrames.get(lane);
    if (known) return known;
    const made = new KeyFrameRequests(() => this.#maker.requestKeyFrame(this.#streamKey(lane)));
    this.#keyFrames.set(lane, made);
    return made;
  }

  #takersOf(stream: string): VideoTaker[] {
    return this.#lanes.takers.filter((taker) => this.#streamKey(this.#lanes.laneOf(taker)!) === stream);
  }

  #streamKey(lane: Lane): string {
    return lane === 0 ? this.#key : `${this.#key}/second`;
  }
}
