import { KeyObject } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  GenericNack,
  MediaStreamTrack,
  PictureLossIndication,
  type RTCDtlsTransport,
  RTCRtpSender,
  type RtcpPacket,
  RtcpPayloadSpecificFeedback,
  RtcpSrPacket,
  RtcpTransportLayerFeedback,
  RtpHeader,
  RtpPacket,
} from 'werift';
import { keepKeys } from '../../../../src/connection/webrtc/werift/key-objects.ts';
import { chooseResends } from '../../../../src/connection/webrtc/werift/resend-requests.ts';
import { lookForAnotherWay } from '../../../../src/connection/webrtc/werift/restarted-ice.ts';
import { tapRtcp } from '../../../../src/connection/webrtc/werift/rtcp-tap.ts';
import { setReportTime } from '../../../../src/connection/webrtc/werift/sender-report-time.ts';
import { limitSources } from '../../../../src/connection/webrtc/werift/srtp-sources.ts';
import { askNoForeignStunServer } from '../../../../src/connection/webrtc/werift/stun-servers.ts';
import { numberResends } from '../../../../src/connection/webrtc/werift/transport-numbers.ts';
import { weriftPair } from '../../../support/werift-pair.ts';

const owned: { close(): unknown }[] = [];
afterEach(async () => {
  for (const thing of owned.splice(0).reverse()) await thing.close();
});

function own<Thing extends { close(): unknown }>(thing: Thing): Thing {
  owned.push(thing);
  return thing;
}

describe('setReportTime', () => {
  it('is the time that the next report tells', { timeout: 20_000 }, async () => {
    const pair = own(await weriftPair());
    await pair.connected();
    const { sender } = pair.answerer.getTransceivers()[0];
    const track = new MediaStreamTrack({ kind: 'audio' });
    await sender.replaceTrack(track);
    const reports: bigint[] = [];
    pair.remote.onRtcp.subscribe((packet: RtcpPacket) => {
      if (packet instanceof RtcpSrPacket) reports.push(packet.senderInfo.ntpTimestamp);
    });
    track.writeRtp(new RtpPacket(new RtpHeader({ payloadType: 96 }), Buffer.alloc(20)));
    setReportTime(sender, 0xec01_0203_8000_0000n);
    await vi.waitFor(() => expect(reports.length).toBeGreaterThan(0), 8000);
    expect(reports.at(-1)).toBe(0xec01_0203_8000_0000n);
  });
});

describe('tapRtcp', () => {
  it('shows what werift does not route: a request for a key frame of a peer that also sends', async () => {
    const shown: Buffer[] = [];
    const pair = own(await weriftPair((transport) => tapRtcp(transport, (compound) => shown.push(compound))));
    await pair.connected();
    const [microphone] = pair.offerer.getTransceivers();
    const mediaSsrc = pair.answerer.getTransceivers()[1].sender.ssrc;
    const feedback = new PictureLossIndication({ senderSsrc: microphone.sender.ssrc, mediaSsrc });
    await pair.remote.sendRtcp([new RtcpPayloadSpecificFeedback({ feedback })]);
    await vi.waitFor(
      () => expect(shown.some((one) => one[1] === 206 && one.readUInt32BE(8) === mediaSsrc)).toBe(true),
      3000,
    );
  });
});

describe('tapRtcp and transport-wide feedback', () => {
  it('shows it, and keeps it from werift, which would make as many objects as 40 bytes name', async () => {
    const shown: Buffer[] = [];
    const read: RtcpPacket[] = [];
    const pair = own(
      await weriftPair((transport) => {
        tapRtcp(transport, (compound) => shown.push(compound));
        transport.onRtcp.subscribe((packet) => void read.push(packet));
      }),
    );
    await pair.connected();
    // Eight packets in a run of small deltas.
    const wide = Buffer.from(
      '8fcd0007 00000001 00000002 00000008 00000000 2008 0404040404040404 0000'.replaceAll(' ', ''),
      'hex',
    );
    const loss = new PictureLossIndication({ senderSsrc: 1, mediaSsrc: 2 });
    const kept = new RtcpPayloadSpecificFeedback({ feedback: loss });
    await pair.remote.sendRtcp([{ serialize: () => wide } as RtcpPacket, kept]);
    await vi.waitFor(
      () => expect(read.some((one) => one instanceof RtcpPayloadSpecificFeedback)).toBe(true),
      3000,
    );
    expect(shown.some((one) => one.includes(wide))).toBe(true);
    expect(read.some((one) => one instanceof RtcpTransportLayerFeedback)).toBe(false);
  });
});

describe('chooseResends', () => {
  it('sends again what is chosen of what is asked for', () => {
    const sender = new RTCRtpSender('video');
    const sent: number[] = [];
    Object.assign(sender, {
      dtlsTransport: { sendRtp: async (_: Buffer, header: RtpHeader) => sent.push(header.sequenceNumber) },
    });
    const { rtpCache } = sender as unknown as { rtpCache: RtpPacket[] };
    for (const sequenceNumber of [5, 6])
      rtpCache[sequenceNumber] = new RtpPacket(new RtpHeader({ sequenceNumber }), Buffer.alloc(100));
    const asked: object[] = [];
    chooseResends(sender, (packets) => {
      asked.push(...packets);
      return [6, 6];
    });
    const feedback = new GenericNack({ mediaSourceSsrc: sender.ssrc, lost: [5, 6, 7] });
    sender.handleRtcpPacket(new RtcpTransportLayerFeedback({ feedback }));
    expect(asked).toEqual([
      { sequence: 5, bytes: 100 },
      { sequence: 6, bytes: 100 },
      { sequence: 7, bytes: undefined },
    ]);
    expect(sent).toEqual([6, 6]);
  });

  it('looks at no more than is kept, however much is asked for', () => {
    const sender = new RTCRtpSender('video');
    let asked = 0;
    chooseResends(sender, (packets) => {
      asked += packets.length;
      return [];
    });
    const lost = Array.from({ length: 1700 }, (_, sequence) => sequence);
    const feedback = new GenericNack({ mediaSourceSsrc: sender.ssrc, lost });
    sender.handleRtcpPacket(new RtcpTransportLayerFeedback({ feedback }));
    expect(asked).toBe(128);
  });
});

describe('numberResends', () => {
  it('gives what is sent again the next number, and counts on from there', async () => {
    const onWire: number[] = [];
    const transport = {
      transportSequenceNumber: 0,
      sendRtp: async (_: Buffer, { extensions }: RtpHeader) =>
        onWire.push(extensions[0].payload.readUInt16BE(0)),
    };
    const told: object[] = [];
    numberResends(transport as unknown as RTCDtlsTransport, 3, (packet) => told.push(packet));
    for (const sequence of [65_534, 65_535, 65_534]) {
      const payload = Buffer.from([sequence >> 8, sequence & 0xff]);
      await transport.sendRtp(Buffer.alloc(10), new RtpHeader({ extensions: [{ id: 3, payload }] }));
    }
    expect(onWire).toEqual([65_534, 65_535, 0]);
    expect(transport.transportSequenceNumber).toBe(0);
    expect(told.at(-1)).toEqual({ sequence: 0, payloadBytes: 10, resend: true });
  });
});

describe('askNoForeignStunServer', () => {
  it.each([
    [false, undefined],
    [true, ['stun.l.google.com', 19302]],
  ])('where one is configured: %s', async (configured, expected) => {
    let server: unknown = 'none yet';
    const pair = own(
      await weriftPair(({ iceTransport }) => {
        askNoForeignStunServer(iceTransport, configured);
        server = iceTransport.connection.stunServer;
        iceTransport.connection.stunServer = undefined;
      }),
    );
    expect(server).toEqual(expected);
    await pair.connected();
  });
});

describe('limitSources', () => {
  it('keeps what an honest peer needs, however many sources send', async () => {
    const pair = own(await weriftPair((transport) => limitSources(transport, [96])));
    await pair.connected();
    for (let ssrc = 1; ssrc <= 300; ssrc++) {
      const header = new RtpHeader({ payloadType: 96, sequenceNumber: ssrc, ssrc });
      await pair.remote.sendRtp(Buffer.alloc(20), header);
    }
    await sleep(300);
    const { remoteContext } = pair.transport.srtp as unknown as {
      remoteContext: { srtpSSRCStates: Record<string, object> };
    };
    const sources = Object.keys(remoteContext.srtpSSRCStates).length;
    expect(sources).toBeGreaterThan(10);
    expect(sources).toBeLessThanOrEqual(64);
  });
});

describe('keepKeys', () => {
  it.each([
    ['AES-GCM', 7, ['SessionKey']],
    ['AES-CM with HMAC, as Chromium has it', 1, ['SessionKey', 'SessionAuthTag']],
  ])('media is understood on both sides, and no key is made for a packet: %s', async (_, profile, kept) => {
    const prepare = (transport: RTCDtlsTransport) => {
      (transport as unknown as { srtpProfiles: number[] }).srtpProfiles = [profile];
      keepKeys(transport);
    };
    const pair = own(await weriftPair(prepare));
    await pair.connected();
    const keys = (['srtp', 'srtcp'] as const).flatMap((name) => {
      const session = pair.transport[name] as unknown as Record<string, { cipher: Record<string, unknown> }>;
      return ['localContext', 'remoteContext'].flatMap((side) =>
        kept.map((key) => session[side].cipher[name + key]),
      );
    });
    expect(keys).toHaveLength(4 * kept.length);
    expect(keys.every((key) => key instanceof KeyObject)).toBe(true);
    const received: string[] = [];
    for (const [from, to] of [
      [pair.transport, pair.remote],
      [pair.remote, pair.transport],
    ]) {
      to.onRtp.subscribe(({ payload }) => received.push(payload.toString()));
      const header = new RtpHeader({ payloadType: 96, sequenceNumber: 1, ssrc: 1 });
      await from.sendRtp(Buffer.from('picture'), header);
    }
    await vi.waitFor(() => expect(received).toEqual(['picture', 'picture']), 5000);
  });
});

describe('lookForAnotherWay', () => {
  it('connects again after a restart', { timeout: 20_000 }, async () => {
    const pair = own(await weriftPair());
    await pair.connected();
    const { iceTransport } = pair.transport;
    const before = iceTransport.iceRestarts;
    await pair.offerer.setLocalDescription(await pair.offerer.createOffer({ iceRestart: true }));
    await pair.answerer.setRemoteDescription(pair.offerer.localDescription!);
    await pair.answerer.setLocalDescription(await pair.answerer.createAnswer());
    const found = vi.fn();
    lookForAnotherWay(iceTransport, before, found);
    await pair.offerer.setRemoteDescription(pair.answerer.localDescription!);
    pair.remote.iceTransport.start().catch(() => {});
    await vi.waitFor(() => expect(found).toHaveBeenCalledOnce(), 10_000);
    expect(iceTransport.state).toBe('connected');
  });
});
