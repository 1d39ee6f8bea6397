/** Separates a portrait into the person (with clean colours at soft edges) and the scene behind. */

import { above, boxBlur, clamp, halve, type Plane, smoothstep, toBytes } from '../../../../image/planes.ts';
import { pushPullInPlace } from '../../../../image/push-pull.ts';
import { samplePlane } from '../../../../image/sample.ts';
import type { YuvPlanes } from '../../rig.ts';
import { fillBackground } from './background-fill.ts';
import { type Edge, refineEdge } from './edge-matte.ts';
import { dropIslands, fillHoles } from './islands.ts';

/**
 * What is thinner than about this share of the view is no gap but a hair or the outline itself, which would stay behind
 * when the head moves: so much of the place around has to be seen through.
 */
const THIN = 1 / 100;
const SEEN_THROUGH = [0.6, 0.9] as const;

export interface PersonLayers {
  person: YuvPlanes;
  background: YuvPlanes;
  /** 0..1, corrected where it did not fit the picture. */
  matte: Plane;
}

/**
 * `yuv`: square planes 0..255 at full size; `found`: the matte, 0..1. Solves picture = matte·person + (1 − matte)·
 * background: what the colours usual on both sides miss of the picture, each gets by how much its own vary.
 */
export function separatePerson(
  yuv: readonly [Plane, Plane, Plane],
  found: Plane,
  size: number,
): PersonLayers {
  if (found.every((share) => share === 1)) {
    const whole = quantise(yuv, size);
    return { person: whole, background: whole, matte: found };
  }
  const edge = refineEdge(yuv, found, size);
  const { matte } = edge;
  fillHoles(matte, found, size);
  dropIslands(matte, size);
  const background = fillBackground(yuv, matte, size);
  const person = yuv.map((plane) => new Float32Array(plane.length));
  const known = above(matte, 0);
  const around = boxBlur(matte, size, size, Math.round(THIN * size));
  for (let i = 0; i < matte.length; i++) {
    const open = smoothstep(SEEN_THROUGH[0], SEEN_THROUGH[1], 1 - around[i]);
    for (let c = 0; c < 3; c++) {
      const value = yuv[c][i];
      if (matte[i] === 1) person[c][i] = value;
      else if (matte[i] === 0) background[c][i] += open * (value - background[c][i]);
      else shareOut(value, matte[i], open, i, c, size, edge, person[c], background[c]);
    }
  }
  pushPullInPlace(person, known, size);
  return { person: quantise(person, size), background: quantise(background, size), matte };
}

/** Sets the person's colour in pixel `i`, and changes the background's, as far as it is `open`, so that both make `value`. */
function shareOut(
  value: number,
  alpha: number,
  open: number,
  i: number,
  channel: number,
  size: number,
  edge: Edge,
  person: Plane,
  background: Plane,
): void {
  const x = i % size;
  const y = (i - x) / size;
  const colours = edge.person.size;
  const usual = samplePlane(edge.person.mean[channel], colours, (x + 0.5) / size, (y + 0.5) / size);
  const near = (y >> 2) * colours + (x >> 2);
  const ofPerson = alpha * edge.person.variance[channel][near];
  const ofScene = (1 - alpha) * edge.scene.variance[channel][near];
  const missed = value - alpha * usual - (1 - alpha) * background[i];
  const perVariance = missed / (alpha * ofPerson + (1 - alpha) * ofScene);
  person[i] = clamp(usual + ofPerson * perVariance, 0, 255);
  background[i] = clamp(background[i] + open * ofScene * perVariance, 0, 255);
}

/** As rigs keep planes at full size. */
export function quantise(planes: readonly Plane[], size: number): YuvPlanes {
  return {
    y: toBytes(planes[0]),
    u: toBytes(halve(planes[1], size)),
    v: toBytes(halve(planes[2], size)),
  };
}
