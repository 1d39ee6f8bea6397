/** Mouths of programs that speak in the fifteen visemes of the Oculus set, all by the same table of poses. */
import { MOTION_FRAME_MS, MOTION_SIZE } from '../../src/contract/motion-frame.ts';
import { poseFrame, VISEMES } from '../../src/render/warp/sheet/poses.ts';

/** Samples of 48 kHz between two pictures of a page at 60 a second. */
export const PAGE_FRAME_SAMPLES = 800;
const FRAME_SAMPLES = MOTION_FRAME_MS * 48;
const OTHER_NAMES: Readonly<Record<string, string>> = { I: 'ih', O: 'oh', U: 'ou' };

/** Motion frame of visemes by the names that meshes have (`viseme_aa`), each by its weight. */
export function visemeFrame(weights: ReadonlyMap<string, number>): Float32Array {
  const frame = new Float32Array(MOTION_SIZE);
  for (const [name, weight] of weights) {
    const viseme = name.replace('viseme_', '');
    const pose = VISEMES[OTHER_NAMES[viseme] ?? viseme];
    if (!pose) throw new Error(`There is no viseme "${name}".`);
    poseFrame(pose).forEach((value, channel) => {
      frame[channel] += weight * value;
    });
  }
  return frame;
}

/**
 * What a page would show in the middle of each motion frame.
 * @param listen hears `voice` up to a sample; called every 1/60 s, and gives the face of then
 */
export function watchPage(voice: Float32Array, listen: (until: number) => Float32Array): Float32Array[] {
  const frames: Float32Array[] = [];
  const count = Math.floor(voice.length / FRAME_SAMPLES);
  let shown: Float32Array = new Float32Array(MOTION_SIZE);
  for (let at = PAGE_FRAME_SAMPLES; frames.length < count; at += PAGE_FRAME_SAMPLES) {
    while (frames.length < count && (frames.length + 0.5) * FRAME_SAMPLES < at) frames.push(shown);
    shown = listen(at);
  }
  return frames;
}
