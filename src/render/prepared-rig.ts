/** A rig made ready for one output size: textures scaled and premultiplied. */
import { boxBlur, halve, type Plane, resizeSquare, toBytes } from '../avatar/planes.ts';
import type { Rig } from '../avatar/rig.ts';
import { type Backdrop, KEEP } from './backdrop.ts';
import { type CpuTextures, interleave } from './cpu-pixel-pass.ts';
import { type EyeLayers, prepareEye } from './eyes.ts';
import { HeadMesh } from './head-mesh.ts';
import type { MouthAtlas } from './mouth-atlas.ts';
import { type MouthLayers, prepareMouth } from './mouth-layers.ts';
import { SourceMap } from './rasterise-map.ts';
import { makeScene, type PersonPlanes, type Scene } from './scene.ts';

export interface PreparedRig {
  readonly rig: Rig;
  readonly size: number;
  readonly mesh: HeadMesh;
  readonly map: SourceMap;
  readonly mouth: MouthLayers;
  readonly eyes: Readonly<Record<'left' | 'right', EyeLayers>>;
  /** The person's planes, premultiplied by the matte: stacked for the graph, interleaved for the processor. */
  readonly person: { luma: Float32Array; chroma: Float32Array };
  readonly textures: CpuTextures;
  /** For other backdrops, see `Renderer.scene`. */
  readonly planes: PersonPlanes;
  /** The backdrop that is shown where none is given. */
  readonly scene: Scene;
}

/** Matte values below this show nothing. */
const PRESENT = 0.004;

export function prepareRig(
  rig: Rig,
  size: number,
  atlas: MouthAtlas,
  backdrop: Backdrop = KEEP,
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
  const person = { luma: stack([luma, matte]), chroma: stack([u, v, matteHalf]) };
  // One cell wider than the matte, for the filters that look at neighbours.
  const presence = toBytes(boxBlur(matteHalf, half, half, 1).map((value) => (value > PRESENT ? 1 : 0)));
  return {
    rig,
    size,
    mesh: new HeadMesh(rig),
    map: new SourceMap(half, presence),
    mouth: prepareMouth(rig, atlas, size),
    eyes: { left: prepareEye(rig, 'left', size), right: prepareEye(rig, 'right', size) },
    person,
    textures: { luma: interleave(person.luma, 2), chroma: interleave(person.chroma, 3) },
    planes,
    scene: makeScene(rig, size, planes, backdrop),
  };
}

function multiply(a: Plane, b: Plane): Plane {
  return a.map((value, i) => value * b[i]);
}

function stack(planes: Plane[]): Float32Array {
  const data = new Float32Array(planes.length * planes[0].length);
  planes.forEach((plane, i) => {
    data.set(plane, i * plane.length);
  });
  return data;
}
