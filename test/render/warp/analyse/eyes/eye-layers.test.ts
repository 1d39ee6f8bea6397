import { beforeAll, describe, expect, it } from 'vitest';
import { EYES } from '../../../../../src/face/topology.ts';
import { rgbToYuv } from '../../../../../src/image/colour.ts';
import { readImageFile } from '../../../../../src/image/image-file.ts';
import type { ColourPlanes, Plane } from '../../../../../src/image/planes.ts';
import { FaceFinder } from '../../../../../src/model/face/face-finder.ts';
import { BUILTIN_PACK, loadPack } from '../../../../../src/model/pack.ts';
import { takeEyesApart } from '../../../../../src/render/warp/analyse/eyes/eye-layers.ts';
import { findEyes } from '../../../../../src/render/warp/analyse/eyes/find-eyes.ts';
import { lidSkin, skinShare } from '../../../../../src/render/warp/analyse/eyes/lid-skin.ts';
import { skinColour } from '../../../../../src/render/warp/analyse/skin-colour.ts';
import { ourPortrait } from '../../../../support/portraits.ts';

let picture: ColourPlanes;
let landmarks: Float32Array;
beforeAll(async () => {
  const finder = await FaceFinder.open((await loadPack(BUILTIN_PACK)).files);
  const { width: size, data } = await readImageFile(await ourPortrait(), 1024);
  const [face] = await finder.find({ width: size, height: size, data });
  landmarks = Float32Array.from(face.landmarks, (value) => value / size);
  const channels = [0, 1, 2].map(() => new Float32Array(size * size)) as [Plane, Plane, Plane];
  for (let i = 0; i < size * size; i++) {
    rgbToYuv(data[3 * i], data[3 * i + 1], data[3 * i + 2]).forEach((value, c) => {
      channels[c][i] = value;
    });
  }
  picture = { size, channels };
}, 90_000);

describe('takeEyesApart', () => {
  it('finds both eyes of a portrait', () => {
    const { left, right } = takeEyesApart(findEyes(picture, landmarks), picture, landmarks, false);
    expect([left.found, right.found]).toEqual([true, true]);
  });

  it('lights the skin of a lid more than around the open eye, and leaves its lashes as dark', () => {
    const eyes = findEyes(picture, landmarks);
    const { left } = takeEyesApart(eyes, picture, landmarks, false);
    const [patch] = eyes.patches;
    const around = lidSkin(patch, skinColour(picture, landmarks), false);
    const [x, y] = patch.upperLid[patch.upperLid.length >> 1].map(Math.round);
    const at = y * patch.size + x;
    expect(left.lidSkin[3 * at]).toBeGreaterThan(around[0][at] + 3);
    expect(left.lash[0]).toBeLessThan(16 + 0.43 * (around[0][at] - 16));
  });

  it('tells an eye from a cheek', () => {
    const moved = landmarks.slice();
    const { outerCorner, innerCorner, upperLid, lowerLid, irisCentre, irisEdge } = EYES.left;
    const width = landmarks[3 * outerCorner] - landmarks[3 * innerCorner];
    for (const i of [outerCorner, innerCorner, ...upperLid, ...lowerLid, irisCentre, ...irisEdge]) {
      moved[3 * i + 1] += 0.8 * Math.abs(width);
    }
    const { left, right } = takeEyesApart(findEyes(picture, moved), picture, moved, false);
    expect([left.found, right.found]).toEqual([false, true]);
  });

  it.each([
    ['black', [24, 128, 128]],
    ['white', [225, 126, 130]],
    ['green', [90, 112, 104]],
  ])('finds no eye behind %s hair', (_, colour) => {
    const covered = {
      ...picture,
      channels: picture.channels.map((plane) => plane.slice()) as [Plane, Plane, Plane],
    };
    const [{ origin, extent }] = findEyes(picture, landmarks).patches;
    const pixel = (place: number) => Math.round(place * picture.size);
    for (let y = pixel(origin[1]); y < pixel(origin[1] + extent); y++) {
      // Strands.
      for (let x = pixel(origin[0]); x < pixel(origin[0] + extent); x++) {
        const shade = 0.75 + 0.25 * Math.sin(x / 3);
        colour.forEach((value, c) => {
          covered.channels[c][y * picture.size + x] = c === 0 ? 16 + shade * (value - 16) : value;
        });
      }
    }
    const { left, right } = takeEyesApart(findEyes(covered, landmarks), covered, landmarks, false);
    expect([left.found, right.found]).toEqual([false, true]);
  });

  it('finds an eye in the shade of a face that light has bleached', () => {
    const shaded = {
      ...picture,
      channels: picture.channels.map((plane) => plane.slice()) as [Plane, Plane, Plane],
    };
    const [left, right] = findEyes(picture, landmarks).patches;
    const isIn = ({ origin, extent }: typeof left, x: number, y: number) =>
      x >= origin[0] && x < origin[0] + extent && y >= origin[1] && y < origin[1] + extent;
    const [luma, ...chroma] = shaded.channels;
    // Its colour is as far from a shade of the bleached skin as skin is not.
    const [, u, v] = skinColour(picture, landmarks);
    const strong = 25 / Math.hypot(u - 128, v - 128);
    for (let i = 0; i < luma.length; i++) {
      const [x, y] = [(i % picture.size) / picture.size, Math.floor(i / picture.size) / picture.size];
      const inShade = isIn(left, x, y);
      const [light, colour] = inShade ? [0.5, 1.05] : isIn(right, x, y) ? [1, 1] : [1, 0.4];
      luma[i] = 16 + light * (luma[i] - 16);
      for (const plane of chroma) plane[i] = 128 + strong * colour * (plane[i] - 128);
    }
    expect(skinShare(findEyes(shaded, landmarks).patches[0], skinColour(shaded, landmarks))).toBeLessThan(
      0.1,
    );
    const eyes = takeEyesApart(findEyes(shaded, landmarks), shaded, landmarks, false);
    expect([eyes.left.found, eyes.right.found]).toEqual([true, true]);
  });

  it('keeps white what the rims of lids redden', () => {
    const red = {
      ...picture,
      channels: picture.channels.map((plane) => plane.slice()) as [Plane, Plane, Plane],
    };
    const eyes = findEyes(picture, landmarks);
    const [{ origin, extent, inside, size }] = eyes.patches;
    for (let i = 0; i < inside.length; i++) {
      if (inside[i] < 0) continue;
      const [x, y] = [i % size, Math.floor(i / size)].map(
        (k, axis) => origin[axis] + ((k + 0.5) / size) * extent,
      );
      const at = Math.floor(y * red.size) * red.size + Math.floor(x * red.size);
      [70, 118, 160].forEach((value, c) => {
        red.channels[c][at] = value;
      });
    }
    const { left } = takeEyesApart(findEyes(red, landmarks), red, landmarks, false);
    const middle = 3 * (Math.floor(left.patchSize / 2) * left.patchSize + Math.floor(left.patchSize / 2));
    expect(left.sclera[middle]).toBeGreaterThan(90);
    expect(left.sclera[middle + 2]).toBeLessThan(150);
  });
});
