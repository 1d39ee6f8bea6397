/** A rig made ready for one output size: textures scaled and premultiplied. */

import { boxBlur, halve, type Plane, resizeSquare, toBytes } from '../../image/planes.ts';
import type { InPieces } from '../../in-pieces.ts';
import type { EyeLayers } from './eyes/eye-look.ts';
import { prepareEye } from './eyes/eyes.ts';
import { HeadMesh } from './head/head-mesh.ts';
import type { MouthAtlas } from './mouth/mouth-atlas.ts';
import { type MouthLayers, prepareMouth } from './mouth/mouth-layers.ts';
import { CpuPixelPass } from './pixels/cpu-pixel-pass.ts';
import { GraphPixelPass } from './pixels/graph-pixel-pass.ts';
import type { PixelPass } from './pixels/pixel-pass.ts';
import { SourceMap } from './pixels/rasterise-map.ts';
import type { RenderGraph } from './pixels/render-graph.ts';
import type { PersonPlanes } from './pixels/scene.ts';
import type { Rig } from './rig.ts';

export interface PreparedRig {
  readonly rig: Rig;
  readonly size: number;
  readonly mesh: HeadMesh;
  readonly map: SourceMap;
  readonly mouth: MouthLayers;
  readonly eyes: Readonly<Record<'left' | 'right', EyeLayers>>;
  readonly pixels: PixelPass;
  /** For scenes. */
  readonly planes: PersonPlanes;
}

/** Matte values below this show nothing. */
const PRESENT = 0.004;

/** `graph`: the pack's `render.onnx`, where that draws. */
export function* prepareRig(
  rig: Rig,
  size: number,
  { atlas, graph }: { atlas: MouthAtlas; graph: RenderGraph | undefined },
): InPieces<PreparedRig> {
  const planes = yield* personPlanes(rig, size);
  const half = size / 2;
  // One cell wider than the matte, for the filters that look at neighbours.
  const presence = toBytes(
    boxBlur(planes.matteHalf, half, half, 1).map((value) => (value > PRESENT ? 1 : 0)),
  );
  yield;
  const map = new SourceMap(half, presence);
  const pixels = graph ? new GraphPixelPass(graph, planes, map) : new CpuPixelPass(planes, map);
  yield;
  const mesh = new HeadMesh(rig);
  yield;
  const mouth = prepareMouth(rig, atlas, size);
  yield;
  const left = prepareEye(rig, 'left', size);
  yield;
  const right = prepareEye(rig, 'right', size);
  return { rig, size, mesh, map, pixels, mouth, eyes: { left, right }, planes };
}

export function* personPlanes(rig: Rig, size: number): InPieces<PersonPlanes> {
  const scale = (plane: Uint8Array, from: number, to: number) =>
    resizeSquare(new Float32Array(plane), from, to);
  const matte = scale(rig.matte, rig.size, size).map((value) => value / 255);
  const matteHalf = halve(matte, size);
  yield;
  const luma = multiply(scale(rig.person.y, rig.size, size), matte);
  yield;
  const [u, v] = [rig.person.u, rig.person.v].map((plane) =>
    multiply(scale(plane, rig.size / 2, size / 2), matteHalf),
  );
  return { luma, matte, u, v, matteHalf };
}

function multiply(a: Plane, b: Plane): Plane {
  return a.map((value, i) => value * b[i]);
}
