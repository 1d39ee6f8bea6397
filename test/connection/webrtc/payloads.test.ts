import { describe, expect, it } from 'vitest';
import {
  AV1RtpPayload,
  dePacketizeRtpPackets,
  RtpHeader,
  RtpPacket,
  Vp8RtpPayload,
  Vp9RtpPayload,
} from 'werift';
import { packetizeAv1 } from '../../../src/connection/webrtc/av1-payload.ts';
import { packetizeH264, splitAnnexB } from '../../../src/connection/webrtc/h264-payload.ts';
import { packetizeVp8 } from '../../../src/connection/webrtc/vp8-payload.ts';
import { packetizeVp9 } from '../../../src/connection/webrtc/vp9-payload.ts';
import { createVideoEncoder } from '../../../src/media/create-video-encoder.ts';
import { VideoDecoder } from '../../../src/media/video-decoder.ts';
import { lumaPsnr, movingPicture } from '../../support/test-picture.ts';

const MAX_BYTES = 1180;

const asPackets = (payloads: Uint8Array[]) =>
  payloads.map((payload, i) => {
    const header = new RtpHeader({ sequenceNumber: i, marker: i === payloads.length - 1 });
    return new RtpPacket(header, Buffer.from(payload));
  });

/** NAL units without SEI, which is not sent. */
const unitsOf = (annexB: Uint8Array) => splitAnnexB(annexB).filter((unit) => (unit[0] & 0x1f) !== 6);

describe('H.264 payloads', () => {
  it('another reader puts each picture together again', () => {
    const encoder = createVideoEncoder({
      codec: 'h264',
      width: 256,
      height: 256,
      fps: 25,
      bitrateKbps: 2000,
    });
    for (let i = 0; i < 8; i++) {
      const { data, key } = encoder.encode(movingPicture(256, 256, i), { keyFrame: i === 4 });
      const payloads = packetizeH264(data, MAX_BYTES);
      expect(Math.max(...payloads.map(({ length }) => length))).toBeLessThanOrEqual(MAX_BYTES);
      // The parameter sets share one packet (STAP-A).
      if (key) expect(payloads[0][0] & 0x1f).toBe(24);
      const { data: joined } = dePacketizeRtpPackets('MPEG4/ISO/AVC', asPackets(payloads));
      const sent = unitsOf(data).map((unit) => Buffer.from(unit));
      expect(unitsOf(joined).map((unit, at) => sent[at].equals(unit))).toEqual(sent.map(() => true));
    }
    encoder.close();
  });

  it('cuts a large unit into pieces of about equal size', () => {
    const unit = Uint8Array.from({ length: 5000 }, (_, i) => (i === 0 ? 0x65 : (i % 250) + 2));
    const payloads = packetizeH264(Uint8Array.of(0, 0, 0, 1, ...unit), MAX_BYTES);
    expect(payloads.length).toBe(5);
    expect(payloads.map(([indicator]) => indicator)).toEqual([0x7c, 0x7c, 0x7c, 0x7c, 0x7c]);
    expect(payloads.map(([, header]) => header)).toEqual([0x85, 0x05, 0x05, 0x05, 0x45]);
    expect(payloads[4].length).toBeGreaterThan(990);
  });

  it('finds units behind start codes of both lengths, and nothing in garbage', () => {
    expect(splitAnnexB(Uint8Array.of(0, 0, 1, 0x67, 5, 0, 0, 0, 1, 0x68, 6, 0, 0, 1))).toEqual([
      Uint8Array.of(0x67, 5),
      Uint8Array.of(0x68, 6),
    ]);
    expect(packetizeH264(Uint8Array.of(1, 2, 3, 4), MAX_BYTES)).toEqual([]);
    expect(packetizeH264(new Uint8Array(0), MAX_BYTES)).toEqual([]);
  });
});

describe('VP8 payloads', () => {
  it('another reader puts each frame together again', () => {
    const encoder = createVideoEncoder({ codec: 'vp8', width: 256, height: 256, fps: 25, bitrateKbps: 2000 });
    for (let i = 0; i < 4; i++) {
      const { data, key } = encoder.encode(movingPicture(256, 256, i));
      const payloads = packetizeVp8(data, 32766 + i, MAX_BYTES);
      expect(Math.max(...payloads.map(({ length }) => length))).toBeLessThanOrEqual(MAX_BYTES);
      const read = payloads.map((payload) => Vp8RtpPayload.deSerialize(Buffer.from(payload)));
      expect(Buffer.concat(read.map(({ payload }) => payload))).toEqual(Buffer.from(data));
      expect(read.map(({ sBit }) => sBit)).toEqual(read.map((_, at) => (at === 0 ? 1 : 0)));
      expect(read[0].isKeyframe).toBe(key);
      // 15 bits, with wrap.
      expect(read[0].pictureId).toBe((32766 + i) & 0x7fff);
    }
    encoder.close();
  });
});

describe('VP9 payloads', () => {
  it('another reader puts each frame together again', () => {
    const encoder = createVideoEncoder({ codec: 'vp9', width: 256, height: 256, fps: 25, bitrateKbps: 2000 });
    for (let i = 0; i < 4; i++) {
      const { data, key } = encoder.encode(movingPicture(256, 256, i));
      const payloads = packetizeVp9(data, { key, pictureId: 300 + i }, MAX_BYTES);
      expect(Math.max(...payloads.map(({ length }) => length))).toBeLessThanOrEqual(MAX_BYTES);
      const read = payloads.map((payload) => Vp9RtpPayload.deSerialize(Buffer.from(payload)));
      expect(Buffer.concat(read.map(({ payload }) => payload))).toEqual(Buffer.from(data));
      expect(read.map(({ bBit }) => bBit)).toEqual(read.map((_, at) => (at === 0 ? 1 : 0)));
      expect(read.map(({ eBit }) => eBit)).toEqual(read.map((_, at) => (at === read.length - 1 ? 1 : 0)));
      expect(read[0].isKeyframe).toBe(key);
      expect(read[0].pictureId).toBe(300 + i);
    }
    encoder.close();
  });
});

describe('AV1 payloads', () => {
  it('another reader puts each temporal unit together again, and a decoder its picture', () => {
    const encoder = createVideoEncoder({ codec: 'av1', width: 256, height: 256, fps: 25, bitrateKbps: 2000 });
    const decoder = new VideoDecoder('av1');
    for (let i = 0; i < 6; i++) {
      const { data, key } = encoder.encode(movingPicture(256, 256, i), { keyFrame: i === 3 });
      const payloads = packetizeAv1(data, 300);
      expect(Math.max(...payloads.map(({ length }) => length))).toBeLessThanOrEqual(300);
      const read = payloads.map((payload) => AV1RtpPayload.deSerialize(Buffer.from(payload)));
      expect(read.map(({ nBit_RtpStartsNewCodedVideoSequence: first }) => first === 1)).toEqual(
        read.map((_, at) => key && at === 0),
      );
      // A temporal delimiter, which is not sent, starts the unit.
      const unit = Buffer.concat([Buffer.of(0x12, 0), AV1RtpPayload.getFrame(read)]);
      expect(lumaPsnr(decoder.decode(unit)!, movingPicture(256, 256, i))).toBeGreaterThan(30);
    }
    encoder.close();
    decoder.close();
  });

  it('tells what is not AV1', () => {
    expect(() => packetizeAv1(Uint8Array.of(0x0a, 0x7f, 1), MAX_BYTES)).toThrow(RangeError);
  });
});
