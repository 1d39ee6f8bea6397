import { beforeAll, expect, it } from 'vitest';
import { FACE_OVAL, FOREHEAD } from '../../../../src/face/topology.ts';
import { cutBySides } from '../../../../src/render/warp/analyse/head/cut-by-sides.ts';
import { skinSource } from '../../../../src/render/warp/analyse/mouth/lip-rims.ts';
import { expressFace } from '../../../../src/render/warp/head/face-motion.ts';
import { HeadMesh } from '../../../../src/render/warp/head/head-mesh.ts';
import { headPose } from '../../../../src/render/warp/head/head-pose.ts';
import { MESH_TRIANGLES } from '../../../../src/render/warp/head/mesh-topology.ts';
import type { Rig } from '../../../../src/render/warp/rig.ts';
import { poseFrame } from '../../../../src/render/warp/sheet/poses.ts';
import { ourPortrait } from '../../../support/portraits.ts';
import { wholeMap } from '../pixels/support.ts';
import { warpRig } from '../support.ts';

const CELLS = 64;

/** How far the body comes in from the picture's sides when it goes back, view fractions. */
function comesIn(rig: Rig): number {
  const mesh = new HeadMesh(rig);
  const back = poseFrame({ distance: -0.3 });
  mesh.pose(expressFace(rig, back), headPose(rig, back));
  let farthest = 0;
  for (let i = 0; i < mesh.source.length / 2; i++) {
    const [x, y] = [mesh.source[2 * i], mesh.source[2 * i + 1]];
    if (y < 0.9 || (x > 0 && x < 1)) continue;
    farthest = Math.max(farthest, x > 0.5 ? 1 - mesh.posed[3 * i] : mesh.posed[3 * i]);
  }
  return farthest;
}

let rig: Rig;
beforeAll(async () => {
  rig = await warpRig(await ourPortrait());
}, 90_000);

it('reaches beyond the picture on the far side of a turned face, too', () => {
  const portrait = rig.portrait.slice();
  const middle = portrait[3 * FOREHEAD];
  for (const i of FACE_OVAL) {
    if (portrait[3 * i] > middle) portrait[3 * i] = middle + 0.15 * (portrait[3 * i] - middle);
  }
  const { source } = new HeadMesh({ ...rig, portrait, skinSource: skinSource({ ...rig, portrait }) });
  const map = wholeMap(CELLS, new Uint8Array(CELLS * CELLS).fill(1));
  // Moved by a tenth of the picture, no cell is left with its own place.
  const positions = new Float32Array((source.length / 2) * 3);
  for (let i = 0; i < source.length / 2; i++) positions.set([source[2 * i] - 0.1, source[2 * i + 1]], 3 * i);
  map.draw(positions, source, MESH_TRIANGLES);
  for (let i = 0; i < CELLS * CELLS; i++) {
    if (i % CELLS < 0.85 * CELLS) {
      expect(map.values[i]).toBeCloseTo((2 * ((i % CELLS) + 0.5)) / CELLS - 1 + 0.2, 4);
    }
  }
});

it('keeps a body that the sides of the picture cut off at these sides, and no other', () => {
  const { size } = rig;
  const withSides = (value: number) => {
    const matte = rig.matte.map((own, i) => (i % size === 0 || i % size === size - 1 ? value : own));
    return { ...rig, cutBySides: cutBySides({ size, matte }) };
  };
  expect(comesIn(withSides(255))).toBeLessThan(0.005);
  expect(comesIn(withSides(0))).toBeGreaterThan(0.02);
});
