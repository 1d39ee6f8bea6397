import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { findBrowser, launchBrowser } from '../../test/support/browser.ts';
import { roomToken } from '../../test/support/livekit-room.ts';
import type { LiveKitServer } from '../../test/support/livekit-server.ts';
import { TEST_MODULES, testModulesLack } from '../../test/support/test-modules.ts';
import { machineMs } from './participants.ts';

/** The loudest of a moment, of 1; `atMs`: on the machine's clock. */
export interface Heard {
  atMs: number;
  peak: number;
}

/** As much of livekit-client as the page needs. */
interface Scope {
  LivekitClient: {
    Room: new () => {
      on(
        event: 'trackSubscribed',
        listener: (track: {
          kind: string;
          mediaStreamTrack: MediaStreamTrack;
          attach(): HTMLMediaElement;
        }) => void,
      ): void;
      connect(url: string, token: string): Promise<void>;
    };
  };
  heard: Heard[];
}

/** Why there is none here. */
export const noPageListener: string | undefined = findBrowser()
  ? testModulesLack('livekit-client')
  : 'no Chrome or Chromium was found';

/** Somebody in a room who listens in Chromium. */
export class PageListener {
  readonly #browser: Browser;
  readonly #take: () => Promise<Heard[]>;

  private constructor(browser: Browser, take: () => Promise<Heard[]>) {
    this.#browser = browser;
    this.#take = take;
  }

  /** `site`: of any page that is served. */
  static async join(livekit: LiveKitServer, room: string, site: string): Promise<PageListener> {
    const browser = await launchBrowser({ loopback: true });
    const page = await browser.newPage({ bypassCSP: true });
    await page.goto(site);
    await page.addScriptTag({ path: join(TEST_MODULES, 'livekit-client/dist/livekit-client.umd.js') });
    await page.evaluate(listen, [livekit.url, await roomToken(livekit, 'page', { room })] as const);
    return new PageListener(browser, () => page.evaluate(tell));
  }

  /** What it has heard since this was last asked. */
  async tell(): Promise<Heard[]> {
    const heard = await this.#take();
    const offsetMs = machineMs() - (performance.timeOrigin + performance.now());
    return heard.map(({ atMs, peak }) => ({ atMs: atMs + offsetMs, peak }));
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }
}

/** In the page: joins, and notes what is played of the voice. */
async function listen([url, token]: readonly [string, string]): Promise<void> {
  const scope = globalThis as unknown as Scope;
  scope.heard = [];
  const scriptUrl = (code: string) => URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
  const audio = new AudioContext({ latencyHint: 'interactive' });
  await audio.audioWorklet.addModule(
    scriptUrl(`registerProcessor('ear', class extends AudioWorkletProcessor {
      process([[samples]]) {
        if (samples) this.port.postMessage({ atMs: Date.now(), peak: samples.reduce((most, s) => Math.max(most, Math.abs(s)), 0) });
        return true;
      }
    })`),
  );
  const room = new scope.LivekitClient.Room();
  room.on('trackSubscribed', (track) => {
    if (track.kind !== 'audio') return;
    document.body.append(track.attach());
    const ear = new AudioWorkletNode(audio, 'ear');
    ear.port.onmessage = ({ data }) => scope.heard.push(data);
    audio.createMediaStreamSource(new MediaStream([track.mediaStreamTrack])).connect(ear);
    ear.connect(audio.destination);
  });
  await room.connect(url, token);
}

/** In the page. */
function tell(): Heard[] {
  const scope = globalThis as unknown as Scope;
  const { heard } = scope;
  scope.heard = [];
  return heard;
}
