import { expect, it } from 'vitest';
import { squareFormat } from '../../../src/contract/formats.ts';
import { MOTION, OPUS_VOICE, type Output, streamOf, usualVideo } from '../../../src/contract/outputs.ts';
import { DEFAULT_SETTINGS, type SessionSettings } from '../../../src/contract/session-settings.ts';
import { workOf } from '../../../src/engine/pool/session-work.ts';

const SETTINGS: SessionSettings = { ...DEFAULT_SETTINGS, ...squareFormat(512), avatarId: 'test', seed: 1 };
const PIXELS = 512 * 512;
const VIDEO = usualVideo(SETTINGS);
const RAW: Output = { kind: 'picture', encoding: 'i420', ...squareFormat(512), matte: false };

const pixels = (...outputs: Output[]) => {
  const { drawnPixels, encodedPixels } = workOf(SETTINGS, outputs.map(streamOf));
  return [drawnPixels / PIXELS, encodedPixels / PIXELS];
};

it('is that of the usual video where nobody takes pictures', () => {
  expect(workOf(SETTINGS)).toEqual({
    fps: 25,
    latency: 'balanced',
    drawnPixels: PIXELS,
    encodedPixels: PIXELS,
  });
  expect(pixels(MOTION, OPUS_VOICE)).toEqual([1, 1]);
  expect(pixels(VIDEO)).toEqual([1, 1]);
});

it('counts each format once to draw and each video once to encode', () => {
  expect(pixels(VIDEO, { ...VIDEO, codec: 'vp8' })).toEqual([1, 2]);
  expect(pixels(VIDEO, RAW)).toEqual([1, 1]);
  expect(pixels(RAW)).toEqual([1, 0]);
  expect(pixels({ ...RAW, encoding: 'jpeg' }, { ...RAW, encoding: 'rgb' }, RAW)).toEqual([1, 2]);
  expect(pixels(VIDEO, { ...RAW, matte: true })).toEqual([2, 1]);
  expect(pixels(VIDEO, { ...VIDEO, ...squareFormat(256) })).toEqual([1.25, 1.25]);
  expect(pixels(VIDEO, { ...VIDEO, fit: 'head' })).toEqual([2, 2]);
});
