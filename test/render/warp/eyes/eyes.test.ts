import { afterAll, beforeAll, expect, it } from 'vitest';
import { KEEP } from '../../../../src/contract/backdrop.ts';
import { squareFormat } from '../../../../src/contract/formats.ts';
import { EYES, SIDES } from '../../../../src/face/topology.ts';
import { createI420 } from '../../../../src/image/i420.ts';
import { atOnce } from '../../../../src/in-pieces.ts';
import { drawEye, prepareEye } from '../../../../src/render/warp/eyes/eyes.ts';
import { frameHead } from '../../../../src/render/warp/head/framing.ts';
import { headPose } from '../../../../src/render/warp/head/head-pose.ts';
import { personTexture } from '../../../../src/render/warp/pixels/person-texture.ts';
import { makeScene } from '../../../../src/render/warp/pixels/scene.ts';
import type { Rig } from '../../../../src/render/warp/rig.ts';
import { type Pose, poseFrame } from '../../../../src/render/warp/sheet/poses.ts';
import type { WarpAvatar } from '../../../../src/render/warp/warp-avatar.ts';
import type { WarpRenderer } from '../../../../src/render/warp/warp-renderer.ts';
import { ourPortrait } from '../../../support/portraits.ts';
import { openWarp, warpRig } from '../support.ts';

const SIZE = 512;

let renderer: WarpRenderer;
let avatar: WarpAvatar;
beforeAll(async () => {
  renderer = await openWarp();
  avatar = renderer.prepare(await warpRig(await ourPortrait('amara')), squareFormat(SIZE));
}, 180_000);
afterAll(() => renderer?.close());

async function draw(pose: Pose): Promise<Uint8Array> {
  const picture = createI420(SIZE, SIZE);
  await avatar.draw(poseFrame(pose), picture);
  return picture.data;
}

it('keeps the dark of the inner corner where the iris looks, and uncovers white where it was', async () => {
  const { portrait, eyes } = avatar.rig;
  const ahead = await draw({});
  const aside = await draw({ eyeLookInRight: 0.7, eyeLookOutLeft: 0.7 });
  const innermost = EYES.right.upperLid.at(-1)!;
  const at = (x: number, y: number) => Math.floor(y * SIZE) * SIZE + Math.floor(x * SIZE);
  for (const below of [1, 2, 3]) {
    const place = at(portrait[3 * innermost], portrait[3 * innermost + 1] + below / SIZE);
    expect(Math.abs(aside[place] - ahead[place])).toBeLessThan(20);
  }
  const { irisCentre, irisRadius } = eyes.right;
  const uncovered = at(irisCentre[0] - 0.8 * irisRadius, irisCentre[1]);
  expect(aside[uncovered]).toBeGreaterThan(ahead[uncovered] + 30);
});

it('shuts eyes whose lower lids the mesh has too high, without a bright slit', async () => {
  const { rig } = avatar;
  const [open, shut] = [await draw({}), await draw({ eyeBlinkLeft: 1, eyeBlinkRight: 1 })];
  for (const side of SIDES) {
    const { upperLid, lowerLid } = EYES[side];
    const x = [1, 5].map((i) => rig.portrait[3 * lowerLid[i]] * SIZE).sort((a, b) => a - b);
    const top = rig.portrait[3 * upperLid[3] + 1] * SIZE;
    const bottom = rig.portrait[3 * lowerLid[3] + 1] * SIZE;
    const brightest = (data: Uint8Array) => {
      let most = 0;
      // A quarter of the opening farther down than the mesh has the lid.
      for (let row = Math.floor(top); row < bottom + 0.25 * (bottom - top); row++) {
        for (let column = Math.ceil(x[0]); column < x[1]; column++) {
          most = Math.max(most, data[row * SIZE + column]);
        }
      }
      return most;
    };
    expect(brightest(open)).toBeGreaterThan(150);
    expect(brightest(shut)).toBeLessThan(0.65 * brightest(open));
  }
});

it('leaves eyes alone at rest, however far behind their lower lids the upper ones lie', async () => {
  const { rig } = avatar;
  const [rest, portrait] = [rig.rest.slice(), rig.portrait.slice()];
  for (const points of [rest, portrait]) {
    for (const side of SIDES) for (const i of EYES[side].upperLid) points[3 * i + 2] -= 0.02;
  }
  const deep = renderer.prepare({ ...rig, rest, portrait } as Rig, squareFormat(SIZE));
  const picture = createI420(SIZE, SIZE);
  await deep.draw(poseFrame({}), picture);
  const framing = frameHead(rig, squareFormat(SIZE));
  const person = atOnce(personTexture(rig, framing));
  const { still } = atOnce(makeScene(rig, person, framing, KEEP));
  const { irisCentre, irisRadius } = rig.eyes.left;
  for (let y = -1; y <= 1; y += 0.1) {
    for (let x = -2; x <= 2; x += 0.1) {
      const [column, row] = [irisCentre[0] + x * irisRadius, irisCentre[1] + y * irisRadius];
      const i = Math.floor(row * SIZE) * SIZE + Math.floor(column * SIZE);
      expect(Math.abs(picture.data[i] - still[i])).toBeLessThan(3);
    }
  }
});

it('draws eyes in colours of the portrait, also where the lids meet in a pixel', async () => {
  const rig = await warpRig(await ourPortrait('noor'));
  const noor = renderer.prepare(rig, squareFormat(SIZE));
  const picture = createI420(SIZE, SIZE);
  const rest = poseFrame({});
  await noor.draw(rest, picture);
  for (const side of SIDES) {
    const layers = prepareEye(rig, side, SIZE);
    // As if the lids were a little less open than in the portrait.
    const wider = { ...layers, ownOpening: 1.07 * layers.ownOpening };
    drawEye(picture, rig, side, wider, rest, noor.posed, headPose(rig, rest));
  }
  expect(picture.data.subarray(SIZE * SIZE).every((chroma) => chroma > 60)).toBe(true);
}, 90_000);
