import { type Output, outputKey, type Packet, streamOf, type VideoOutput } from '../contract/outputs.ts';
import type { Warning } from '../contract/session-events.ts';
import type { Taker, Taking } from './session-api.ts';
import { SharedVideo, type VideoTaker } from './shared-video.ts';
import type { StreamMaker } from './stream-maker.ts';

type OtherOutput = Exclude<Output, VideoOutput>;

/**
 * The outputs of a session: what its takers ask for, each made once for all who ask for the same, and nothing that
 * nobody asks for.
 */
export class OutputSet {
  readonly #maker: StreamMaker;
  readonly #videos = new Map<string, SharedVideo>();
  readonly #others = new Map<string, { output: OtherOutput; takers: Set<Taker> }>();
  #made = '';
  #closed = false;

  constructor(maker: StreamMaker) {
    this.#maker = maker;
  }

  take(outputs: readonly Output[], taker: Taker): Taking {
    const member: VideoTaker = {
      video: (packet) => taker.video?.(packet),
      warning: (warning) => taker.warning?.(warning),
    };
    let taken: readonly Output[] = [];
    const change = (next: readonly Output[]) => {
      if (this.#closed) return;
      const [former, later] = [new Set(taken.map(outputKey)), new Map(next.map((o) => [outputKey(o), o]))];
      // First what is new: a drawing that both need goes on.
      for (const [key, output] of later) if (!former.has(key)) this.#add(key, output, taker, member);
      for (const key of former) if (!later.has(key)) this.#remove(key, taker, member);
      taken = [...later.values()];
      this.#make();
    };
    const videos = () => taken.flatMap((output) => this.#videos.get(outputKey(output)) ?? []);
    change(outputs);
    return {
      change,
      requestKeyFrame: () => {
        for (const video of videos()) video.requestKeyFrame(member);
      },
      setBitrate: (bitrateKbps) => {
        for (const video of videos()) video.setWish(member, bitrateKbps);
      },
      close: () => change([]),
    };
  }

  deliver(packet: Packet): void {
    if (packet.kind === 'video') {
      for (const video of this.#videos.values()) if (video.deliver(packet)) return;
      return;
    }
    for (const taker of [...(this.#others.get(packet.stream)?.takers ?? [])])
      taker[packet.kind]?.(packet as never);
  }

  /** Tells those who take this stream. */
  warn(stream: string, warning: Warning): void {
    for (const video of this.#videos.values()) video.warn(stream, warning);
  }

  /** Nothing is delivered or asked for any more. */
  close(): void {
    this.#closed = true;
    for (const video of this.#videos.values()) video.close();
    this.#videos.clear();
    this.#others.clear();
  }

  #add(key: string, output: Output, taker: Taker, member: VideoTaker): void {
    if (output.kind === 'video') {
      const video = this.#videos.get(key) ?? new SharedVideo(output, this.#maker, () => this.#make());
      this.#videos.set(key, video);
      video.join(member, output.bitrateKbps);
    } else {
      const known = this.#others.get(key) ?? { output, takers: new Set() };
      this.#others.set(key, known);
      known.takers.add(taker);
    }
  }

  #remove(key: string, taker: Taker, member: VideoTaker): void {
    const video = this.#videos.get(key);
    video?.leave(member);
    if (video?.empty) {
      video.close();
      this.#videos.delete(key);
    }
    const known = this.#others.get(key);
    known?.takers.delete(taker);
    if (known?.takers.size === 0) this.#others.delete(key);
  }

  #make(): void {
    const streams = [
      ...[...this.#others.values()].map(({ output }) => streamOf(output)),
      ...[...this.#videos.values()].flatMap((video) => video.streams),
    ];
    const made = streams.map(({ key }) => key).join(' ');
    if (made === this.#made || this.#closed) return;
    this.#made = made;
    this.#maker.setStreams(streams);
  }
}
