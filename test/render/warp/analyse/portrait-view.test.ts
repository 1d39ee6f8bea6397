import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { EYES } from '../../../../src/face/topology.ts';
import { MatteFinder } from '../../../../src/model/matte.ts';
import { BUILTIN_PACK, loadPack } from '../../../../src/model/pack.ts';
import { type PortraitView, PortraitViewer } from '../../../../src/render/warp/analyse/portrait-view.ts';
import { ourPortrait } from '../../../support/portraits.ts';

const SLOW_MS = 90_000;
/** Faces of the gallery are so much of their picture. */
const FACE_WIDTH = 0.375;

let viewer: PortraitViewer;
beforeAll(async () => {
  viewer = await PortraitViewer.open(await loadPack(BUILTIN_PACK));
}, SLOW_MS);
afterAll(() => viewer.close());

const view = (bytes: Uint8Array, faceIndex?: number) => viewer.view(bytes, { faceIndex });

/** How a face lies in its view, clockwise, degrees. */
function tilt({ landmarks }: PortraitView): number {
  const [right, left] = [3 * EYES.right.outerCorner, 3 * EYES.left.outerCorner];
  const across = landmarks[left] - landmarks[right];
  return (Math.atan2(landmarks[left + 1] - landmarks[right + 1], across) * 180) / Math.PI;
}

/** The mean distance of landmarks about their middle, in their mean distance from it. */
function apart(a: PortraitView, b: PortraitView): number {
  const [one, other] = [about(a), about(b)];
  const sum = one.reduce((total, [x, y], i) => total + Math.hypot(x - other[i][0], y - other[i][1]), 0);
  return sum / one.length;
}

function about({ landmarks }: PortraitView): [number, number][] {
  const count = landmarks.length / 3;
  const points = Array.from({ length: count }, (_, i) => [landmarks[3 * i], landmarks[3 * i + 1]]);
  const middle = [0, 1].map((axis) => points.reduce((sum, point) => sum + point[axis], 0) / count);
  const away = points.map(([x, y]): [number, number] => [x - middle[0], y - middle[1]]);
  const mean = away.reduce((sum, [x, y]) => sum + Math.hypot(x, y), 0) / count;
  return away.map(([x, y]) => [x / mean, y / mean]);
}

/** Stripes with portraits before them, `face` pixels wide, their middles at x and y. */
async function wide(
  width: number,
  height: number,
  people: readonly { name: string; face: number; x: number; y: number }[],
): Promise<Buffer> {
  const side = (face: number) => Math.round(face / FACE_WIDTH);
  const stripes = `<svg width="${width}" height="${height}"><defs><pattern id="p" width="300" height="300" patternUnits="userSpaceOnUse"><rect width="300" height="300" fill="#b0a890"/><path d="M0 0L300 220" stroke="#607078" stroke-width="60"/></pattern></defs><rect width="${width}" height="${height}" fill="url(#p)"/></svg>`;
  const input = await Promise.all(
    people.map(async ({ name, face, x, y }) => ({
      input: await sharp(await ourPortrait(name))
        .resize(side(face))
        .toBuffer(),
      left: Math.round(x - side(face) / 2),
      top: Math.round(y - side(face) / 2),
    })),
  );
  return sharp(Buffer.from(stripes)).composite(input).removeAlpha().jpeg({ quality: 90 }).toBuffer();
}

describe('a portrait that lies turned', () => {
  it.each(['rafael', 'kit', 'mei'])('is turned upright: %s', { timeout: SLOW_MS }, async (name) => {
    const portrait = await sharp(await ourPortrait(name))
      .resize(600, 600)
      .png()
      .toBuffer();
    const upright = await view(portrait);
    expect(upright.turnedDegrees).toBe(0);
    for (const degrees of [90, 180, 270]) {
      const turned = await view(await sharp(portrait).rotate(degrees).png().toBuffer());
      expect(turned.turnedDegrees, `${degrees}°`).toBe(degrees);
      expect(apart(turned, upright), `${degrees}°`).toBeLessThan(0.02);
    }
  });

  it('is turned where its face is small, too', { timeout: SLOW_MS }, async () => {
    const scene = await wide(2000, 1500, [{ name: 'amara', face: 110, x: 500, y: 1100 }]);
    const turned = await view(await sharp(scene).rotate(90).jpeg().toBuffer());
    expect(turned.turnedDegrees).toBe(90);
    expect(Math.abs(tilt(turned))).toBeLessThan(4);
  });

  it.each([20, 45, -45])(
    'is left as it is where its head is but tilted: by %i°',
    { timeout: SLOW_MS },
    async (degrees) => {
      const portrait = await sharp(await ourPortrait('noor'))
        .resize(600)
        .rotate(degrees, { background: '#8a7a70' })
        .png()
        .toBuffer();
      const tilted = await view(portrait);
      expect(tilted.turnedDegrees).toBe(0);
      expect(Math.abs(tilt(tilted) - degrees)).toBeLessThan(5);
    },
  );
});

describe('a framed portrait', () => {
  it.each([
    ['in a circle', 'rx="270"'],
    ['in a rectangle', ''],
  ])('is seen without its frame: %s', { timeout: SLOW_MS }, async (_, corners) => {
    const bare = await sharp(await ourPortrait('noor'))
      .resize(540)
      .ensureAlpha()
      .png()
      .toBuffer();
    const shape = Buffer.from(
      `<svg width="540" height="540"><rect width="540" height="540" ${corners}/></svg>`,
    );
    const cut = await sharp(bare)
      .composite([{ input: shape, blend: 'dest-in' }])
      .png()
      .toBuffer();
    const page = sharp({ create: { width: 700, height: 660, channels: 3, background: '#ffffff' } });
    const framed = await view(
      await page
        .composite([{ input: cut, left: 60, top: 60 }])
        .jpeg({ quality: 90 })
        .toBuffer(),
    );
    const seen = await view(bare);
    expect(seen.framed).toBe(0);
    expect(framed.framed).toBeGreaterThan(0.3);
    expect(apart(framed, seen)).toBeLessThan(0.03);
    // Its four corners are wall or clothes, no page.
    const { data, width } = framed.picture;
    for (const pixel of [0, width - 1, width * (width - 1), width * width - 1]) {
      const own = 3 * pixel;
      for (let c = 0; c < 3; c++)
        expect(Math.abs(data[own + c] - seen.picture.data[own + c])).toBeLessThan(45);
    }
  });
});

describe('a small face in a large picture', () => {
  it.each([
    ['12000 × 1000', 12_000, 1000, { x: 9000, y: 500 }],
    ['1000 × 12000', 1000, 12_000, { x: 500, y: 3000 }],
    ['7000 × 5000', 7000, 5000, { x: 2000, y: 3100 }],
  ])(
    'is measured and cut in the pixels of the file: %s',
    { timeout: SLOW_MS },
    async (_, width, height, at) => {
      const seen = await view(await wide(width, height, [{ name: 'rafael', face: 90, ...at }]));
      const across = Math.hypot(
        ...[0, 1].map((axis) => seen.landmarks[3 * 234 + axis] - seen.landmarks[3 * 454 + axis]),
      );
      const faceWidth = across * seen.picture.width * seen.exact;
      expect(Math.abs(faceWidth / 90 - 1)).toBeLessThan(0.12);
      // As sharp as what was put there: the eyes are measured as well as in a small picture of it.
      const near = await view(await wide(700, 700, [{ name: 'rafael', face: 90, x: 350, y: 350 }]));
      expect(apart(seen, near)).toBeLessThan(0.035);
    },
  );

  it('is one of several where there are several', { timeout: SLOW_MS }, async () => {
    const group = await wide(5000, 4000, [
      { name: 'mei', face: 110, x: 1000, y: 2500 },
      { name: 'rafael', face: 120, x: 2500, y: 2600 },
      { name: 'amara', face: 115, x: 4200, y: 2400 },
    ]);
    await expect(view(group)).rejects.toMatchObject({
      code: 'portrait_several_faces',
      detail: expect.stringMatching(/^3 /),
    });
    expect((await view(group, 0)).picture.width).toBe(512);
  });
});

it('of a file that lacks its end is refused where the face is not whole', { timeout: SLOW_MS }, async () => {
  const file = await sharp(await ourPortrait('mei'))
    .resize(600)
    .jpeg()
    .toBuffer();
  const cut = (share: number) => view(file.subarray(0, Math.round(share * file.length)));
  const seen = await cut(0.85);
  expect(seen.isCutOff).toBe(true);
  expect(seen.missing).toBeGreaterThan(0.05);
  for (const share of [0.25, 0.5]) {
    await expect(cut(share)).rejects.toMatchObject({
      code: 'portrait_not_an_image',
      detail: expect.stringContaining('no whole face'),
    });
  }
});

it('looks for the person once, whoever asks', { timeout: SLOW_MS }, async () => {
  const find = vi.spyOn(MatteFinder.prototype, 'find');
  const seen = await view(await ourPortrait('rafael'));
  const [first, again] = await Promise.all([seen.findPerson(), seen.findPerson()]);
  expect(again).toBe(first);
  expect(first).toHaveLength(seen.picture.width ** 2);
  expect(find).toHaveBeenCalledTimes(1);
  find.mockRestore();
});
