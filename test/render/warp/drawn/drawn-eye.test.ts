import { describe, expect, it } from 'vitest';
import { gazePose, poseFrame } from '../../../../src/render/warp/sheet/poses.ts';
import { APART, drawnCharacter, drawnOver, EYE, lumaAt, SIDE } from './support.ts';

const both = (name: string, value: number) => ({ [`${name}Left`]: value, [`${name}Right`]: value });
const SKIN = 40;
const SLOW_MS = 120_000;

/** Rows of ink in a column, from the top of the eye to below it. */
function inkRows(picture: Parameters<typeof lumaAt>[0], x: number): number[] {
  const rows: number[] = [];
  for (let y = EYE.y - EYE.up - 20; y < EYE.y + EYE.down + 10; y++) {
    if (lumaAt(picture, x, y) < 90) rows.push(y);
  }
  return rows;
}

describe('a drawn eye', async () => {
  const { still, drawing } = await drawnCharacter();
  const skin = lumaAt(still, SIDE / 2, 200);

  it('keeps its own pixels while nothing moves', () => {
    expect(drawnOver(still, drawing, poseFrame({})).data).toEqual(still.data);
  });

  it('shuts with its own lash line, as thick, before flat skin, both eyes alike', () => {
    const shut = drawnOver(still, drawing, poseFrame(both('eyeBlink', 1)));
    for (const middle of [EYE.x, EYE.x + APART]) {
      const rows = inkRows(shut, middle);
      expect(Math.min(...rows)).toBeGreaterThan(EYE.y);
      expect(Math.abs(rows.length - EYE.lash)).toBeLessThanOrEqual(4);
      for (let y = EYE.y - EYE.up - 12; y < Math.min(...rows) - 3; y++) {
        expect(Math.abs(lumaAt(shut, middle, y) - skin)).toBeLessThan(6);
      }
      // In the middle the closed line lies lower than at its ends: ‿
      expect(Math.max(...rows)).toBeGreaterThan(Math.max(...inkRows(shut, middle - 24)));
    }
  });

  it('shuts happily in an arch', () => {
    const pose = { ...both('eyeBlink', 1), ...both('mouthSmile', 0.7), ...both('cheekSquint', 0.6) };
    const happy = drawnOver(still, drawing, poseFrame(pose));
    const middle = Math.min(...inkRows(happy, EYE.x));
    expect(middle).toBeLessThan(Math.min(...inkRows(happy, EYE.x - 24)) - 3);
    expect(middle).toBeLessThan(EYE.y);
  });

  it('shows the iris under a lid that is half shut', () => {
    const half = drawnOver(still, drawing, poseFrame(both('eyeBlink', 0.5)));
    expect(Math.abs(lumaAt(half, EYE.x, EYE.y - EYE.up + 1) - skin)).toBeLessThan(SKIN);
    expect(lumaAt(half, EYE.x, EYE.y + 4)).toBeLessThan(150);
  });

  it('winks with one eye and leaves the other', () => {
    const wink = drawnOver(still, drawing, poseFrame({ eyeBlinkLeft: 1 }));
    expect(inkRows(wink, EYE.x)).toEqual(inkRows(still, EYE.x));
    expect(Math.min(...inkRows(wink, EYE.x + APART))).toBeGreaterThan(EYE.y);
  });

  it('moves its iris, and the highlight less', () => {
    const looking = drawnOver(still, drawing, poseFrame(gazePose(0.8, 0)));
    // The place of a dark pupil and of the white spot along a row.
    const pupil = (picture: typeof still) => centroid(picture, EYE.y + 2, (luma) => luma < 50);
    const light = (picture: typeof still) =>
      centroid(picture, EYE.y - 12, (luma, x) => luma > 215 && Math.abs(x - EYE.x) < 14);
    const moved = pupil(looking) - pupil(still);
    expect(moved).toBeGreaterThan(5);
    expect(light(looking) - light(still)).toBeLessThan(0.7 * moved);
  });

  it('shuts with the line that goes all around it gone, but for its own', { timeout: SLOW_MS }, async () => {
    const { still, drawing } = await drawnCharacter({ ringed: true });
    const shut = drawnOver(still, drawing, poseFrame(both('eyeBlink', 1)));
    for (const x of [EYE.x - 14, EYE.x + 14]) {
      const rows = inkRows(shut, x);
      expect(rows.length).toBeGreaterThan(3);
      expect(Math.max(...rows) - Math.min(...rows)).toBeLessThan(26);
    }
    const half = drawnOver(still, drawing, poseFrame(both('eyeBlink', 0.5)));
    expect(lumaAt(half, EYE.x, EYE.y + EYE.down)).toBeLessThan(110);
  });

  it('stays behind a strand of hair', { timeout: SLOW_MS }, async () => {
    const covered = await drawnCharacter({ strand: true });
    const shut = drawnOver(covered.still, covered.drawing, poseFrame(both('eyeBlink', 1)));
    for (const y of [EYE.y - 14, EYE.y - 4, EYE.y + 8]) {
      const x = 112 + ((230 - y) / 170) * 7;
      expect(Math.abs(lumaAt(shut, x, y) - lumaAt(covered.still, x, y))).toBeLessThan(25);
    }
    expect(Math.min(...inkRows(shut, EYE.x + 14))).toBeGreaterThan(EYE.y - 8);
  });
});

function centroid(
  { data }: { data: Uint8Array },
  y: number,
  belongs: (luma: number, x: number) => boolean,
): number {
  const found: number[] = [];
  for (let x = EYE.x - EYE.across; x < EYE.x + EYE.across; x++) {
    if (belongs(data[y * SIDE + x], x)) found.push(x);
  }
  return found.reduce((sum, x) => sum + x, 0) / found.length;
}
