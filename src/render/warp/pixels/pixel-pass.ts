/** How a source map becomes a picture: on the processor (cpu-pixel-pass.ts) or with a graph (graph-pixel-pass.ts). */
import type { I420 } from '../../../image/i420.ts';
import type { Scene } from './scene.ts';

export interface PixelPass {
  /** Fills the picture, and the scene's matte, if it has one, with what the map shows now. */
  draw(scene: Scene, picture: I420): void | Promise<void>;
}
