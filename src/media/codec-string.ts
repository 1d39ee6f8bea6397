import type { VideoEncoderSettings } from './video-encoder.ts';

type Pictures = Pick<VideoEncoderSettings, 'codec' | 'width' | 'height' | 'fps'>;

/** Of H.264 Table A-1, macroblocks of a picture and of a second: what carries 1920×2160 at 60 comes last. */
const H264_LEVELS = [
  { level: '3.1', blocks: 3600, blocksPerSecond: 108_000 },
  { level: '3.2', blocks: 5120, blocksPerSecond: 216_000 },
  { level: '4.2', blocks: 8704, blocksPerSecond: 522_240 },
  { level: '5.1', blocks: 36_864, blocksPerSecond: 983_040 },
] as const;

/** The lowest one that is needed, but at least 3.1. */
export function h264Level({ width, height, fps }: Pictures): string {
  const blocks = Math.ceil(width / 16) * Math.ceil(height / 16);
  const fitting = H264_LEVELS.find(
    (level) => blocks <= level.blocks && blocks * fps <= level.blocksPerSecond,
  );
  return (fitting ?? H264_LEVELS.at(-1)!).level;
}

/** What WebCodecs calls the stream (RFC 6381): `vp8`, `vp09…`, `av01…`, or `avc1.4200LL` for constrained baseline at its level. */
export function codecString(pictures: Pictures): string {
  if (pictures.codec === 'vp8') return 'vp8';
  // Profile 0, 8 bits, at a level that our largest pictures fit in (5.0).
  if (pictures.codec === 'vp9') return 'vp09.00.50.08';
  if (pictures.codec === 'av1') return 'av01.0.12M.08';
  const level = Math.round(Number(h264Level(pictures)) * 10);
  return `avc1.4200${level.toString(16)}`;
}
