import { describe, expect, it } from 'vitest';
import { rgbToYuv } from '../../../../src/image/colour.ts';
import type { I420 } from '../../../../src/image/i420.ts';
import { mouthShape } from '../../../../src/render/warp/drawn/mouth-shape.ts';
import { type Pose, poseFrame, VISEMES } from '../../../../src/render/warp/sheet/poses.ts';
import { drawnCharacter, drawnOver, LOW_CHIN, lumaAt, MOUTH, SIDE } from './support.ts';

const SLOW_MS = 120_000;

/** Pixels that are not skin, around the mouth: width, height and their chroma. */
function extent(picture: I420, skin: number) {
  let [left, right, top, bottom] = [SIDE, 0, SIDE, 0];
  for (let y = MOUTH.y - 30; y < MOUTH.y + 60; y++) {
    for (let x = MOUTH.x - 50; x < MOUTH.x + 50; x++) {
      if (Math.abs(lumaAt(picture, x, y) - skin) < 30) continue;
      [left, right] = [Math.min(left, x), Math.max(right, x)];
      [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
    }
  }
  return { width: right - left, height: bottom - top };
}

describe('a drawn mouth', async () => {
  const { still, drawing } = await drawnCharacter();
  const skin = lumaAt(still, SIDE / 2, 200);
  const shown = (pose: Pose) => drawnOver(still, drawing, poseFrame(pose));

  it('keeps its own line while nothing is said', () => {
    expect(shown({}).data).toEqual(still.data);
  });

  it('opens as animators draw it: a high, i and e wide, o and u narrow', () => {
    const size = (name: string) => extent(shown(VISEMES[name]), skin);
    const [a, i, e, o, u] = ['aa', 'ih', 'E', 'oh', 'ou'].map(size);
    expect(a.height).toBeGreaterThan(1.3 * e.height);
    expect(e.height).toBeGreaterThan(i.height);
    expect(i.width).toBeGreaterThan(1.25 * o.width);
    expect(o.width).toBeGreaterThan(u.width - 1);
    expect(u.height).toBeLessThan(o.height);
  });

  it('has a line of its own ink around flat dark red, and no teeth that it never had', () => {
    const picture = shown(VISEMES.aa);
    const lumas: number[] = [];
    for (let y = MOUTH.y; y < MOUTH.y + 10; y++) lumas.push(lumaAt(picture, MOUTH.x, y));
    expect(Math.max(...lumas)).toBeLessThan(skin - 20);
    const chroma = SIDE * SIDE * 1.25 + ((MOUTH.y + 8) >> 1) * (SIDE / 2) + (MOUTH.x >> 1);
    expect(picture.data[chroma]).toBeGreaterThan(140);
    expect(drawing.mouth.teeth).toBeUndefined();
    expect(drawing.mouth.line[0]).toBeLessThan(70);
  });

  it('takes the inside and the teeth of a mouth that is drawn open', { timeout: SLOW_MS }, async () => {
    const open = await drawnCharacter({ open: true });
    const red = rgbToYuv(0x8a, 0x30, 0x38);
    open.drawing.mouth.inside.forEach((value, c) => {
      expect(Math.abs(value - red[c])).toBeLessThan(6);
    });
    expect(open.drawing.mouth.teeth?.[0]).toBeGreaterThan(200);
    // Shut, there is a line and bare skin below it.
    const shut = drawnOver(open.still, open.drawing, poseFrame(VISEMES.PP));
    expect(extent(shut, skin).height).toBeLessThan(9);
  });

  it('leaves the chin that it touches, and the shade beside it', { timeout: SLOW_MS }, async () => {
    const { still, drawing } = await drawnCharacter({ open: true, lowChin: true });
    const picture = drawnOver(still, drawing, poseFrame(VISEMES.PP));
    for (let x = MOUTH.x - 60; x < MOUTH.x + 60; x += 4) {
      expect(lumaAt(picture, x, LOW_CHIN), `chin at ${x}`).toBeLessThan(90);
      const below = LOW_CHIN + 12;
      expect(Math.abs(lumaAt(picture, x, below) - lumaAt(still, x, below)), `throat at ${x}`).toBeLessThan(3);
    }
    const shade = [MOUTH.x - 44, MOUTH.y + 14] as const;
    expect(Math.abs(lumaAt(picture, ...shade) - lumaAt(still, ...shade))).toBeLessThan(3);
    // The mouth itself is gone.
    expect(lumaAt(picture, MOUTH.x + 4, MOUTH.y + 10)).toBeGreaterThan(150);
  });

  it('smiles with raised corners', () => {
    const picture = shown({ mouthSmileLeft: 0.8, mouthSmileRight: 0.8 });
    const line = (x: number) => {
      let darkest = MOUTH.y - 30;
      for (let y = MOUTH.y - 30; y < MOUTH.y + 40; y++) {
        if (lumaAt(picture, x, y) < lumaAt(picture, x, darkest)) darkest = y;
      }
      return darkest;
    };
    expect(line(MOUTH.x - 20)).toBeLessThan(line(MOUTH.x) - 5);
  });
});

describe('the shape of a drawn mouth', () => {
  it('is held, and passes quickly to the next one', () => {
    const heights = Array.from({ length: 200 }, (_, k) => {
      const { up, down } = mouthShape(poseFrame({ jawOpen: (0.62 * k) / 199 }));
      return up + down;
    });
    const steps = heights.slice(1).map((height, i) => height - heights[i]);
    expect(Math.min(...steps)).toBeGreaterThanOrEqual(0);
    const still = steps.filter((step) => step < 1e-6).length;
    expect(still / steps.length).toBeGreaterThan(0.35);
  });
});
