import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AnalysedPortrait, AvatarFactory } from '../../src/avatar/avatar-factory.ts';
import { distance } from '../../src/face/landmarks.ts';
import { BUILTIN_PACK } from '../../src/model/pack.ts';
import type { Rig } from '../../src/render/warp/rig.ts';
import { sharedPortrait } from '../render/warp/analyse/support.ts';
import { ourPortrait } from '../support/portraits.ts';

const SLOW_MS = 90_000;
let factory: AvatarFactory;
let portrait: Buffer;
let analysed: AnalysedPortrait;
let rig: Rig;

beforeAll(async () => {
  factory = await AvatarFactory.create();
  portrait = await ourPortrait();
  analysed = await factory.analyse(portrait);
  rig = analysed.rig as Rig;
}, SLOW_MS);
afterAll(() => factory.close());

const rigOf = async (bytes: Uint8Array, options?: { faceIndex?: number }) =>
  (await factory.analyse(bytes, options)).rig as Rig;

const codeOf = (bytes: Uint8Array, options?: { faceIndex?: number }) =>
  factory.analyse(bytes, options).then(
    () => 'no error',
    (error) => error.code,
  );

/** A PNG whose header claims a size; its pixels are a few bytes that would inflate to all of it. */
function pngClaiming(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(data.length, 0);
    frame.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', Buffer.from('789c6300010000000500010d0a2db4', 'hex')),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

describe('AvatarFactory', () => {
  it('measures the face and cuts the person out', () => {
    expect(rig.size === 512 || rig.size === 1024).toBe(true);
    expect(rig.faceHeight).toBeGreaterThan(0.3);
    expect(rig.faceHeight).toBeLessThan(0.65);
    // The nose is person, the upper corners are background.
    const at = (x: number, y: number) =>
      rig.matte[Math.floor(y * rig.size) * rig.size + Math.floor(x * rig.size)];
    expect(at(rig.portrait[3], rig.portrait[4])).toBe(255);
    expect(at(0.02, 0.02)).toBe(0);
    expect(distance(rig.rest, 13, 14)).toBeLessThan(0.02 * distance(rig.rest, 61, 291));
  });

  it('makes the same rig of the same bytes', { timeout: SLOW_MS }, async () => {
    expect(await factory.analyse(portrait)).toEqual(analysed);
  });

  it('turns pictures upright and flattens transparency', { timeout: SLOW_MS }, async () => {
    const sideways = await sharp(portrait).rotate(-90).withMetadata({ orientation: 6 }).png().toBuffer();
    const turned = await rigOf(sideways);
    expect(Math.abs(turned.axes[4] - rig.axes[4])).toBeLessThan(0.05);
    expect(turned.faceHeight).toBeCloseTo(rig.faceHeight, 1);
    const transparent = await sharp(portrait).ensureAlpha(0.99).webp().toBuffer();
    expect((await rigOf(transparent)).size).toBe(rig.size);
  });

  it.each([
    ['grey', () => sharp(portrait).greyscale().png()],
    ['16-bit', () => sharp(portrait).resize(600).toColourspace('rgb16').png()],
    ['CMYK', () => sharp(portrait).resize(600).toColourspace('cmyk').jpeg()],
    ['palette', () => sharp(portrait).resize(600).png({ palette: true })],
    ['AVIF', () => sharp(portrait).resize(600).avif()],
  ])('reads a %s picture', { timeout: SLOW_MS }, async (_, picture) => {
    expect((await rigOf(await picture().toBuffer())).faceHeight).toBeGreaterThan(0.3);
  });

  it('finds a small face in a large picture', { timeout: SLOW_MS }, async () => {
    const small = await sharp(portrait).resize(230, 230).toBuffer();
    const large = await sharp({ create: { width: 2600, height: 1800, channels: 3, background: '#6a7078' } })
      .composite([{ input: small, left: 1900, top: 1200 }])
      .jpeg()
      .toBuffer();
    const found = await factory.analyse(large);
    expect(found.quality.findings.map(({ code }) => code)).toContain('face_small');
  });

  it.each([
    ['nothing', async () => new Uint8Array(0), 'portrait_not_an_image'],
    ['text', async () => Buffer.from('<!doctype html><p>not a picture'), 'portrait_not_an_image'],
    ['an SVG', async () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'portrait_not_an_image'],
    ['a cut-off JPEG', async () => portrait.subarray(0, portrait.length / 3), 'portrait_not_an_image'],
    ['a PNG bomb', async () => pngClaiming(60_000, 60_000), 'portrait_too_many_pixels'],
    ['a PNG without its pixels', async () => pngClaiming(400, 400), 'portrait_not_an_image'],
    ['too many bytes', async () => new Uint8Array(20_000_001), 'portrait_too_many_bytes'],
    [
      'an empty wall',
      () =>
        sharp({ create: { width: 640, height: 480, channels: 3, background: '#889' } })
          .png()
          .toBuffer(),
      'portrait_no_face',
    ],
    ['a line', () => sharp(portrait).resize(1, 5000, { fit: 'fill' }).png().toBuffer(), 'portrait_no_face'],
    [
      'a long strip',
      () => sharp(portrait).resize(4000, 70, { fit: 'fill' }).png().toBuffer(),
      'portrait_no_face',
    ],
    ['a line of 50 megapixels', async () => pngClaiming(1, 50_000_000), 'portrait_no_face'],
    ['a GIF', () => sharp(portrait).resize(64).gif().toBuffer(), 'portrait_not_an_image'],
    ['a tiny face', () => sharp(portrait).resize(110, 110).png().toBuffer(), 'portrait_face_too_small'],
  ])('refuses %s', { timeout: SLOW_MS }, async (_, bytes, code) => {
    expect(await codeOf(await bytes())).toBe(code);
  });

  it('refuses two faces, and takes the one that is chosen', { timeout: SLOW_MS }, async () => {
    const { width = 0, height = 0 } = await sharp(portrait).metadata();
    const pair = await sharp({ create: { width: 2 * width, height, channels: 3, background: '#000' } })
      .composite([
        { input: portrait, left: 0, top: 0 },
        { input: portrait, left: width, top: 0 },
      ])
      .png()
      .toBuffer();
    expect(await codeOf(pair)).toBe('portrait_several_faces');
    expect((await rigOf(pair, { faceIndex: 1 })).faceHeight).toBeGreaterThan(0.2);
    expect(await codeOf(pair, { faceIndex: 7 })).toBe('portrait_no_face');
  });

  it('answers while another portrait is being analysed', { timeout: SLOW_MS }, async () => {
    const both = await Promise.all([factory.analyse(portrait), codeOf(Buffer.from('text'))]);
    expect(both[1]).toBe('portrait_not_an_image');
  });

  it.each([
    ['error_cat.png', 'portrait_no_face'],
    ['error_coffee.png', 'portrait_no_face'],
    ['error_two_faces_farmers.jpg', 'portrait_several_faces'],
    ['error_crowd_nasa.jpg', 'portrait_several_faces'],
    ['error_profile_occluded_cameraman.png', 'portrait_face_too_small'],
  ])('answers %s with %s', { timeout: SLOW_MS }, async (name, code) => {
    const file = sharedPortrait(name);
    if (!file) return console.log(`skipped: ../shared has no portraits (${name})`);
    expect(await codeOf(await readFile(file))).toBe(code);
  });

  it('fills in the scene on each side of a person with what is seen there', {
    timeout: SLOW_MS,
  }, async () => {
    // A red flag on the left, a grey wall on the right, and single hairs before it.
    const file = sharedPortrait('photo_15.jpg');
    if (!file) return console.log('skipped: ../shared has no portraits (photo_15.jpg)');
    const { background, size } = await rigOf(await readFile(file));
    const half = size / 2;
    const reddest = (from: number, to: number) => {
      const cells = [...background.v.keys()].filter((i) => i % half >= from * half && i % half < to * half);
      return Math.max(...cells.map((i) => background.v[i]));
    };
    expect(reddest(0, 0.3)).toBeGreaterThan(160);
    expect(reddest(0.7, 1)).toBeLessThan(142);
  });

  it('analyses with the pack that it is given', { timeout: SLOW_MS }, async () => {
    const packDirectory = await mkdtemp(join(tmpdir(), 'vultus-pack-'));
    await cp(BUILTIN_PACK, packDirectory, { recursive: true });
    const file = join(packDirectory, 'pack.json');
    const manifest = JSON.parse(await readFile(file, 'utf8'));
    await writeFile(file, JSON.stringify({ ...manifest, version: '9.9.9' }));
    const other = await AvatarFactory.create({ packDirectory });
    expect(other.rigKey).toContain('builtin@9.9.9');
    expect(other.rigKey).not.toBe(factory.rigKey);
    await other.close();
    await writeFile(join(packDirectory, 'matte.onnx'), 'damaged');
    await expect(AvatarFactory.create({ packDirectory })).rejects.toMatchObject({
      code: 'pack_invalid',
      detail: expect.stringMatching(/^matte\.onnx has sha256/),
    });
    await rm(packDirectory, { recursive: true });
  });

  it('bounds how many portraits wait', { timeout: SLOW_MS }, async () => {
    const codes = await Promise.all(Array.from({ length: 40 }, () => codeOf(Buffer.from('no picture'))));
    expect(new Set(codes)).toEqual(new Set(['portrait_not_an_image', 'server_busy']));
    expect(await codeOf(Buffer.from('no picture'))).toBe('portrait_not_an_image');
  });
});
