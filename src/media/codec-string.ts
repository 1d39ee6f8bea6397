import type { VideoEncoderSettings } from './video-encoder.ts';

type Pictures = Pick<VideoEncoderSettings, 'codec' | 'width' | 'height' | 'fps'>;

/** H.264 Table A-1: 3.1 up to 3600 macroblocks a picture and 108 000 a second, else what is needed. */
export function h264Level({ width, height, fps }: Pictures): '3.1' | '3.2' | '4.2' {
  const blocks = Math.ceil(width / 16) * Math.ceil(height / 16);
  const perSecond = blocks * fps;
  if (blocks <= 3600 && perSecond <= 108_000) return '3.1';
  if (blocks <= 5120 && perSecond <= 216_000) return '3.2';
  return '4.2';
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
