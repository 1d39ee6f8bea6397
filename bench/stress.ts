/** Stressed syllables by ear: peaks of the loudness, the strong ones against the weak ones. */
import { MOTION_RATE_HZ } from '../src/contract/motion-frame.ts';
import { mean, quantile } from './statistics.ts';

const SAMPLES_PER_FRAME = 48000 / MOTION_RATE_HZ;
const SMOOTH_FRAMES = 2;
/** A rise on a syllable starts at most this long before it and ends at most that long after. */
const BEFORE_FRAMES = 4;
const AFTER_FRAMES = 8;

/** Frames of the loudest quarter of all syllables, and of the softest. `voice`: mono at 48 kHz. */
export function syllables(voice: Float32Array): { strong: number[]; weak: number[] } {
  const count = Math.floor(voice.length / SAMPLES_PER_FRAME);
  const level = Float64Array.from({ length: count }, (_, i) => {
    const piece = voice.subarray(i * SAMPLES_PER_FRAME, (i + 1) * SAMPLES_PER_FRAME);
    return Math.sqrt(piece.reduce((sum, value) => sum + value * value, 0) / piece.length);
  });
  const smooth = level.map((_, i) =>
    mean(level.subarray(Math.max(0, i - SMOOTH_FRAMES), i + SMOOTH_FRAMES + 1)),
  );
  const floor = 0.1 * quantile(smooth, 0.95);
  const peaks = [...smooth.keys()].filter(
    (i) => smooth[i] > floor && smooth[i] >= (smooth[i - 1] ?? 0) && smooth[i] > (smooth[i + 1] ?? 0),
  );
  const heights = peaks.map((i) => smooth[i]);
  const [low, high] = [quantile(heights, 0.25), quantile(heights, 0.75)];
  return {
    strong: peaks.filter((i) => smooth[i] >= high),
    weak: peaks.filter((i) => smooth[i] <= low),
  };
}

/** Share of the frames, in percent, at which the curve rises by more than `size`. */
export function risesPercent(curve: Float64Array, frames: readonly number[], size: number): number {
  const inside = frames.filter((frame) => frame >= BEFORE_FRAMES && frame + AFTER_FRAMES <= curve.length);
  const rises = inside.filter((frame) => {
    const before = Math.min(...curve.subarray(frame - BEFORE_FRAMES, frame + 1));
    return Math.max(...curve.subarray(frame, frame + AFTER_FRAMES)) - before > size;
  });
  return (100 * rises.length) / inside.length;
}
