import type { Page } from 'playwright-core';
import type { PeerPage } from '../../test/support/browser-peer.ts';

/** Counters of a browser at one moment (W3C webrtc-stats); what it does not tell is 0. */
export interface ViewerSample {
  /** Unix time. */
  atMs: number;
  frames: number;
  freezes: number;
  frozenS: number;
  qpSum: number;
  width: number;
  concealedSamples: number;
  samples: number;
  /** Sender's time of what is played now, Unix milliseconds. */
  pictureMs: number;
  voiceMs: number;
  keyFrames: number;
  nacks: number;
  /** Time that all pictures so far spent in the jitter buffer, and how many they were. */
  bufferedS: number;
  buffered: number;
}

const EVERY_MS = 200;
const NTP_OFFSET_MS = 2_208_988_800_000;

interface WatchedPage extends PeerPage {
  samples: ViewerSample[];
}

/** Begins to note the counters, five times a second. */
export async function watchViewer(page: Page): Promise<void> {
  await page.evaluate(
    ({ everyMs, offsetMs }) => {
      const state = globalThis as unknown as WatchedPage;
      state.samples = [];
      setInterval(async () => {
        const reports = [...(await state.peer.getStats()).values()];
        const inbound = (kind: string) =>
          reports.find((report) => report.type === 'inbound-rtp' && report.kind === kind) ?? {};
        const [video, audio] = [inbound('video'), inbound('audio')];
        const unix = (ntpMs: number | undefined) => (ntpMs ? ntpMs - (ntpMs > 3e12 ? offsetMs : 0) : 0);
        state.samples.push({
          atMs: Date.now(),
          frames: video.framesDecoded ?? 0,
          freezes: video.freezeCount ?? 0,
          frozenS: video.totalFreezesDuration ?? 0,
          qpSum: video.qpSum ?? 0,
          width: video.frameWidth ?? 0,
          concealedSamples: audio.concealedSamples ?? 0,
          samples: audio.totalSamplesReceived ?? 0,
          pictureMs: unix(video.estimatedPlayoutTimestamp),
          voiceMs: unix(audio.estimatedPlayoutTimestamp),
          keyFrames: video.keyFramesDecoded ?? 0,
          nacks: video.nackCount ?? 0,
          bufferedS: video.jitterBufferDelay ?? 0,
          buffered: video.jitterBufferEmittedCount ?? 0,
        });
      }, everyMs);
    },
    { everyMs: EVERY_MS, offsetMs: NTP_OFFSET_MS },
  );
}

export function readViewer(page: Page): Promise<ViewerSample[]> {
  return page.evaluate(() => (globalThis as unknown as WatchedPage).samples);
}
