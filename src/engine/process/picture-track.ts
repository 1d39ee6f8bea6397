import type { Backdrop } from '../../contract/backdrop.ts';
import type { PictureFormat } from '../../contract/formats.ts';
import {
  outputKey,
  type PictureOutput,
  type PicturePacket,
  type Stream,
  type Timed,
  usualVideo,
  type VideoOutput,
  type VideoPacket,
} from '../../contract/outputs.ts';
import type { SessionSettings } from '../../contract/session-settings.ts';
import type { PictureDelays } from '../../contract/stats.ts';
import { StillEncoder } from '../../media/still-encoder.ts';
import type { PreparedAvatar } from '../../render/renderer.ts';
import { type DrawnFormat, drawingKey, drawnFormat, isPicture } from '../drawn-formats.ts';
import { Drawing } from './drawing.ts';
import { scaledSides } from './format-ladder.ts';
import { MACHINE_RUNGS, type PictureStep } from './load-governor.ts';
import type { PictureStamps } from './picture-delays.ts';
import type { SessionMeter } from './session-meter.ts';
import { splitMatte } from './split-matte.ts';
import { describeFormat, VideoStream } from './video-stream.ts';

/** Tells all of the session's clients, or with a stream those who take it. */
export type WarnTakers = (code: string, message: string, stream?: string) => void;

type PictureLikePacket = VideoPacket | PicturePacket;

interface PictureStream extends Stream {
  drawing: Drawing;
  /** Absent where each picture stands by itself. */
  video?: VideoStream | undefined;
  still?: StillEncoder | undefined;
}

/**
 * The pictures of one session: from a motion frame to a packet for every stream that is taken. Each distinct format is
 * drawn once and each distinct stream encoded once. The session's own video is kept ready while nobody takes it.
 */
export class PictureTrack {
  readonly #avatar: PreparedAvatar;
  readonly #settings: SessionSettings;
  readonly #meter: SessionMeter;
  readonly #now: () => number;
  readonly #warn: WarnTakers;
  readonly #drawings = new Map<string, Drawing>();
  readonly #videos = new Map<string, VideoStream>();
  readonly #stills = new Map<string, StillEncoder>();
  readonly #usual: { video: string; drawing: string };
  #streams: PictureStream[] = [];
  /** Those of which a picture is being made. */
  #due: PictureStream[] = [];
  #background: Backdrop;
  #machineRung = 0;
  #begunMs = 0;
  #renderedMs = 0;

  /**
   * `avatar`: in the format and before the background of the settings.
   * @throws VultusError `encoder_failed`
   */
  constructor(options: {
    avatar: PreparedAvatar;
    settings: SessionSettings;
    meter: SessionMeter;
    now: () => number;
    warn: WarnTakers;
  }) {
    const { settings, avatar } = options;
    this.#avatar = avatar;
    this.#settings = settings;
    this.#meter = options.meter;
    this.#now = options.now;
    this.#warn = options.warn;
    this.#background = settings.background;
    const usual = usualVideo(settings);
    const format = drawnFormat(usual, settings.background);
    this.#usual = { video: outputKey(usual), drawing: drawingKey(format) };
    this.#drawings.set(this.#usual.drawing, new Drawing(avatar, format, settings.background));
    // Where viewers draw, few ever ask for it.
    if (settings.draw === 'server') this.#videoOf(this.#usual.video, usual);
  }

  /** Whether anybody takes pictures. */
  get taken(): boolean {
    return this.#streams.length > 0;
  }

  /** How many encoders work. */
  get encoders(): number {
    return this.#streams.filter(({ video }) => video).length;
  }

  get drawsTogether(): boolean {
    return this.#avatar.drawsTogether;
  }

  /** Of the session's own pictures, as they are drawn. */
  get format(): PictureFormat {
    return this.#drawings.get(this.#usual.drawing)!.format;
  }

  /** Index in `MACHINE_RUNGS`. */
  get machineRung(): number {
    return this.#machineRung;
  }

  /** Every how many pictures one is made: what the machine has room for. */
  get machineStep(): PictureStep {
    return MACHINE_RUNGS[this.#machineRung].step;
  }

  /** The same for the stream of which most pictures are made. */
  get step(): PictureStep {
    const steps = this.#streams.map(({ video }) => video?.step ?? this.machineStep);
    return steps.length > 0 ? (Math.min(...steps) as PictureStep) : this.machineStep;
  }

  /** What is made from now on; streams that are not of pictures are left out. @throws VultusError `encoder_failed` */
  setStreams(streams: readonly Stream[]): void {
    this.#streams = streams.flatMap((stream): PictureStream[] => {
      const { output } = stream;
      if (!isPicture(output)) return [];
      const drawing = this.#drawingOf(drawnFormat(output, this.#background));
      if (output.kind === 'picture')
        return [{ ...stream, drawing, still: this.#stillOf(stream.key, output) }];
      return [{ ...stream, drawing, video: this.#videoOf(stream.key, output) }];
    });
    const used = new Set<unknown>(
      this.#streams.flatMap(({ drawing, video, still }) => [drawing, video ?? still]),
    );
    for (const [key, drawing] of this.#drawings) {
      if (!used.has(drawing) && key !== this.#usual.drawing) this.#drawings.delete(key);
    }
    for (const encoders of [this.#videos, this.#stills]) {
      for (const [key, encoder] of encoders) {
        if (used.has(encoder) || key === this.#usual.video) continue;
        encoder.close();
        encoders.delete(key);
      }
    }
  }

  requestKeyFrame(stream: string): void {
    this.#videos.get(stream)?.requestKeyFrame();
  }

  setBitrate(stream: string, bitrateKbps: number): void {
    this.#videos.get(stream)?.setBitrate(bitrateKbps);
  }

  setBackground(background: Backdrop): void {
    this.#background = background;
    for (const drawing of this.#drawings.values()) drawing.setBackground(background);
  }

  /** From now on fewer and smaller pictures are made, or more again; still less where the network is slow. */
  setMachineRung(rung: number): void {
    const [former, next] = [MACHINE_RUNGS[this.#machineRung], MACHINE_RUNGS[rung]];
    const less = rung > this.#machineRung;
    this.#machineRung = rung;
    for (const drawing of this.#drawings.values()) drawing.setScale(next.scale);
    for (const video of this.#videos.values()) video.setMachineRung(next);
    const [before, after] = [former, next].map(({ scale }) => scaledSides(this.#settings, scale));
    if (before.width === after.width && former.step === next.step) return;
    const change = before.width === after.width ? 'rate' : 'size';
    this.#warn(
      `${change}_${less ? 'reduced' : 'restored'}`,
      `The machine ${less ? 'is busy' : 'has room again'}: ${describeFormat({ ...after, step: next.step }, this.#settings.fps)}.`,
    );
  }

  /** To be called before each picture, before `step` is asked for. */
  followNetwork(): void {
    for (const { video } of this.#streams) video?.followNetwork(this.#now());
  }

  /**
   * Draws picture `index` in each format of which one is due.
   * @param step every how many pictures this is called
   * @param frame `Float32Array [58]`
   */
  async draw(
    frame: Float32Array,
    { index, step, mediaTimeMs }: { index: number; step: number; mediaTimeMs: number },
  ): Promise<void> {
    this.#begunMs = this.#now();
    this.#due = this.#streams.filter(({ video }) => {
      const own = video?.step ?? this.machineStep;
      return own <= step || index % own === 0;
    });
    const moment = { mediaTimeMs, seed: this.#settings.seed };
    const drawings = new Set(this.#due.map(({ drawing }) => drawing));
    await Promise.all([...drawings].map((drawing) => drawing.draw(frame, moment)));
    this.#renderedMs = this.#now();
  }

  /**
   * Makes packets of what was drawn last.
   * @param renderMs what drawing it cost; `delaysOf`: where the delay of a picture comes from, if that is known
   * @throws VultusError `encoder_failed`
   */
  encode(
    renderMs: number,
    timed: Timed,
    delaysOf: (stamps: PictureStamps) => PictureDelays | undefined,
  ): PictureLikePacket[] {
    const due = this.#due;
    this.#due = [];
    if (due.length === 0) return [];
    const startMs = performance.now();
    let bytes = 0;
    let delays: PictureDelays | undefined;
    const made = due.map((stream): PictureLikePacket => {
      const { key, drawing, video } = stream;
      const encoded = video?.encode(drawing.picture) ?? stillPicture(stream);
      bytes += encoded.data.length;
      delays = delaysOf({ begunMs: this.#begunMs, renderedMs: this.#renderedMs, encodedMs: this.#now() });
      if ('key' in encoded) return { kind: 'video', stream: key, ...timed, ...encoded, delays };
      return { kind: 'picture', stream: key, ...timed, ...encoded };
    });
    this.#meter.picture({ render: renderMs, encode: performance.now() - startMs });
    this.#meter.sent(bytes, delays);
    return made;
  }

  close(): void {
    for (const encoder of [...this.#videos.values(), ...this.#stills.values()]) encoder.close();
    this.#videos.clear();
    this.#stills.clear();
    this.#streams = [];
  }

  #drawingOf(format: DrawnFormat): Drawing {
    const key = drawingKey(format);
    const known = this.#drawings.get(key);
    if (known) return known;
    const backdrop: Backdrop = format.matte ? { kind: 'matte' } : this.#background;
    const avatar = this.#avatar.inFormat(format);
    avatar.setBackdrop(backdrop);
    const made = new Drawing(avatar, format, backdrop);
    made.setScale(MACHINE_RUNGS[this.#machineRung].scale);
    this.#drawings.set(key, made);
    return made;
  }

  #stillOf(key: string, { encoding }: PictureOutput): StillEncoder {
    const known = this.#stills.get(key) ?? new StillEncoder(encoding);
    this.#stills.set(key, known);
    return known;
  }

  #videoOf(key: string, output: VideoOutput): VideoStream {
    const known = this.#videos.get(key);
    if (known) {
      if (known.bitrateKbps !== output.bitrateKbps) known.setBitrate(output.bitrateKbps);
      return known;
    }
    const made = new VideoStream(output, {
      settings: this.#settings,
      nowMs: this.#now(),
      warn: (code, message) => this.#warn(code, message, key),
    });
    if (this.#machineRung > 0) made.setMachineRung(MACHINE_RUNGS[this.#machineRung]);
    this.#videos.set(key, made);
    return made;
  }
}

function stillPicture({
  output,
  drawing,
  still,
}: PictureStream): Pick<PicturePacket, 'width' | 'height' | 'data' | 'matte'> {
  const { picture, format } = drawing;
  const { width, height } = format;
  if (picture.height === height) return { width, height, data: still!.encode(picture) };
  const { data, matte } = splitMatte(picture);
  const encoded = still!.encode({ width, height, data });
  return { width, height, data: encoded, ...(output.kind === 'picture' && output.matte && { matte }) };
}
