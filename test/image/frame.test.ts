import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { RgbPicture } from '../../src/contract/rgb-picture.ts';
import { findFrame } from '../../src/image/frame.ts';
import { areaOf, isInside, type Shape } from '../../src/image/frame-shape.ts';
import { PictureFile } from '../../src/image/picture-file.ts';
import { MatteFinder } from '../../src/model/matte.ts';
import { BUILTIN_PACK, loadPack } from '../../src/model/pack.ts';
import { ourPortrait } from '../support/portraits.ts';

const SIDE = 640;
const gallery = async (name: string, width: number, height = width) =>
  sharp(await ourPortrait(name))
    .resize(width, height)
    .ensureAlpha()
    .png()
    .toBuffer();

function svg(width: number, height: number, body: string): Buffer {
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${body}</svg>`,
  );
}

async function decoded(bytes: Uint8Array): Promise<RgbPicture> {
  const { data, info } = await sharp(bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

interface Framed {
  name?: string;
  width?: number;
  height?: number;
  ground: string;
  /** What lies between the ground and the portrait. */
  under?: string;
  inside: Shape;
  quality?: number;
}

/** A portrait within a shape, on a ground. */
async function framed({
  name = 'rafael',
  width = SIDE,
  height = SIDE,
  ground,
  under = '',
  inside,
  quality = 80,
}: Framed) {
  const [across, down] = [inside.right - inside.left, inside.bottom - inside.top];
  const shape = `<rect width="${across}" height="${down}" rx="${inside.cornerX}" ry="${inside.cornerY}"/>`;
  const portrait = await sharp(await gallery(name, across, down))
    .composite([{ input: svg(across, down, shape), blend: 'dest-in' }])
    .png()
    .toBuffer();
  return sharp(svg(width, height, `<rect width="${width}" height="${height}" fill="${ground}"/>${under}`))
    .composite([{ input: portrait, left: inside.left, top: inside.top }])
    .flatten()
    .jpeg({ quality })
    .toBuffer();
}

const rounded = (left: number, top: number, right: number, bottom: number, corner: number): Shape => ({
  left,
  top,
  right,
  bottom,
  cornerX: corner,
  cornerY: corner,
});

const middleOf = ({ left, top, right, bottom }: Shape) => [(left + right) / 2, (top + bottom) / 2] as const;

const SHADOW = `<filter id="f" x="-50%" y="-50%" width="200%" height="200%"><feGaussianBlur stdDeviation="12"/></filter><rect x="90" y="102" width="460" height="460" rx="30" opacity="0.5" filter="url(#f)"/>`;
const STORY = `<defs><linearGradient id="g"><stop stop-color="#f09433"/><stop offset="1" stop-color="#bc1888"/></linearGradient></defs><circle cx="320" cy="320" r="310" fill="url(#g)"/><circle cx="320" cy="320" r="296" fill="#ffffff"/>`;

const FRAMES: [string, Framed][] = [
  ['a white margin', { ground: '#ffffff', inside: rounded(40, 40, 600, 600, 0) }],
  ['a thin border', { ground: '#c02020', inside: rounded(9, 9, 631, 631, 0), quality: 50 }],
  ['a card with round corners', { ground: '#20262c', inside: rounded(60, 60, 580, 580, 70) }],
  ['a circle that touches the sides', { ground: '#ffffff', inside: rounded(0, 0, 640, 640, 320) }],
  [
    'a circle on black, compressed',
    { ground: '#000000', inside: rounded(30, 60, 550, 580, 260), quality: 40 },
  ],
  [
    'an ellipse',
    { ground: '#ffffff', inside: { left: 80, top: 20, right: 560, bottom: 620, cornerX: 240, cornerY: 300 } },
  ],
  ['bars above and below', { ground: '#000000', inside: rounded(0, 50, 640, 590, 0) }],
  ['bars at the sides', { width: 960, ground: '#000000', inside: rounded(160, 0, 800, 640, 0) }],
  [
    'a margin with words',
    {
      height: 760,
      ground: '#fbfaf4',
      under: '<text x="200" y="700" font-size="50">Summer</text>',
      inside: rounded(40, 40, 600, 600, 0),
    },
  ],
  [
    'a coloured ring',
    {
      ground: '#ffffff',
      under: '<circle cx="320" cy="320" r="300" fill="#d04070"/>',
      inside: rounded(42, 42, 598, 598, 278),
    },
  ],
  [
    'two rings, one of many colours',
    { ground: '#f0f0f0', under: STORY, inside: rounded(40, 40, 600, 600, 280) },
  ],
  ['a shadow', { ground: '#ffffff', under: SHADOW, inside: rounded(90, 90, 550, 550, 30) }],
];

describe('a frame around a person', () => {
  it.each(FRAMES)('is found: %s', async (_, frame) => {
    const picture = await decoded(await framed(frame));
    const { inside } = frame;
    const found = await findFrame(picture, middleOf(inside));
    expect(found).toBeDefined();
    // Hardly anything is lost, and nothing of the frame is left.
    expect(areaOf(found!) / areaOf(inside)).toBeGreaterThan(0.88);
    let left = 0;
    for (let i = 0; i < picture.width * picture.height; i++) {
      const [x, y] = [(i % picture.width) + 0.5, Math.floor(i / picture.width) + 0.5];
      if (isInside(found!, x, y) && !isInside(inside, x, y)) left++;
    }
    expect(left / (picture.width * picture.height)).toBeLessThan(0.0005);
  });

  it.each(['amara', 'henrik', 'kit', 'mei', 'noor', 'rafael'])(
    'is not seen where there is none: %s',
    async (name) => {
      expect(await findFrame(await decoded(await gallery(name, SIDE)), [320, 320])).toBeUndefined();
    },
  );

  it.each(['#ffffff', '#808890', '#000000'])(
    'is no plain studio of %s',
    { timeout: 90_000 },
    async (ground) => {
      const mattes = await MatteFinder.open((await loadPack(BUILTIN_PACK)).files.matte);
      try {
        for (const name of ['mei', 'rafael']) {
          const portrait = await decoded(await gallery(name, 512));
          const matte = await mattes.find(portrait);
          const alpha = Uint8Array.from(matte, (share) => Math.round(255 * share));
          const person = await sharp(portrait.data, { raw: { width: 512, height: 512, channels: 3 } })
            .joinChannel(Buffer.from(alpha), { raw: { width: 512, height: 512, channels: 1 } })
            .png()
            .toBuffer();
          for (const [width, height, top] of [
            [512, 512, 0],
            [800, 580, 68],
            [620, 620, 54],
          ]) {
            const studio = await sharp({ create: { width, height, channels: 3, background: ground } })
              .composite([{ input: person, left: (width - 512) / 2, top }])
              .jpeg({ quality: 85 })
              .toBuffer();
            expect(await findFrame(await decoded(studio), [width / 2, height / 2])).toBeUndefined();
          }
        }
      } finally {
        await mattes.close();
      }
    },
  );

  it('is no wall at one side', async () => {
    const wall = await sharp(await gallery('noor', SIDE))
      .extend({ left: 120, background: '#e0e0dc' })
      .jpeg()
      .toBuffer();
    expect(await findFrame(await decoded(wall), [440, 320])).toBeUndefined();
  });

  it('that is transparent is left out, its corners filled', async () => {
    const cut = await sharp(await gallery('noor', 400))
      .composite([{ input: svg(400, 400, '<rect width="400" height="400" rx="60"/>'), blend: 'dest-in' }])
      .png()
      .toBuffer();
    const card = await sharp(cut)
      .extend({ top: 90, left: 110, right: 90, bottom: 110, background: '#00000000' })
      .png()
      .toBuffer();
    const { picture, framed: share } = await PictureFile.open(card, () => 1);
    expect(Math.abs(picture.width - 400)).toBeLessThan(8);
    expect(Math.abs(picture.height - 400)).toBeLessThan(8);
    expect(Math.abs(share - (1 - (160_000 - 0.86 * 3600) / 360_000))).toBeLessThan(0.02);
    const bare = await decoded(await gallery('noor', 400));
    // A corner has the colour of what lies beside it, no grey.
    for (let c = 0; c < 3; c++) expect(Math.abs(picture.data[c] - bare.data[c])).toBeLessThan(30);
  });
});
