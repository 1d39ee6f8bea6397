import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { findBrowser, launchBrowser } from '../../test/support/browser.ts';
import { roomToken } from '../../test/support/livekit-room.ts';
import type { LiveKitServer } from '../../test/support/livekit-server.ts';
import { TEST_MODULES, testModulesLack } from '../../test/support/test-modules.ts';
import { machineMs } from './participants.ts';

/** Where it listens: to what is played, or to packets as they come, before the buffer that holds them back. */
export type ListensAt = 'ear' | 'wire';

/** `atMs`: on the machine's clock. */
export interface Heard {
  atMs: number;
  /** The loudest of a moment, of 1; on the wire, the bytes of a packet. */
  loudness: number;
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
          /** Chromium's own way (in a transform of the standard's, packets of a room that is joined never came). */
          receiver: {
            createEncodedStreams(): {
              readable: ReadableStream<RTCEncodedAudioFrame>;
              writable: WritableStream<RTCEncodedAudioFrame>;
            };
          };
          attach(): HTMLMediaElement;
        }) => void,
      ): void;
      connect(url: string, token: string, options: { rtcConfig: object }): Promise<void>;
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
  static async join(
    livekit: LiveKitServer,
    { room, at, site }: { room: string; at: ListensAt; site: string },
  ): Promise<PageListener> {
    const browser = await launchBrowser({ loopback: true });
    const page = await browser.newPage({ bypassCSP: true });
    await page.goto(site);
    await page.addScriptTag({ path: join(TEST_MODULES, 'livekit-client/dist/livekit-client.umd.js') });
    await page.evaluate(listen, [livekit.url, await roomToken(livekit, at, { room }), at] as const);
    return new PageListener(browser, () => page.evaluate(tell));
  }

  /** What it has heard since this was last asked. */
  async tell(): Promise<Heard[]> {
    const heard = await this.#take();
    const offsetMs = machineMs() - (performance.timeOrigin + performance.now());
    return heard.map(({ atMs, loudness }) => ({ atMs: atMs + offsetMs, loudness }));
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }
}

/** In the page: joins, and notes what is played of the voice. */
async function listen([url, token, at]: readonly [string, string, ListensAt]): Promise<void> {
  const scope = globalThis as unknown as Scope;
  scope.heard = [];
  const scriptUrl = (code: string) => URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
  const audio = new AudioContext({ latencyHint: 'interactive' });
  await audio.audioWorklet.addModule(
    scriptUrl(`registerProcessor('ear', class extends AudioWorkletProcessor {
      process([[samples]]) {
        if (samples) this.port.postMessage({ atMs: Date.now(), loudness: samples.reduce((most, s) => Math.max(most, Math.abs(s)), 0) });
        return true;
      }
    })`),
  );
  const room = new scope.LivekitClient.Room();
  room.on('trackSubscribed', (track) => {
    if (at === 'wire') {
      const { readable, writable } = track.receiver.createEncodedStreams();
      const note = new TransformStream<RTCEncodedAudioFrame, RTCEncodedAudioFrame>({
        transform(frame, controller) {
          const atMs = performance.timeOrigin + performance.now();
          if (track.kind === 'audio') scope.heard.push({ atMs, loudness: frame.data.byteLength });
          controller.enqueue(frame);
        },
      });
      void readable.pipeThrough(note).pipeTo(writable);
    }
    if (track.kind !== 'audio') return;
    document.body.append(track.attach());
    if (at === 'wire') return;
    const ear = new AudioWorkletNode(audio, 'ear');
    ear.port.onmessage = ({ data }) => scope.heard.push(data);
    audio.createMediaStreamSource(new MediaStream([track.mediaStreamTrack])).connect(ear);
    ear.connect(audio.destination);
  });
  // For `createEncodedStreams`.
  await room.connect(url, token, { rtcConfig: { encodedInsertableStreams: at === 'wire' } });
}

/** In the page. */
function tell(): Heard[] {
  const scope = globalThis as unknown as Scope;
  const { heard } = scope;
  scope.heard = [];
  return heard;
}
