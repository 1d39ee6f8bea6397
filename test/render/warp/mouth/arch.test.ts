import { describe, expect, it } from 'vitest';
import { Framing } from '../../../../src/render/warp/head/framing.ts';
import type { HeadPose } from '../../../../src/render/warp/head/head-pose.ts';
import { Arch } from '../../../../src/render/warp/mouth/arch.ts';

const SIZE = 500;
const CM = 0.02;
const BEND = 0.3;

/** An arch in the middle of the picture, ten pixels per centimetre, turned to the right of the picture by `yaw`. */
function arch(yaw: number): Arch {
  const [c, s] = [Math.cos(yaw), Math.sin(yaw)];
  const pose: HeadPose = {
    framing: new Framing({ width: SIZE, height: SIZE }, SIZE, 0, 0),
    rotation: Float64Array.from([c, 0, s, 0, 1, 0, -s, 0, c]),
    pivot: [0.5, 0.5, 0],
    shift: [0, 0],
    scale: 1,
    anchor: [0.5, 0.5],
    cameraDistance: 1e6,
  };
  return new Arch(pose, {
    centre: [0.5, 0.5, 0],
    right: [CM, 0, 0],
    down: [0, CM, 0],
    out: [0, 0, CM],
    bend: BEND,
  });
}

describe('arch', () => {
  it('shows from the front what an upright plate would', () => {
    const front = arch(0);
    front.locate(270, 260);
    expect(front.x).toBeCloseTo(2, 3);
    expect(front.y).toBeCloseTo(1, 3);
    expect(front.depth).toBeCloseTo(BEND * 4, 3);
  });

  it('hides more of the half that turns away', () => {
    const turned = arch(0.26);
    turned.locate(250 + 15, 250);
    const far = turned.x;
    turned.locate(250 - 15, 250);
    expect(far).toBeGreaterThan(1.5);
    expect(-turned.x).toBeLessThan(1.5);
  });

  it('finds the very point that the head turns to a pixel', () => {
    const yaw = 0.2;
    const [x, depth] = [1.2, BEND * 1.2 * 1.2];
    const turned = arch(yaw);
    turned.locate(250 + 10 * (Math.cos(yaw) * x - Math.sin(yaw) * depth), 250);
    expect(turned.x).toBeCloseTo(x, 1);
  });

  describe('light', () => {
    /** Of a place `x` centimetres to the right. */
    const lightAt = (x: number, yaw: number) => {
      const turned = arch(yaw);
      const depth = BEND * x * x;
      turned.locate(250 + 10 * (Math.cos(yaw) * x - Math.sin(yaw) * depth), 250);
      return turned.light;
    };

    it('is that of the sprite where the head faces the viewer, but for what shines on the front', () => {
      expect(lightAt(2, 0)).toBeCloseTo(1, 2);
      expect(lightAt(0, 0)).toBeGreaterThan(1.05);
    });

    it('stays with the viewer while the head turns', () => {
      const yaw = -0.3;
      expect(lightAt(2, yaw)).toBeGreaterThan(lightAt(2, 0) + 0.05);
      expect(lightAt(-2, yaw)).toBeLessThan(lightAt(-2, 0) - 0.05);
      expect(lightAt(0.5, yaw)).toBeGreaterThan(lightAt(0, yaw));
    });
  });
});
