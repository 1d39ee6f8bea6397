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
 * `low` gives up a quarter of the lookahead: measured on held-out voices, lips then close in 90.3 % of P B M instead of
 * 91.1 % (`npm run bench -- latency`). Runs of one frame cost twice as much a frame as runs of two, and turn the head
 * less: its temperature is calibrated for runs of two to five.
 */
const MODES = Object.freeze({
  low: { block: 1, lookahead: 0.75 },
  balanced: { block: 2, lookahead: 1 },
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
