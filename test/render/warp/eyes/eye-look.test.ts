import { expect, it } from 'vitest';
import { EyeLook } from '../../../../src/render/warp/eyes/eye-look.ts';
import { headPose } from '../../../../src/render/warp/head/head-pose.ts';
import { Sprite, type Yuva } from '../../../../src/render/warp/pixels/sprite.ts';
import type { EyeRig, Rig } from '../../../../src/render/warp/rig.ts';
import { type Pose, poseFrame } from '../../../../src/render/warp/sheet/poses.ts';

const PATCH = 128;
const EXTENT = 0.2;
const RADIUS = 0.03;
const EYEBALL = 0.06;
const PIXELS_PER_VIEW = 2048;

/** A patch of one colour, or of nothing but a dot of light in its middle. */
function sprite(luma: number, dot = false): Sprite {
  const texels = new Float32Array(4 * PATCH ** 2);
  for (let i = 0; i < PATCH ** 2; i++) {
    const [x, y] = [(i % PATCH) + 0.5, Math.floor(i / PATCH) + 0.5];
    const alpha = dot ? Number(Math.hypot(x - PATCH / 2, y - PATCH / 2) < 3) : 1;
    texels.set([alpha * luma, alpha * 128, alpha * 128, alpha], 4 * i);
  }
  return new Sprite(PATCH, PATCH, texels);
}

const eye = {
  irisCentre: [0.5, 0.5],
  irisRadius: RADIUS,
  eyeballRadius: EYEBALL,
  patchOrigin: [0.5 - EXTENT / 2, 0.5 - EXTENT / 2],
  patchExtent: EXTENT,
  depth: 0,
  irisShade: [1],
} as EyeRig;
// The head turns about the eye, which stays where it is.
const rig = {
  axes: Float32Array.of(1, 0, 0, 0, -1, 0, 0, 0, 1),
  pivot: [0.5, 0.5, 0],
  faceHeight: 0.5,
  limits: { glasses: 0, lipsSeen: true, smile: 0, headCutOff: 0, detail: 0.2 },
} as unknown as Rig;
const layers = {
  sclera: sprite(180),
  shadedSclera: sprite(180),
  lidSkin: sprite(120),
  iris: sprite(60),
  catchlight: sprite(235, true),
  ownOpening: 0.1,
};

/** How far right of the portrait's place the iris and the light are, in radii of the eyeball. */
function places(yaw: number, pose: Pose = {}) {
  const frame = poseFrame(pose);
  const framing = { left: 0, top: 0, pixelsPerView: PIXELS_PER_VIEW } as never;
  const look = new EyeLook(rig, eye, layers, headPose(rig, frame, framing), { yaw, pitch: 0 }, [0, 1]);
  const colour: Yuva = [0, 0, 0, 0];
  const found = { iris: [] as number[], light: [] as number[] };
  for (let x = -150; x <= 150; x++) {
    look.shade(0.5 * PIXELS_PER_VIEW + x, 0.5 * PIXELS_PER_VIEW, 1, 0, 1, colour);
    if (colour[0] < 120 || colour[0] > 200) found.iris.push(x);
    if (colour[0] > 200) found.light.push(x);
  }
  const middle = (xs: number[]) => 0.5 * (xs[0] + xs[xs.length - 1]);
  return {
    iris: middle(found.iris) / (EYEBALL * PIXELS_PER_VIEW),
    light: middle(found.light) / (EYEBALL * PIXELS_PER_VIEW),
  };
}

it('lets a catchlight go by about half of the way of the iris', () => {
  const yaw = 0.25;
  const { iris, light } = places(yaw);
  expect(iris).toBeCloseTo(Math.sin(yaw), 1);
  expect(light / iris).toBeGreaterThan(0.45);
  expect(light / iris).toBeLessThan(0.65);
});

it('leaves a catchlight where the light is while the head turns and the eyes stay on the viewer', () => {
  const turned = places(-0.2, { headYaw: 0.2 });
  // The whole eye keeps its direction: its light goes back against the head as far as its iris does.
  expect(turned.iris).toBeLessThan(-0.15);
  expect(turned.light).toBeCloseTo(turned.iris, 1);
  expect(Math.abs(turned.light - turned.iris)).toBeLessThan(0.03);
  // And an eye that goes along with the head leaves it behind.
  expect(places(0, { headYaw: 0.2 }).light).toBeLessThan(-0.06);
});
