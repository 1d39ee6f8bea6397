import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { AvatarFactory } from '../../src/avatar/avatar-factory.ts';
import { EYES, SIDES } from '../../src/avatar/face-topology.ts';
import { createI420 } from '../../src/media/i420.ts';
import { GraphLoader } from '../../src/model/providers.ts';
import { poseFrame } from '../../src/render/poses.ts';
import { Renderer } from '../../src/render/renderer.ts';

const SIZE = 512;
const AMARA = new URL('../../client-demo/public/gallery/amara.jpg', import.meta.url);
const GRAPH = fileURLToPath(new URL('../../models/builtin/render.onnx', import.meta.url));

it('shuts eyes whose lower lids the mesh has too high, without a bright slit', {
  timeout: 180_000,
}, async () => {
  const factory = await AvatarFactory.create();
  const rig = await factory.buildRig(await readFile(AMARA));
  await factory.close();
  const loader = await GraphLoader.choose('cpu', GRAPH, 1);
  const renderer = await Renderer.create({ pack: { graphFiles: { render: GRAPH } }, loader });
  const prepared = renderer.prepare(rig, SIZE);
  const draw = async (blink: number) => {
    const picture = createI420(SIZE, SIZE);
    await renderer.render(prepared, poseFrame({ eyeBlinkLeft: blink, eyeBlinkRight: blink }), picture);
    return picture.data;
  };
  const [open, shut] = [await draw(0), await draw(1)];
  await renderer.close();
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
