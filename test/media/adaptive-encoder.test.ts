import { afterEach, describe, expect, it } from 'vitest';
import type { VideoCodec } from '../../src/contract/formats.ts';
import { AdaptiveEncoder } from '../../src/media/adaptive-encoder.ts';
import { VideoDecoder } from '../../src/media/video-decoder.ts';
import { scaledPicture } from '../support/scaled-picture.ts';
import { lumaPsnr, movingPicture } from '../support/test-picture.ts';

const owned: { close(): void }[] = [];
afterEach(() => {
  for (const thing of owned.splice(0)) thing.close();
});

describe('AdaptiveEncoder', () => {
  it.each<VideoCodec>(['h264', 'vp8', 'vp9', 'av1'])('%s goes on at another size, and back', (codec) => {
    const encoder = new AdaptiveEncoder({ codec, width: 512, height: 512, fps: 25, bitrateKbps: 1500 });
    const decoder = new VideoDecoder(codec);
    owned.push(encoder, decoder);
    const sizes: number[] = [];
    for (let frame = 0; frame < 30; frame++) {
      if (frame === 10) encoder.setFormat({ width: 384, height: 384, step: 2 });
      if (frame === 20) encoder.setFormat({ width: 512, height: 512, step: 1 });
      const source = movingPicture(512, 512, frame);
      const { data, key } = encoder.encode(source);
      expect(key).toBe(frame % 10 === 0);
      const picture = decoder.decode(data)!;
      sizes.push(picture.width);
      if (frame % 10 < 5) continue;
      const expected = scaledPicture(source, picture.width, picture.height);
      expect(lumaPsnr(picture, expected)).toBeGreaterThan(32);
    }
    expect(sizes).toEqual([...Array(10).fill(512), ...Array(10).fill(384), ...Array(10).fill(512)]);
  });

  it('keeps the shape of pictures that are no squares', () => {
    const encoder = new AdaptiveEncoder({
      codec: 'h264',
      width: 256,
      height: 512,
      fps: 25,
      bitrateKbps: 500,
    });
    const decoder = new VideoDecoder('h264');
    owned.push(encoder, decoder);
    encoder.setFormat({ width: 192, height: 384, step: 2 });
    const { width, height } = decoder.decode(encoder.encode(movingPicture(256, 512, 0)).data)!;
    expect([width, height]).toEqual([192, 384]);
  });

  it('gives each picture more where fewer come', () => {
    const bytesAt = (step: number): number => {
      const encoder = new AdaptiveEncoder({
        codec: 'h264',
        width: 256,
        height: 256,
        fps: 25,
        bitrateKbps: 300,
      });
      owned.push(encoder);
      encoder.setFormat({ width: 256, height: 256, step });
      let bytes = 0;
      for (let frame = 0; frame < 100; frame += step)
        bytes += encoder.encode(movingPicture(256, 256, frame)).data.length;
      return bytes;
    };
    expect(bytesAt(2) / bytesAt(1)).toBeGreaterThan(0.8);
    expect(bytesAt(2) / bytesAt(1)).toBeLessThan(1.25);
  });
});
