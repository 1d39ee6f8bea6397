/** Which drawings the streams of a session are made of: each distinct one is drawn once. */
import type { Backdrop } from '../contract/backdrop.ts';
import type { PictureFormat } from '../contract/formats.ts';
import type { Output, PictureOutput, VideoOutput } from '../contract/outputs.ts';

export interface DrawnFormat extends PictureFormat {
  /** Whether the person stands over black, with the matte below. */
  matte: boolean;
}

export function isPicture(output: Output): output is PictureOutput | VideoOutput {
  return output.kind === 'picture' || output.kind === 'video';
}

/** What is drawn for this output in a session with this background. */
export function drawnFormat(output: PictureOutput | VideoOutput, background: Backdrop): DrawnFormat {
  const { width, height, fit } = output;
  const matte = background.kind === 'matte' || (output.kind === 'picture' && output.matte);
  return { width, height, fit, matte };
}

/** Equal for drawings that are the same. */
export function drawingKey({ width, height, fit, matte }: DrawnFormat): string {
  return `${width}x${height}/${fit}/${matte}`;
}
