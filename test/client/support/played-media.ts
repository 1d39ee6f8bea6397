import type { Page } from 'playwright-core';
import { OpusEncoder } from '../../../src/audio/opus.ts';
import { usualVideo } from '../../../src/contract/outputs.ts';
import { createI420 } from '../../../src/image/i420.ts';
import { createVideoEncoder } from '../../../src/media/create-video-encoder.ts';
import type { ScriptedSession } from '../../support/scripted-session.ts';

/**
 * Real encoded media in real time: pictures of one grey each, that `brightness` tells, and a tone.
 * @returns what ends it
 */
export function playMedia(
  session: ScriptedSession,
  size: number,
  brightness: (frame: number) => number,
): () => void {
  const { fps } = session.settings;
  const { codec } = usualVideo(session.settings);
  const encoder = createVideoEncoder({ codec, width: size, height: size, fps, bitrateKbps: 500 });
  const opus = new OpusEncoder();
  const picture = createI420(size, size);
  picture.data.fill(128);
  let frame = 0;
  const timer = setInterval(() => {
    const mediaTimeMs = frame * 40;
    picture.data.fill(brightness(frame), 0, size * size);
    // Every tenth is a key frame, so that the test also starts in the middle of a stream.
    const encoded = encoder.encode(picture, { keyFrame: frame % 10 === 0 });
    session.deliver({ kind: 'video', mediaTimeMs, epoch: 0, ...encoded });
    for (const at of [0, 20]) {
      const tone = Float32Array.from({ length: 960 }, (_, i) => 0.2 * Math.sin((i + at * 48) / 20));
      session.deliver({ kind: 'voice', mediaTimeMs: mediaTimeMs + at, epoch: 0, data: opus.encode(tone) });
    }
    frame++;
  }, 40);
  return () => {
    clearInterval(timer);
    encoder.close();
  };
}

/** Brightness that the page shows now, 0..255. */
export function shownBrightness(page: Page, selector: string): Promise<number> {
  return page.locator(selector).evaluate((element) => {
    const context = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })!;
    context.drawImage(element as HTMLCanvasElement, 0, 0, 1, 1);
    return context.getImageData(0, 0, 1, 1).data[1];
  });
}
