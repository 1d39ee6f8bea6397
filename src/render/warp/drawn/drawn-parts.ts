/** Eyes and mouth of a drawing, made ready to be drawn. */

import { SIDES, UPPER_LIP_MIDDLE } from '../../../face/topology.ts';
import type { I420 } from '../../../image/i420.ts';
import type { Blend } from '../head/blendshapes.ts';
import type { HeadPose } from '../head/head-pose.ts';
import type { SourceMap } from '../pixels/rasterise-map.ts';
import type { Rig } from '../rig.ts';
import type { Drawing } from './drawing.ts';
import { type DrawnEyeLayers, drawDrawnEye, prepareDrawnEye } from './drawn-eye.ts';
import { type DrawnMouthLayers, drawDrawnMouth, prepareDrawnMouth } from './drawn-mouth.ts';
import { DrawingExpression } from './express-drawing.ts';
import { PatchPlaces } from './patch-places.ts';
import { SourcePlaces } from './source-places.ts';

export class DrawnParts {
  readonly #rig: Rig;
  readonly #eyes: Partial<Record<'left' | 'right', DrawnEyeLayers>> = {};
  readonly #mouth: DrawnMouthLayers;
  readonly #places: SourcePlaces;
  readonly #expression: DrawingExpression;

  constructor(rig: Rig, { eyes, mouth }: Drawing, map: SourceMap, blend: Blend) {
    this.#rig = rig;
    for (const side of SIDES) {
      const eye = eyes[side];
      if (eye) this.#eyes[side] = prepareDrawnEye(eye);
    }
    this.#mouth = prepareDrawnMouth(mouth);
    this.#places = new SourcePlaces(map);
    this.#expression = new DrawingExpression(rig, blend);
  }

  /** See expressFace. */
  express(frame: Float32Array): Float32Array {
    return this.#expression.express(frame);
  }

  /** Over a picture of which the map of sources was drawn last. */
  draw(picture: I420, frame: Float32Array, pose: HeadPose): void {
    for (const side of SIDES) {
      const layers = this.#eyes[side];
      if (!layers) continue;
      const places = new PatchPlaces(layers.rig, this.#rig.eyes[side].depth, this.#places, pose);
      drawDrawnEye(picture, layers, side, frame, places);
    }
    const depth = this.#rig.portrait[3 * UPPER_LIP_MIDDLE + 2];
    const places = new PatchPlaces(this.#mouth.rig, depth, this.#places, pose);
    drawDrawnMouth(picture, this.#mouth, frame, places);
  }
}
