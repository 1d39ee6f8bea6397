import { expect, it } from 'vitest';
import { codecString } from '../../src/media/codec-string.ts';

it.each([
  [{ codec: 'h264', width: 512, height: 512, fps: 25 }, 'avc1.42001f'],
  [{ codec: 'h264', width: 1024, height: 1024, fps: 25 }, 'avc1.420020'],
  [{ codec: 'h264', width: 1024, height: 1024, fps: 60 }, 'avc1.42002a'],
  [{ codec: 'h264', width: 1080, height: 1920, fps: 60 }, 'avc1.42002a'],
  [{ codec: 'h264', width: 1920, height: 2160, fps: 60 }, 'avc1.420033'],
  [{ codec: 'vp8', width: 1024, height: 1024, fps: 25 }, 'vp8'],
  [{ codec: 'vp9', width: 1024, height: 1024, fps: 25 }, 'vp09.00.50.08'],
  [{ codec: 'av1', width: 1024, height: 1024, fps: 25 }, 'av01.0.12M.08'],
] as const)('%j is %s', (pictures, name) => {
  expect(codecString(pictures)).toBe(name);
});
