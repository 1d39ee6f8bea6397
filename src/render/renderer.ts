/**
 * The port of renderers: what makes rigs of portraits, and draws them as motion frames say. The table in
 * renderers.ts has those there are; a pack's manifest names its own. Analysis and drawing are opened each by itself:
 * they run in different threads, and load different parts of the pack.
 */
import type { Backdrop } from '../contract/backdrop.ts';
import type { FaceChoice } from '../contract/face-points.ts';
import type { PictureFormat } from '../contract/formats.ts';
import type { PortraitMeasures } from '../contract/portrait-quality.ts';
import type { RgbPicture } from '../contract/rgb-picture.ts';
import type { I420 } from '../image/i420.ts';
import type { InPieces } from '../in-pieces.ts';
import type { ModelPack, PackFileName } from '../model/pack.ts';
import type { GraphLoader } from '../model/providers.ts';

/**
 * What a renderer keeps of a portrait: plain data that can be cloned and stored (see rig.ts). Only the renderer that
 * made it knows what else is in it.
 */
export interface Rig {
  /** Name of that renderer. */
  readonly renderer: string;
  /** What it was made with, from `rigKey`: a rig whose key is another one has to be made again. */
  readonly key: string;
}

export interface Analysis {
  rig: Rig;
  /** What of the portrait limits the avatar; judged elsewhere. */
  measures: PortraitMeasures;
  /** Forehead to chin as a share of the view. */
  faceHeight: number;
  /** What of the portrait will be shown, as it was: for previews. */
  view: RgbPicture;
}

/** Everything that stays loaded between portraits. Meant for a thread of its own: inference blocks. */
export interface PortraitAnalyser {
  /**
   * All that is ever measured of a portrait is measured here. `bytes`: a picture file.
   * @throws VultusError with a `portrait_…` code
   */
  analyse(bytes: Uint8Array, choice?: FaceChoice): Promise<Analysis>;
  close(): Promise<void>;
}

/** When in which performance a picture is: life that no motion frame holds, such as breathing, follows from it. */
export interface Moment {
  mediaTimeMs: number;
  /** Same seed, same life. */
  seed: number;
}

/** A rig made ready for pictures of one format. */
export interface PreparedAvatar {
  readonly format: PictureFormat;
  /** Whether pictures of one format whose `draw` is called without a pause between are drawn in one run. */
  readonly drawsTogether: boolean;
  /**
   * From the next picture on, which may cost some milliseconds more. With `matte` pictures are twice as high (see
   * `stackedHeight`).
   */
  setBackdrop(backdrop: Backdrop): void;
  /**
   * `motion`: `Float32Array [58]`; `picture` is filled: of the format's width, and `stackedHeight` of its height.
   * Without a moment nothing moves but what the motion says.
   * @throws VultusError `invalid_request` for a picture of another size
   */
  draw(motion: Float32Array, picture: I420, moment?: Moment): Promise<void>;
  /** The same avatar before the same backdrop in another format; costs tens of milliseconds. */
  inFormat(format: PictureFormat): PreparedAvatar;
}

/** Meant for a thread or process of its own: inference blocks. */
export interface Renderer {
  /**
   * Measures nothing any more: quick enough for the start of a session. `backdrop`: the portrait's own, if absent.
   * @throws VultusError `invalid_request` for a format that it cannot draw, `internal` for a rig of another renderer
   */
  prepare(rig: Rig, format: PictureFormat, backdrop?: Backdrop): PreparedAvatar;
  /** The same in pieces, for whoever has pictures of others to draw in between. */
  preparing(rig: Rig, format: PictureFormat, backdrop?: Backdrop): InPieces<PreparedAvatar>;
  /** So that no session is the first to wait for kernels or engines. */
  warmUp(): Promise<void>;
  close(): Promise<void>;
}

/** One row of the table of renderers. */
export interface RendererKind {
  readonly name: string;
  /** Raised whenever the meaning or content of its rigs changes. */
  readonly rigVersion: number;
  /** What of a pack its analysis reads. */
  readonly analysisFiles: readonly PackFileName[];
  /** @throws VultusError `pack_invalid` */
  openAnalyser(pack: ModelPack): Promise<PortraitAnalyser>;
  /** @throws VultusError `pack_invalid` when a graph or file for drawing cannot be opened */
  openRenderer(pack: ModelPack, loader: Pick<GraphLoader, 'open' | 'drawsPictures'>): Promise<Renderer>;
  /**
   * All that a browser needs to draw the avatar by itself, as bytes.
   * @throws VultusError `pack_invalid`
   */
  drawingKit(rig: Rig, pack: Pick<ModelPack, 'files'>): Promise<Uint8Array>;
  /** Whether a rig of its key has all its parts: stored ones may be damaged. */
  isWhole(rig: Rig): boolean;
  /**
   * Where the face's landmarks are drawn: `Float32Array [478·3]`, x right and y down in fractions of the square view,
   * z towards the viewer in the same unit. For measures, and for what is drawn on top.
   */
  landmarksAt(rig: Rig, motion: Float32Array): Float32Array;
}
