/** The browser's side of the comparison: connects to a server several times and watches what it shows and plays. */
import type { Page } from 'playwright-core';
import { CLOCK_BITS, CLOCK_CELL, FLASH_CELL, SIZE } from './material.ts';

/** What one connection showed within the measured time. */
export interface Watched {
  /** Milliseconds from departure, as painted in the picture, to the screen; empty where nothing is painted. */
  delaysMs: number[];
  /** When each picture was shown, milliseconds of the page's clock. */
  shownMs: number[];
  /** Onsets of flashes and beeps, milliseconds of the page's clock. */
  flashesMs: number[];
  beepsMs: number[];
  freezes: number;
  frozenSeconds: number;
  decoded: number;
  receivedKbps: number;
}

interface PageState {
  begin(): Promise<void>;
  end(): Promise<Watched[]>;
}

const ONSET_PROCESSOR = `registerProcessor('onset', class extends AudioWorkletProcessor {
  quietBlocks = 100;
  process([[samples]]) {
    const at = samples ? samples.findIndex((sample) => Math.abs(sample) > 0.25) : -1;
    if (at < 0) this.quietBlocks++;
    else {
      if (this.quietBlocks > 40) this.port.postMessage(currentTime + at / sampleRate);
      this.quietBlocks = 0;
    }
    return true;
  }
})`;

/** Opens `count` connections to the server; resolves when all show pictures. */
export async function connect(page: Page, url: string, count: number): Promise<void> {
  // Audio worklets need a page with an origin.
  await page.goto(url);
  await page.evaluate(
    async ({ count, processor, bits, cell, flash, size }) => {
      const audio = new AudioContext({ latencyHint: 'interactive' });
      await audio.audioWorklet.addModule(
        URL.createObjectURL(new Blob([processor], { type: 'text/javascript' })),
      );
      const connections = await Promise.all(Array.from({ length: count }, open));
      (globalThis as unknown as PageState).begin = async () => {
        await Promise.all(connections.map(({ begin }) => begin()));
      };
      (globalThis as unknown as PageState).end = () => Promise.all(connections.map(({ end }) => end()));

      async function open() {
        const peer = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
        peer.addTransceiver('audio', { direction: 'recvonly' });
        const video = peer.addTransceiver('video', { direction: 'recvonly' });
        const { codecs } = RTCRtpReceiver.getCapabilities('video')!;
        video.setCodecPreferences(codecs.filter(({ mimeType }) => /h264|rtx/i.test(mimeType)));
        const element = document.createElement('video');
        Object.assign(element, { autoplay: true, muted: true, width: 256 });
        document.body.append(element);
        const stream = new MediaStream();
        const watched = {
          delaysMs: [] as number[],
          shownMs: [] as number[],
          flashesMs: [] as number[],
          beepsMs: [] as number[],
        };
        peer.ontrack = ({ track }) => {
          stream.addTrack(track);
          element.srcObject = stream;
          if (track.kind === 'audio') listen(track, watched.beepsMs);
        };
        await peer.setLocalDescription();
        while (peer.iceGatheringState !== 'complete') await new Promise((resolve) => setTimeout(resolve, 20));
        const response = await fetch('/offer', { method: 'POST', body: peer.localDescription!.sdp });
        if (!response.ok) throw new Error(`the server answers ${response.status}`);
        await peer.setRemoteDescription({ type: 'answer', sdp: await response.text() });
        await audio.resume();
        await new Promise<void>((resolve, reject) => {
          watch(element, watched, resolve);
          setTimeout(() => reject(new Error('no picture within 30 s')), 30_000);
        });
        let before = await receivedVideo(peer);
        let beganMs = 0;
        return {
          async begin() {
            for (const list of Object.values(watched)) list.length = 0;
            before = await receivedVideo(peer);
            beganMs = performance.now();
          },
          async end() {
            const after = await receivedVideo(peer);
            const seconds = (performance.now() - beganMs) / 1000;
            return {
              ...structuredClone(watched),
              freezes: after.freezes - before.freezes,
              frozenSeconds: after.frozenSeconds - before.frozenSeconds,
              decoded: after.decoded - before.decoded,
              receivedKbps: ((after.bytes - before.bytes) * 8) / 1000 / seconds,
            };
          },
        };
      }

      function watch(
        element: HTMLVideoElement,
        watched: { delaysMs: number[]; shownMs: number[]; flashesMs: number[] },
        onFirst: () => void,
      ): void {
        const strip = new OffscreenCanvas(bits + 1, 1);
        const context = strip.getContext('2d', { willReadFrequently: true })!;
        let lit = true;
        const look = (_: number, { expectedDisplayTime }: VideoFrameCallbackMetadata) => {
          onFirst();
          // The middle of each square; what the server paints nothing into reads as noise and is sorted out.
          context.drawImage(element, 0, cell / 4, bits * cell, cell / 2, 0, 0, bits, 1);
          const corner = size - (3 * flash) / 4;
          context.drawImage(element, corner, corner, flash / 2, flash / 2, bits, 0, 1, 1);
          const { data } = context.getImageData(0, 0, bits + 1, 1);
          let sentMs = 0;
          for (let bit = 0; bit < bits; bit++) if (data[4 * bit + 1] > 126) sentMs += 2 ** bit;
          const range = 2 ** bits;
          const shownMs = performance.timeOrigin + expectedDisplayTime;
          const delayMs = (((shownMs - sentMs) % range) + range) % range;
          if (delayMs < 5000) watched.delaysMs.push(delayMs);
          watched.shownMs.push(expectedDisplayTime);
          const nowLit = data[4 * bits + 1] > 126;
          if (nowLit && !lit) watched.flashesMs.push(expectedDisplayTime);
          lit = nowLit;
          element.requestVideoFrameCallback(look);
        };
        element.requestVideoFrameCallback(look);
      }

      function listen(track: MediaStreamTrack, beepsMs: number[]): void {
        const node = new AudioWorkletNode(audio, 'onset');
        node.port.onmessage = ({ data }) => {
          const { contextTime, performanceTime } = audio.getOutputTimestamp();
          beepsMs.push(performanceTime! + (data - contextTime!) * 1000);
        };
        audio
          .createMediaStreamSource(new MediaStream([track]))
          .connect(node)
          .connect(audio.destination);
      }

      async function receivedVideo(peer: RTCPeerConnection) {
        for (const report of (await peer.getStats()).values()) {
          if (report.type !== 'inbound-rtp' || report.kind !== 'video') continue;
          return {
            freezes: report.freezeCount as number,
            frozenSeconds: report.totalFreezesDuration as number,
            decoded: report.framesDecoded as number,
            bytes: report.bytesReceived as number,
          };
        }
        return { freezes: 0, frozenSeconds: 0, decoded: 0, bytes: 0 };
      }
    },
    {
      count,
      processor: ONSET_PROCESSOR,
      bits: CLOCK_BITS,
      cell: CLOCK_CELL,
      flash: FLASH_CELL,
      size: SIZE,
    },
  );
}

/** Forgets what was seen so far. */
export function begin(page: Page): Promise<void> {
  return page.evaluate(() => (globalThis as unknown as PageState).begin());
}

export function end(page: Page): Promise<Watched[]> {
  return page.evaluate(() => (globalThis as unknown as PageState).end());
}
