/** What the avatar factory and its worker thread say to each other. */
import type { ErrorCode } from '../contract/error-codes.ts';
import type { Rig } from '../render/warp/rig.ts';

/** `close`: the thread ends after the portrait that it works on. */
export type AnalysisRequest =
  | { type: 'portrait'; id: number; bytes: Uint8Array; faceIndex?: number }
  | { type: 'close' };

export type AnalysisReply =
  | { type: 'ready' }
  | { type: 'rig'; id: number; rig: Rig }
  | { type: 'error'; id: number | 'start'; code: ErrorCode; detail?: string };
