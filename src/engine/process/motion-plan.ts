import type { LatencyMode } from '../../contract/latency.ts';
import type { PackManifest } from '../../model/pack.ts';

/** How far ahead motion is planned, at the price of delay. */
export interface MotionPlan {
  /** Motion frames per run. */
  block: number;
  /** Frames of voice behind a block that its lips are made from. */
  lookaheadFrames: number;
}

interface Mode {
  /** Wanted motion frames per run: the pack's next larger block is taken. */
  block: number;
  /** Share of the pack's lookahead that is waited for; the rest is mirrored (see `MotionStream`). */
  lookahead: number;
}

/**
 * Runs of one frame keep what follows a voice shortest for the lookahead that they see, and since graphs remember what
 * they have heard and shown, they cost little more a frame than longer ones. `low` gives up half of the lookahead:
 * measured on held-out voices, lips then close in 93 % of P B M, as with all of it in 95 % (`npm run bench -- latency`).
 */
const MODES = Object.freeze({
  low: { block: 1, lookahead: 0.5 },
  balanced: { block: 1, lookahead: 1 },
  quality: { block: Number.POSITIVE_INFINITY, lookahead: 1 },
} as const satisfies Record<LatencyMode, Mode>);

export function motionPlan(latency: LatencyMode, { blocks, audio }: PackManifest): MotionPlan {
  const { block, lookahead } = MODES[latency];
  const large = blocks.filter((size) => size >= block);
  return {
    block: large.length > 0 ? Math.min(...large) : Math.max(...blocks),
    lookaheadFrames: lookahead * audio.lookaheadFrames,
  };
}
