/** What a page and the worker that draws for it tell each other. */
import type { Backdrop } from '../../contract/backdrop.ts';
import type { PictureFormat } from '../../contract/formats.ts';

/** When in which performance a picture is. */
export interface PictureTime {
  mediaTimeMs: number;
  epoch: number;
}

export type ToWorker =
  /** The first message: what draws the avatar (`GET /v1/sessions/:id/rig`), and how. */
  | { type: 'open'; kit: Uint8Array; format: PictureFormat; seed: number; backdrop: Backdrop }
  | { type: 'backdrop'; backdrop: Backdrop }
  /** `frame`: `Float32Array [58]` */
  | ({ type: 'draw'; frame: Float32Array } & PictureTime);

/** A `VideoFrame` (I420) where the browser has WebCodecs, otherwise a bitmap. */
export type DrawnImage = VideoFrame | ImageBitmap;

export type FromWorker =
  | { type: 'opened'; preparedMs: number }
  | ({ type: 'picture'; image: DrawnImage; workMs: number } & PictureTime)
  /** Nothing more comes of it. */
  | { type: 'failed'; message: string };
