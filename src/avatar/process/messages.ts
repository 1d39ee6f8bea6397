/** What the avatar factory and its analysis process say to each other. */
import type { ErrorCode } from '../../contract/error-codes.ts';
import type { FaceChoice } from '../../contract/face-points.ts';
import type { PortraitQuality } from '../../contract/portrait-quality.ts';
import type { Rig } from '../../render/renderer.ts';

/** What becomes of a portrait. */
export interface AnalysedPortrait {
  rig: Rig;
  quality: PortraitQuality;
  /** Pixels of the view that was cut out of the portrait, and it as a JPEG thumbnail. */
  width: number;
  height: number;
  preview: Uint8Array;
}

export type ToAnalysis =
  /** The first message. */
  | { type: 'start'; packDirectory: string }
  /** Sent when the one before has been answered. */
  | { type: 'portrait'; bytes: Uint8Array; choice: FaceChoice };

export type FromAnalysis =
  /** `rigKey`: of the rigs that it makes. */
  | { type: 'started'; rigKey: string }
  /** It could not start. */
  | { type: 'failed'; code: ErrorCode; detail: string | undefined }
  /** `residentBytes`: the memory that the process has now. */
  | { type: 'analysed'; portrait: AnalysedPortrait; residentBytes: number }
  | { type: 'refused'; code: ErrorCode; detail: string | undefined; residentBytes: number };
