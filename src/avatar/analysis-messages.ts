/** What the avatar factory and its worker thread say to each other. */
import type { ErrorCode } from '../errors.ts';
import type { Rig } from './rig.ts';

export interface AnalysisRequest {
  id: number;
  bytes: Uint8Array;
  faceIndex?: number;
}

export type AnalysisReply =
  | { type: 'ready' }
  | { type: 'rig'; id: number; rig: Rig }
  | { type: 'error'; id: number | 'start'; code: ErrorCode; detail?: string };
