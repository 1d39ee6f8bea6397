import { beforeAll, describe, expect, it } from 'vitest';
import { FACE_OVAL } from '../../../../src/face/topology.ts';
import { createI420 } from '../../../../src/image/i420.ts';
import { BUILTIN_PACK, loadPack } from '../../../../src/model/pack.ts';
import { readFaceBasis } from '../../../../src/render/warp/analyse/face-basis.ts';
import type { SkinLight } from '../../../../src/render/warp/analyse/head/skin-light.ts';
import { TaughtShade } from '../../../../src/render/warp/analyse/head/taught-shade.ts';
import { expressFace } from '../../../../src/render/warp/head/face-motion.ts';
import { Framing } from '../../../../src/render/warp/head/framing.ts';
import { HeadMesh } from '../../../../src/render/warp/head/head-mesh.ts';
import { headPose } from '../../../../src/render/warp/head/head-pose.ts';
import type { Rig } from '../../../../src/render/warp/rig.ts';
import { CELLS, COLUMNS, canonicalPlaces } from '../../../../src/render/warp/shade/canonical-frame.ts';
import { SkinShade } from '../../../../src/render/warp/shade/skin-shade.ts';
import { poseFrame } from '../../../../src/render/warp/sheet/poses.ts';
import { ourPortrait } from '../../../support/portraits.ts';
import { warpRig } from '../support.ts';

const SIZE = 512;
const GREY = 126;
const SMOOTH = new Float32Array(CELLS);
const SMILE = { mouthSmileLeft: 0.9, mouthSmileRight: 0.9, cheekSquintLeft: 0.5, cheekSquintRight: 0.5 };
/** Left of the right corner of the mouth, and its mirror image. */
const BESIDE_MOUTH = { right: 212, left: 432 };
const CHEEK = { right: 50, left: 280 };

let rig: Rig;
let taught: TaughtShade;
let places: Float32Array;
beforeAll(async () => {
  rig = await warpRig(await ourPortrait());
  const { files } = await loadPack(BUILTIN_PACK);
  taught = await TaughtShade.read(files.shade);
  places = canonicalPlaces((await readFaceBasis(files.faceBasis)).rest);
}, 90_000);

function under(light: SkinLight, folds = SMOOTH): Rig {
  return { ...rig, shade: { places, maps: taught.of(light, folds) } };
}

/** What a pose's shade makes of an even grey. */
function shaded(of: Rig, pose: Parameters<typeof poseFrame>[0]) {
  const picture = createI420(SIZE, SIZE);
  picture.data.fill(GREY);
  const framing = new Framing({ width: SIZE, height: SIZE }, SIZE, 0, 0);
  const motion = poseFrame(pose);
  const mesh = new HeadMesh(of, framing);
  mesh.pose(expressFace(of, motion), headPose(of, motion, framing));
  new SkinShade(of, framing).draw(picture, motion, mesh.posed);
  const luma = (point: number) =>
    picture.data[
      Math.round(SIZE * mesh.posed[3 * point + 1] - 0.5) * SIZE +
        Math.round(SIZE * mesh.posed[3 * point] - 0.5)
    ];
  return { luma, plane: picture.data.subarray(0, SIZE * SIZE) };
}

describe('shade of skin that moves', () => {
  it('is none where a pack says that people don’t prefer it', async () => {
    const { manifest } = await loadPack(BUILTIN_PACK);
    expect(rig.shade !== undefined).toBe(manifest.files.shade.shown);
  });

  it('changes nothing at rest, nor on drawings', () => {
    expect(new Set(shaded(under([0.4, -0.2, 0.3]), {}).plane)).toEqual(new Set([GREY]));
    expect(new Set(shaded({ ...rig, shade: undefined }, { ...SMILE, jawOpen: 0.7 }).plane)).toEqual(
      new Set([GREY]),
    );
  });

  it('darkens a chin that the jaw turns down, under a light from above', () => {
    const { luma } = shaded(under([0, -0.4, 0.2]), { jawOpen: 0.8 });
    for (const point of [199, 200, 18]) expect(luma(point)).toBeLessThan(GREY - 3);
  });

  it('lights the cheek that a head turns to the light, and darkens it the other way', () => {
    const lit = under([0.4, 0, 0.1]);
    // From the picture's right, which is the avatar's left.
    expect(shaded(lit, { headYaw: 0.25 }).luma(CHEEK.right)).toBeGreaterThan(GREY + 3);
    expect(shaded(lit, { headYaw: -0.25 }).luma(CHEEK.right)).toBeLessThan(GREY - 3);
    const other = under([-0.4, 0, 0.1]);
    expect(shaded(other, { headYaw: -0.25 }).luma(CHEEK.left)).toBeGreaterThan(GREY + 3);
  });

  it('deepens the folds that a portrait has, on the side that smiles', () => {
    const folds = new Float32Array(CELLS);
    for (const point of Object.values(BESIDE_MOUTH)) {
      const [column, row] = [Math.round(places[2 * point]), Math.round(places[2 * point + 1])];
      for (let y = -2; y <= 2; y++)
        folds.fill(-0.1, (row + y) * COLUMNS + column - 2, (row + y) * COLUMNS + column + 3);
    }
    const smile = { mouthSmileLeft: 0.9, cheekSquintLeft: 0.5 };
    const without = shaded(under([0, 0, 0]), smile);
    const { luma } = shaded(under([0, 0, 0], folds), smile);
    expect(luma(BESIDE_MOUTH.left)).toBeLessThan(without.luma(BESIDE_MOUTH.left) - 5);
    expect(luma(BESIDE_MOUTH.right)).toBe(without.luma(BESIDE_MOUTH.right));
  });

  it('changes neighbouring pixels by little, none by more than a quarter, and nothing at the borders of the face', () => {
    const { luma, plane } = shaded(under([0.5, -0.4, 0.3]), { ...SMILE, jawOpen: 0.5, headYaw: 0.2 });
    expect(new Set(plane).size).toBeGreaterThan(3);
    const steps = plane.map((value, i) => (i < SIZE ? 0 : Math.abs(value - plane[i - SIZE])));
    expect(steps.reduce((most, step) => Math.max(most, step))).toBeLessThan(8);
    expect(plane.every((value) => Math.abs(value - GREY) < 0.26 * (GREY - 16))).toBe(true);
    for (const point of FACE_OVAL) expect(Math.abs(luma(point) - GREY)).toBeLessThan(4);
  });
});
