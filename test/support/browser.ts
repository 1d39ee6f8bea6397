import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Path of a Chrome or Chromium: `VULTUS_BROWSER`, an installed one, or Playwright's own download. */
export function findBrowser(): string | undefined {
  const places = [process.env.VULTUS_BROWSER, ...PLACES, chromium.executablePath()];
  return places.find((place) => place && existsSync(place));
}

/**
 * A headless browser with a new profile; `microphone` is a WAV file that it takes for one, `camera` a film (MJPEG, Y4M),
 * `loopback`: its peers are to be reached by 127.0.0.1 alone.
 */
export async function launchBrowser(
  options: { microphone?: string; camera?: string; loopback?: boolean } = {},
): Promise<Browser> {
  const executablePath = findBrowser();
  if (!executablePath)
    throw new Error('No Chrome or Chromium was found; set VULTUS_BROWSER to the path of one.');
  return chromium.launch({
    executablePath,
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--autoplay-policy=no-user-gesture-required',
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      ...(options.loopback ? ['--allow-loopback-in-peer-connection'] : []),
      ...(options.microphone ? [`--use-file-for-fake-audio-capture=${options.microphone}`] : []),
      ...(options.camera ? [`--use-file-for-fake-video-capture=${options.camera}`] : []),
    ],
  });
}
