import { type Stream, usualVideo } from '../../contract/outputs.ts';
import type { SessionSettings } from '../../contract/session-settings.ts';
import { drawingKey, drawnFormat, isPicture } from '../drawn-formats.ts';

/** What costs something of a session: its motion, and for each picture the pixels that are drawn and encoded. */
export interface SessionWork extends Pick<SessionSettings, 'fps' | 'latency'> {
  drawnPixels: number;
  encodedPixels: number;
}

/** Of the streams that are taken; where nobody takes pictures yet, of the session's own video, unless viewers draw. */
export function workOf(settings: SessionSettings, streams: readonly Stream[] = []): SessionWork {
  const { fps, latency, background, draw } = settings;
  const taken = streams.flatMap(({ output }) => (isPicture(output) ? [output] : []));
  const pictures = taken.length > 0 || draw === 'client' ? taken : [usualVideo(settings)];
  const drawings = new Map<string, number>();
  let encodedPixels = 0;
  for (const output of pictures) {
    const pixels = output.width * output.height;
    drawings.set(drawingKey(drawnFormat(output, background)), pixels);
    // Raw planes are copied, which costs next to nothing.
    if (output.kind === 'video' || output.encoding !== 'i420') encodedPixels += pixels;
  }
  const drawnPixels = [...drawings.values()].reduce((sum, pixels) => sum + pixels, 0);
  return { fps, latency, drawnPixels, encodedPixels };
}
