/** A rig made ready for one output size: textures scaled and premultiplied. */

import { type Backdrop, KEEP } from '../../contract/backdrop.ts';
import { boxBlur, halve, type Plane, resizeSquare, toBytes } from '../../image/planes.ts';
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
import { makeScene, type PersonPlanes, type Scene } from './pixels/scene.ts';
import type { Rig } from './rig.ts';

export interface PreparedRig {
  readonly rig: Rig;
  readonly size: number;
  readonly mesh: HeadMesh;
  readonly map: SourceMap;
  readonly mouth: MouthLayers;
  readonly eyes: Readonly<Record<'left' | 'right', EyeLayers>>;
  readonly pixels: PixelPass;
  /** For other backdrops, see `Renderer.scene`. */
  readonly planes: PersonPlanes;
  /** The backdrop that is shown where none is given. */
  readonly scene: Scene;
}

/** Matte values below this show nothing. */
const PRESENT = 0.004;

/** `graph`: the pack's `render.onnx`, where that draws. */
export function prepareRig(
  rig: Rig,
  size: number,
  { atlas, graph, backdrop = KEEP }: { atlas: MouthAtlas; graph?: RenderGraph; backdrop?: Backdrop },
): PreparedRig {
  const half = size / 2;
  const scale = (plane: Uint8Array, from: number, to: number) =>
    resizeSquare(new Float32Array(plane), from, to);
  const matte = scale(rig.matte, rig.size, size).map((value) => value / 255);
  const matteHalf = halve(matte, size);
  const luma = multiply(scale(rig.person.y, rig.size, size), matte);
  const [u, v] = [rig.person.u, rig.person.v].map((plane) =>
    multiply(scale(plane, rig.size / 2, half), matteHalf),
  );
  const planes = { luma, matte, u, v, matteHalf };
  // One cell wider than the matte, for the filters that look at neighbours.
  const presence = toBytes(boxBlur(matteHalf, half, half, 1).map((value) => (value > PRESENT ? 1 : 0)));
  const map = new SourceMap(half, presence);
  return {
    rig,
    size,
    mesh: new HeadMesh(rig),
    map,
    pixels: graph ? new GraphPixelPass(graph, planes, map) : new CpuPixelPass(planes, map),
    mouth: prepareMouth(rig, atlas, size),
    eyes: { left: prepareEye(rig, 'left', size), right: prepareEye(rig, 'right', size) },
    planes,
    scene: makeScene(rig, size, planes, backdrop),
  };
}

function multiply(a: Plane, b: Plane): Plane {
  return a.map((value, i) => value * b[i]);
}
