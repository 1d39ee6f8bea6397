import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Link } from '../../../bench/network/link.ts';
import { WebRtcConnection } from '../../../src/connection/webrtc/webrtc-connection.ts';
import { launchBrowser } from '../../support/browser.ts';
import { BrowserPeer, type PeerPage } from '../../support/browser-peer.ts';
import { TestSession } from '../../support/test-session.ts';
import { hasTurnServer, TurnServer } from '../../support/turn-server.ts';

const ENOUGH_MS = 20_000;
let browser: Browser;
const owned: { close(): unknown }[] = [];

beforeAll(async () => {
  browser = await launchBrowser();
}, 60_000);
afterEach(async () => {
  for (const thing of owned.splice(0).reverse()) await thing.close();
});
afterAll(async () => {
  await browser?.close();
});

function own<Thing extends { close(): unknown }>(thing: Thing): Thing {
  owned.push(thing);
  return thing;
}

async function framesGrow(peer: BrowserPeer): Promise<void> {
  const before = (await peer.receivedVideo()).frames;
  await expect
    .poll(async () => (await peer.receivedVideo()).frames, { timeout: ENOUGH_MS })
    .toBeGreaterThan(before + 20);
}

/** Type of the candidate that the browser uses: `host`, `relay`, … */
function usedCandidate(peer: BrowserPeer): Promise<{ local: string; protocol: string } | undefined> {
  return peer.page.evaluate(async () => {
    const reports = await (globalThis as unknown as PeerPage).peer.getStats();
    for (const report of reports.values()) {
      if (report.type !== 'candidate-pair' || !report.nominated || report.state !== 'succeeded') continue;
      const local = reports.get(report.localCandidateId);
      return { local: local.candidateType, protocol: local.relayProtocol ?? local.protocol };
    }
    return undefined;
  });
}

describe('ways through the network', () => {
  it('finds a peer that hides its addresses and says that there are no others (Firefox)', {
    timeout: 60_000,
  }, async () => {
    const peer = own(await BrowserPeer.open(browser));
    const hidden = '$11b2c3d4e-0000-4000-8000-123456789abc.local';
    const passOffer = (offer: string) =>
      offer
        .replace(/^(a=candidate:\S+ \d \S+ \d+ )\S+/gm, hidden)
        .replace(/^(a=mid:)/gm, 'a=end-of-candidates\r\n$1');
    own(await peer.connect(own(new TestSession()), { link: { passOffer, passAnswer: async (sdp) => sdp } }));
    await framesGrow(peer);
  });

  it('answers a browser that offers layers of its camera, and it connects', { timeout: 60_000 }, async () => {
    const peer = own(await BrowserPeer.open(browser));
    const offer = await peer.page.evaluate(async () => {
      const connection = new RTCPeerConnection();
      Object.assign(globalThis, { peer: connection });
      const camera = document.createElement('canvas').captureStream(5).getVideoTracks()[0];
      connection.addTransceiver('audio', { direction: 'recvonly' });
      connection.addTransceiver(camera, {
        direction: 'sendrecv',
        sendEncodings: [{ rid: 'l', scaleResolutionDownBy: 4 }, { rid: 'h' }],
      });
      await connection.setLocalDescription();
      return connection.localDescription!.sdp;
    });
    expect(offer).toContain('a=simulcast:send l;h');
    const session = own(new TestSession());
    const { connection, answerSdp } = await WebRtcConnection.accept(session, offer, { voiceInput: 'speak' });
    own(connection).attach(session);
    await peer.page.evaluate(async (sdp) => {
      await (globalThis as unknown as PeerPage).peer.setRemoteDescription({ type: 'answer', sdp });
    }, answerSdp);
    await framesGrow(peer);
  });

  it('goes on by another way after an ICE restart', { timeout: 90_000 }, async () => {
    const session = own(new TestSession());
    const peer = own(await BrowserPeer.open(browser));
    const first = own(new Link(1));
    const connection = own(await peer.connect(session, { link: first }));
    await framesGrow(peer);
    // The old way is gone for good.
    first.set({ down: true });
    await sleep(1500);
    const offer = await peer.page.evaluate(async () => {
      const { peer } = globalThis as unknown as PeerPage;
      await peer.setLocalDescription(await peer.createOffer({ iceRestart: true }));
      return peer.localDescription!.sdp;
    });
    const second = own(new Link(2));
    const answer = await second.passAnswer(await connection.restart(second.passOffer(offer)));
    await peer.page.evaluate(async (sdp) => {
      await (globalThis as unknown as PeerPage).peer.setRemoteDescription({ type: 'answer', sdp });
    }, answer);
    await framesGrow(peer);
    expect(connection.closed).toBe(false);
  });

  it('restarts only for the peer that is connected', { timeout: 60_000 }, async () => {
    const session = own(new TestSession());
    const peer = own(await BrowserPeer.open(browser));
    const connection = own(await peer.connect(session));
    const other = own(await BrowserPeer.open(browser));
    const invalid = expect.objectContaining({ code: 'invalid_offer' });
    await expect(connection.restart(await other.offer(false))).rejects.toThrow(invalid);
    await expect(connection.restart('v=0')).rejects.toThrow(invalid);
    await framesGrow(peer);
    session.close();
    await expect(connection.restart('v=0')).rejects.toThrow(
      expect.objectContaining({ code: 'session_closed' }),
    );
  });

  it('lives through an outage of five seconds', { timeout: 90_000 }, async () => {
    const session = own(new TestSession());
    const peer = own(await BrowserPeer.open(browser));
    const link = own(new Link(3));
    const connection = own(await peer.connect(session, { link }));
    await framesGrow(peer);
    link.set({ down: true });
    await sleep(5000);
    link.set({});
    await framesGrow(peer);
    expect(connection.closed).toBe(false);
  });
});

describe.skipIf(!hasTurnServer())('TURN (needs coturn)', () => {
  it.each(['udp', 'tcp'] as const)(
    'a browser that only has a relay, over %s, gets pictures',
    async (transport) => {
      const turn = own(await TurnServer.start());
      const session = own(new TestSession());
      const peer = own(await BrowserPeer.open(browser));
      const configuration: RTCConfiguration = {
        iceServers: [turn.iceServer(transport)],
        iceTransportPolicy: 'relay',
      };
      own(await peer.connect(session, { configuration }));
      await framesGrow(peer);
      expect(await usedCandidate(peer)).toEqual({ local: 'relay', protocol: transport });
    },
    60_000,
  );

  it('a server that only has a relay sends pictures', async () => {
    const turn = own(await TurnServer.start());
    const session = own(new TestSession());
    const peer = own(await BrowserPeer.open(browser));
    const link = { passOffer: (sdp: string) => sdp, passAnswer: async (sdp: string) => onlyRelayed(sdp) };
    own(await peer.connect(session, { link, iceServers: [turn.iceServer('udp')] }));
    await framesGrow(peer);
  }, 60_000);
});

function onlyRelayed(sdp: string): string {
  expect(sdp).toMatch(/^a=candidate:.* typ relay/m);
  return sdp.replace(/^a=candidate:(?!.* typ relay).*\r?\n/gm, '');
}
