import type { SessionSettings } from './http-types.ts';

const NAMES: Readonly<Record<string, SessionSettings['codec']>> = {
  'video/h264': 'h264',
  'video/vp8': 'vp8',
  'video/vp9': 'vp9',
  'video/av1': 'av1',
};

/** The first codec in the browser's own order that the server makes; undefined outside of browsers. */
export function preferredCodec(): SessionSettings['codec'] | undefined {
  const capabilities = globalThis.RTCRtpReceiver?.getCapabilities?.('video');
  const known = capabilities?.codecs.map(({ mimeType }) => NAMES[mimeType.toLowerCase()]);
  return known?.find((codec) => codec !== undefined);
}
