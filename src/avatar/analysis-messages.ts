/** What the avatar factory and its thread say to each other. */
import type { ErrorCode } from '../contract/error-codes.ts';
import type { PortraitQuality } from '../contract/portrait-quality.ts';
import type { Rig } from '../render/renderer.ts';

/** What becomes of a portrait. */
export interface AnalysedPortrait {
  rig: Rig;
  quality: PortraitQuality;
  /** Pixels of the view that was cut out of the portrait, and it as a JPEG thumbnail. */
  width: number;
  height: number;
  preview: Uint8Array;
}

/** `close`: the thread ends after the portrait that it works on. */
export type AnalysisRequest =
  | { type: 'portrait'; id: number; bytes: Uint8Array; faceIndex?: number }
  | { type: 'close' };

export type AnalysisReply =
  /** `rigKey`: of the rigs that it makes. */
  | { type: 'ready'; rigKey: string }
  | { type: 'analysed'; id: number; portrait: AnalysedPortrait }
  | { type: 'error'; id: number | 'start'; code: ErrorCode; detail?: string };
