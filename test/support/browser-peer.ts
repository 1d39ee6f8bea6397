import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import type { Link } from '../../bench/network/link.ts';
import { WebRtcConnection } from '../../src/connection/webrtc/webrtc-connection.ts';
import type { WebRtcOptions } from '../../src/connection/webrtc/webrtc-options.ts';
import type { SessionApi } from '../../src/session/session-api.ts';

/** What the page below keeps in its global scope. */
export interface PeerPage {
  peer: RTCPeerConnection;
  channel: RTCDataChannel;
  messages: number[][];
  /** Onsets on the page's clock, milliseconds. */
  flashes: number[];
  beeps: number[];
  /** RTP timestamps of the pictures shown, 90 kHz. */
  frameTimes: number[];
}

const PAGE = '<!doctype html><title>peer</title><video autoplay playsinline width="256"></video>';

/** A page in a real browser that offers to receive, as the client does. */
export class BrowserPeer {
  readonly page: Page;
  readonly #http: Server;

  private constructor(page: Page, http: Server) {
    this.page = page;
    this.#http = http;
  }

  static async open(browser: Browser): Promise<BrowserPeer> {
    // A microphone needs a secure origin: localhost is one.
    const http = createServer((_, response) => response.setHeader('content-type', 'text/html').end(PAGE));
    await new Promise<void>((resolve) => http.listen(0, 'localhost', resolve));
    const page = await browser.newPage();
    await page.goto(`http://localhost:${(http.address() as AddressInfo).port}/`);
    return new BrowserPeer(page, http);
  }

  async offer(microphone: boolean, configuration: RTCConfiguration = {}): Promise<string> {
    return this.page.evaluate(
      async ({ withMicrophone, configuration }) => {
        const state = globalThis as unknown as PeerPage;
        const peer = new RTCPeerConnection({ bundlePolicy: 'max-bundle', ...configuration });
        const channel = peer.createDataChannel('vultus');
        channel.binaryType = 'arraybuffer';
        Object.assign(state, { peer, channel, messages: [], flashes: [], beeps: [], frameTimes: [] });
        channel.onmessage = ({ data }) => state.messages.push([...new Uint8Array(data)]);
        if (withMicrophone) {
          const raw = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
          const input = await navigator.mediaDevices.getUserMedia({ audio: raw });
          peer.addTransceiver(input.getAudioTracks()[0], { direction: 'sendrecv' });
        } else {
          peer.addTransceiver('audio', { direction: 'recvonly' });
        }
        peer.addTransceiver('video', { direction: 'recvonly' });
        const stream = new MediaStream();
        const video = document.querySelector('video')!;
        peer.ontrack = ({ track }) => {
          stream.addTrack(track);
          video.srcObject = stream;
          if (track.kind === 'audio') void listenForBeeps(track);
          else watchForFlashes();
        };
        await peer.setLocalDescription();
        await new Promise<void>((resolve) => {
          const check = () => peer.iceGatheringState === 'complete' && resolve();
          peer.onicegatheringstatechange = check;
          setTimeout(resolve, 2000);
          check();
        });
        return peer.localDescription!.sdp;

        function watchForFlashes(): void {
          const canvas = new OffscreenCanvas(1, 1);
          const context = canvas.getContext('2d', { willReadFrequently: true })!;
          let bright = false;
          const look = (_: number, { expectedDisplayTime, rtpTimestamp }: VideoFrameCallbackMetadata) => {
            state.frameTimes.push(rtpTimestamp!);
            context.drawImage(video, 0, 0, 1, 1);
            const isBright = context.getImageData(0, 0, 1, 1).data[1] > 200;
            if (isBright && !bright) state.flashes.push(expectedDisplayTime);
            bright = isBright;
            video.requestVideoFrameCallback(look);
          };
          video.requestVideoFrameCallback(look);
        }

        async function listenForBeeps(track: MediaStreamTrack): Promise<void> {
          const context = new AudioContext({ latencyHint: 'interactive' });
          const worklet = `registerProcessor('onset', class extends AudioWorkletProcessor {
          loud = false; quiet = 0;
          process([[samples]]) {
            if (!samples) return true;
            const at = samples.findIndex((sample) => Math.abs(sample) > 0.1);
            if (at >= 0 && !this.loud) this.port.postMessage(currentTime + at / sampleRate);
            if (at >= 0) { this.loud = true; this.quiet = 0; }
            else if (++this.quiet > 40) this.loud = false;
            return true;
          }
        })`;
          await context.audioWorklet.addModule(
            URL.createObjectURL(new Blob([worklet], { type: 'text/javascript' })),
          );
          const node = new AudioWorkletNode(context, 'onset');
          node.port.onmessage = ({ data }) => {
            const { contextTime, performanceTime } = context.getOutputTimestamp();
            state.beeps.push(performanceTime! + (data - contextTime!) * 1000);
          };
          context
            .createMediaStreamSource(new MediaStream([track]))
            .connect(node)
            .connect(context.destination);
          await context.resume();
        }
      },
      { withMicrophone: microphone, configuration },
    );
  }

  /** Offer, answer, connected; `link`: what lies between the two. */
  async connect(
    session: SessionApi,
    options: Partial<WebRtcOptions> & {
      microphone?: boolean;
      link?: Pick<Link, 'passOffer' | 'passAnswer'>;
      configuration?: RTCConfiguration;
    } = {},
  ): Promise<WebRtcConnection> {
    const { microphone = false, link, configuration, ...rest } = options;
    const offer = await this.offer(microphone, configuration);
    const accepted = await WebRtcConnection.accept(session, link?.passOffer(offer) ?? offer, {
      voiceInput: 'speak',
      ...rest,
    });
    accepted.connection.attach(session);
    const connected = new Promise<void>((resolve, reject) => {
      accepted.connection.once('connected', resolve);
      accepted.connection.once('closed', (reason) => reject(new Error(`not connected: ${reason}`)));
    });
    const answer = (await link?.passAnswer(accepted.answerSdp)) ?? accepted.answerSdp;
    await this.page.evaluate(async (sdp) => {
      await (globalThis as unknown as PeerPage).peer.setRemoteDescription({ type: 'answer', sdp });
    }, answer);
    await connected;
    return accepted.connection;
  }

  /** A value of the page's state. */
  async read<Key extends keyof PeerPage>(key: Key): Promise<PeerPage[Key]> {
    return this.page.evaluate(
      (name) => (globalThis as unknown as PeerPage)[name] as never,
      key as string as 'beeps',
    );
  }

  async receivedVideo(): Promise<{
    width: number;
    height: number;
    frames: number;
    keyFrames: number;
    plis: number;
  }> {
    return this.page.evaluate(async () => {
      const reports = await (globalThis as unknown as PeerPage).peer.getStats();
      for (const report of reports.values()) {
        if (report.type === 'inbound-rtp' && report.kind === 'video')
          return {
            width: report.frameWidth,
            height: report.frameHeight,
            frames: report.framesDecoded,
            keyFrames: report.keyFramesDecoded,
            plis: report.pliCount,
          };
      }
      return { width: 0, height: 0, frames: 0, keyFrames: 0, plis: 0 };
    });
  }

  async close(): Promise<void> {
    await this.page.close();
    await new Promise((resolve) => this.#http.close(resolve));
  }
}
