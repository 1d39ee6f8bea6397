import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AvatarFactory } from '../../src/avatar/avatar-factory.ts';
import { judgePortrait } from '../../src/avatar/portrait-quality.ts';
import { type PortraitQuality, qualitySchema } from '../../src/contract/portrait-quality.ts';
import type { Rig } from '../../src/render/warp/rig.ts';
import { fixturePortrait, sharedPortrait } from '../render/warp/analyse/support.ts';
import { ourPortrait } from '../support/portraits.ts';

const SLOW_MS = 90_000;
let factory: AvatarFactory;
let portrait: Buffer;
let rig: Rig;
let quality: PortraitQuality;

beforeAll(async () => {
  factory = await AvatarFactory.create();
  portrait = await sharp(await ourPortrait())
    .resize(640, 640)
    .png()
    .toBuffer();
  const analysed = await factory.analyse(portrait);
  quality = analysed.quality;
  rig = analysed.rig as Rig;
}, SLOW_MS);
afterAll(() => factory.close());

const codesOf = ({ findings }: PortraitQuality) => findings.map(({ code }) => code);

/** A shape over the portrait, in fractions of its side. */
async function withShape(svg: string): Promise<Buffer> {
  const picture = `<svg xmlns="http://www.w3.org/2000/svg" width="640" height="640" viewBox="0 0 1 1">${svg}</svg>`;
  return sharp(portrait)
    .composite([{ input: Buffer.from(picture) }])
    .png()
    .toBuffer();
}

/** x and y of a landmark in fractions of the whole portrait, which is the view. */
const at = (i: number) => [rig.portrait[3 * i], rig.portrait[3 * i + 1]];

describe('quality report', () => {
  it('has nothing against a portrait in which all is well', () => {
    expect(quality.verdict).toBe('good');
    // His beard is short, but a beard.
    expect(codesOf(quality).filter((code) => code !== 'lower_face_covered')).toEqual([]);
    const { faceHeightPixels, yawDegrees, backgroundShare } = quality.measures;
    expect(faceHeightPixels).toBeCloseTo(640 * rig.faceHeight, -1);
    expect(Math.abs(yawDegrees)).toBeLessThan(3);
    expect(backgroundShare).toBeGreaterThan(0.4);
    expect(qualitySchema.parse(quality)).toEqual(quality);
  });

  it.each([
    ['a small one', () => sharp(portrait).resize(200).png().toBuffer(), 'face_small'],
    ['a blurred one', () => sharp(portrait).blur(5).png().toBuffer(), 'blurred'],
    ['a dark one', () => sharp(portrait).linear(0.18, 0).png().toBuffer(), 'dark'],
    ['a flat one', () => sharp(portrait).linear(0.35, 90).png().toBuffer(), 'low_contrast'],
    [
      'a tilted one',
      () => sharp(portrait).rotate(15, { background: '#b0a080' }).png().toBuffer(),
      'face_tilted',
    ],
    [
      'a round one on a page',
      () =>
        withShape(
          '<path fill="#ffffff" fill-rule="evenodd" d="M0 0H1V1H0zM0.03 0.5a0.47 0.47 0 1 0 0.94 0a0.47 0.47 0 1 0-0.94 0z"/>',
        ),
      'frame_removed',
    ],
    ['one on its head', () => sharp(portrait).rotate(180).jpeg().toBuffer(), 'picture_turned'],
    [
      'one whose file lacks its end',
      async () => {
        const file = await sharp(portrait).jpeg().toBuffer();
        return file.subarray(0, Math.round(0.9 * file.length));
      },
      'file_cut_off',
    ],
    [
      'one with its hair cut off',
      () => sharp(portrait).extract({ left: 40, top: 140, width: 500, height: 500 }).png().toBuffer(),
      'head_cut_off',
    ],
    [
      'one with a hat',
      () => {
        const [[x, y], [left], [right]] = [at(9), at(234), at(454)];
        return withShape(
          `<ellipse cx="${x}" cy="${y - 0.14}" rx="${0.6 * (right - left)}" ry="0.13" fill="#203040"/>`,
        );
      },
      'forehead_covered',
    ],
    [
      'one with glasses',
      () => {
        const lenses = [
          [33, 133],
          [263, 362],
        ].map(([outer, inner]) => {
          const [[ax, ay], [bx]] = [at(outer), at(inner)];
          return `<circle cx="${(ax + bx) / 2}" cy="${ay}" r="${0.9 * Math.abs(bx - ax)}"/>`;
        });
        const [[x, y], [left], [right]] = [at(168), at(234), at(454)];
        const arms = `<path d="M${left} ${y} H${at(33)[0]} M${right} ${y} H${at(263)[0]} M${x - 0.06} ${y} H${x + 0.06}"/>`;
        return withShape(
          `<g fill="none" stroke="#101010" stroke-width="0.012">${lenses.join('')}${arms}</g>`,
        );
      },
      'glasses',
    ],
    [
      'one with a hand before its mouth',
      () => {
        const [[x, y], [corner]] = [at(0), at(291)];
        return withShape(
          `<ellipse cx="${corner}" cy="${y + 0.03}" rx="${corner - x}" ry="0.05" fill="#f0cdb4"/>`,
        );
      },
      'mouth_covered',
    ],
    [
      'one with a mask',
      () => {
        const outline = [195, 118, 227, 132, 58, 172, 150, 148, 152, 377, 379, 397, 288, 361, 447, 347];
        return withShape(`<path d="M${outline.map((i) => at(i).join(' ')).join(' L')} Z" fill="#9cc3dc"/>`);
      },
      'mouth_covered',
    ],
    [
      'one in side light',
      () =>
        withShape(
          `<defs><linearGradient id="g"><stop offset="0.4" stop-opacity="0.75"/><stop offset="0.6" stop-opacity="0"/></linearGradient></defs><rect width="1" height="1" fill="url(#g)"/>`,
        ),
      'uneven_light',
    ],
  ])('finds what is wrong with %s', { timeout: SLOW_MS }, async (_, picture, code) => {
    const { quality } = await factory.analyse(await picture());
    expect(codesOf(quality)).toContain(code);
  });

  it('has nothing against dark skin, whose shade is no cover and no dark picture', {
    timeout: SLOW_MS,
  }, async () => {
    const { quality } = await factory.analyse(await fixturePortrait('dark-skin-full-lips'));
    const codes = ['mouth_open', 'mouth_covered', 'lower_face_covered', 'dark', 'uneven_light'];
    expect(codesOf(quality).filter((code) => codes.includes(code))).toEqual([]);
    const dark = { ...quality.measures, brightness: 0.19, contrast: 0.31 };
    expect(codesOf(judgePortrait(dark, rig.faceHeight))).not.toContain('dark');
  });

  it('names the worst first and judges by it', () => {
    const worse = { ...quality.measures, yawDegrees: -30, smile: 0.6, mouthOpening: 0.3 };
    const report = judgePortrait(worse, rig.faceHeight);
    expect(report.verdict).toBe('poor');
    expect(report.findings.slice(0, 2).map(({ severity }) => severity)).toEqual(['major', 'major']);
    expect(report.findings[0].sentence).toContain('30°');
  });

  // What a person sees in them.
  it.each([
    ['photo_02.png', ['mouth_open', 'forehead_covered', 'face_tilted']],
    ['photo_03.jpg', ['mouth_covered']],
    ['photo_07.jpg', ['face_turned', 'face_tilted', 'uneven_light', 'lower_face_covered']],
    ['photo_13.jpg', ['glasses', 'mouth_open']],
    ['photo_15.jpg', []],
    ['photo_19.jpg', ['glasses', 'face_turned']],
  ])('says of %s what it shows', { timeout: SLOW_MS }, async (name, codes) => {
    const file = sharedPortrait(name);
    if (!file) return console.log(`skipped: ../shared has no portraits (${name})`);
    const { quality } = await factory.analyse(await readFile(file));
    expect(codesOf(quality)).toEqual(expect.arrayContaining(codes));
    if (codes.length === 0) expect(quality.findings).toEqual([]);
  });
});
