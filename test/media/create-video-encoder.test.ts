import { AVCOL_RANGE_MPEG, AVCOL_SPC_SMPTE170M } from 'node-av/constants';
import { describe, expect, it } from 'vitest';
import type { VideoCodec } from '../../src/contract/formats.ts';
import { createI420 } from '../../src/image/i420.ts';
import { createVideoEncoder } from '../../src/media/create-video-encoder.ts';
import { VideoDecoder } from '../../src/media/video-decoder.ts';
import { randomNumbers } from '../../src/random.ts';
import { lumaPsnr, movingPicture } from '../support/test-picture.ts';

const CODECS: VideoCodec[] = ['h264', 'vp8', 'vp9', 'av1'];

function settings(codec: VideoCodec, width = 256, height = width) {
  return { codec, width, height, fps: 25, bitrateKbps: 1000 };
}

describe.each(CODECS)('%s encoder', (codec) => {
  it('returns each picture at once, decodable and close to what went in', () => {
    const encoder = createVideoEncoder(settings(codec));
    const decoder = new VideoDecoder(codec);
    const keys: number[] = [];
    for (let i = 0; i < 60; i++) {
      const picture = movingPicture(256, 256, i);
      const { data, key } = encoder.encode(picture, { keyFrame: i === 37 });
      if (key) keys.push(i);
      const decoded = decoder.decode(data);
      expect(decoded?.width).toBe(256);
      if (i > 20) expect(lumaPsnr(picture, decoded!)).toBeGreaterThan(34);
    }
    expect(keys).toEqual([0, 37]);
    encoder.close();
    decoder.close();
  });

  it('follows a new bitrate', () => {
    const encoder = createVideoEncoder(settings(codec));
    const kbpsOf = (from: number, count: number) => {
      let bytes = 0;
      for (let i = from; i < from + count; i++) bytes += encoder.encode(noisyPicture(i)).data.length;
      return (bytes * 8 * 25) / count / 1000;
    };
    kbpsOf(0, 25);
    const before = kbpsOf(25, 50);
    encoder.setBitrate(300);
    kbpsOf(75, 25);
    const after = kbpsOf(100, 50);
    expect(encoder.settings.bitrateKbps).toBe(300);
    expect(before).toBeGreaterThan(600);
    expect(after).toBeLessThan(before * 0.6);
    encoder.close();
  });

  it('spends nothing that was saved at a higher bitrate', () => {
    const encoder = createVideoEncoder(settings(codec));
    // Hardly anything moves: rate control saves up.
    for (let i = 0; i < 50; i++) encoder.encode(movingPicture(256, 256, 0));
    encoder.setBitrate(300);
    let bytes = 0;
    for (let i = 0; i < 15; i++) bytes += encoder.encode(noisyPicture(i)).data.length;
    expect((bytes * 8 * 25) / 15 / 1000).toBeLessThan(1.6 * 300);
    encoder.close();
  });

  it('takes sizes that do not fill whole cache lines', () => {
    const encoder = createVideoEncoder(settings(codec, 272));
    const decoder = new VideoDecoder(codec);
    const picture = movingPicture(272, 272, 0);
    expect(lumaPsnr(picture, decoder.decode(encoder.encode(picture).data)!)).toBeGreaterThan(28);
    encoder.close();
    decoder.close();
  });

  it.each([
    [1080, 1920],
    [1920, 1080],
    [1080, 3840],
  ])('makes pictures of %i×%i, whose sides are no whole blocks', (width, height) => {
    const encoder = createVideoEncoder({ ...settings(codec, width, height), bitrateKbps: 6000 });
    const decoder = new VideoDecoder(codec);
    for (let i = 0; i < 3; i++) {
      const picture = movingPicture(width, height, i);
      const decoded = decoder.decode(encoder.encode(picture).data)!;
      expect([decoded.width, decoded.height]).toEqual([width, height]);
      expect(lumaPsnr(picture, decoded)).toBeGreaterThan(28);
    }
    encoder.close();
    decoder.close();
  });

  it('refuses another size and use after close with a code', () => {
    const encoder = createVideoEncoder(settings(codec));
    expect(() => encoder.encode(createI420(128, 128))).toThrow(
      expect.objectContaining({ code: 'encoder_failed' }),
    );
    encoder.close();
    encoder.close();
    expect(() => encoder.encode(createI420(256, 256))).toThrow(
      expect.objectContaining({ code: 'encoder_failed' }),
    );
  });
});

describe('H.264 for WebRTC', () => {
  it('is Annex B with parameter sets at each key frame, constrained baseline, BT.601 limited', () => {
    const encoder = createVideoEncoder(settings('h264'));
    const decoder = new VideoDecoder('h264');
    for (let i = 0; i < 5; i++) {
      const { data, key } = encoder.encode(movingPicture(256, 256, i), { keyFrame: i === 3 });
      decoder.decode(data);
      expect([...data.subarray(0, 4)]).toEqual([0, 0, 0, 1]);
      const types = nalTypes(data);
      expect(key).toBe(i === 0 || i === 3);
      if (key) {
        expect(types.slice(0, 2)).toEqual([7, 8]);
        expect(types.at(-1)).toBe(5);
        // profile_idc 66 with constraint_set0 and 1
        expect(data[5]).toBe(66);
        expect(data[6] & 0xc0).toBe(0xc0);
      } else {
        expect(types).toEqual([1]);
      }
    }
    expect(decoder.colorRange).toBe(AVCOL_RANGE_MPEG);
    expect(decoder.colorSpace).toBe(AVCOL_SPC_SMPTE170M);
    encoder.close();
    decoder.close();
  });
});

function noisyPicture(frame: number) {
  const picture = movingPicture(256, 256, frame * 2);
  const random = randomNumbers(frame);
  for (let i = 0; i < 256 * 256; i++) picture.data[i] += Math.floor(16 * random());
  return picture;
}

function nalTypes(data: Uint8Array): number[] {
  const types: number[] = [];
  for (let i = 0; i + 3 < data.length; i++) {
    if (data[i] === 0 && data[i + 1] === 0 && data[i + 2] === 1) types.push(data[i + 3] & 0x1f);
  }
  return types;
}
