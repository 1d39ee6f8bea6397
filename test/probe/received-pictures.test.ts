import { expect, it } from 'vitest';
import { RtpHeader, RtpPacket } from 'werift';
import { packetizeH264 } from '../../src/connection/webrtc/h264-payload.ts';
import { createVideoEncoder } from '../../src/media/create-video-encoder.ts';
import { ReceivedPictures } from '../../src/probe/vultus/received-pictures.ts';
import { lumaPsnr, movingPicture } from '../support/test-picture.ts';

const SIDE = 256;
const PICTURES = 40;

/** As they are sent, over the end of the sequence numbers; a key frame first and at picture 30. */
function sentPackets(): RtpPacket[][] {
  const encoder = createVideoEncoder({
    codec: 'h264',
    width: SIDE,
    height: SIDE,
    fps: 25,
    bitrateKbps: 4000,
  });
  let sequence = 65_500;
  const packets = Array.from({ length: PICTURES }, (_, i) => {
    const { data } = encoder.encode(movingPicture(SIDE, SIDE, i), { keyFrame: i === 30 });
    const payloads = packetizeH264(data, 400);
    return payloads.map((payload, at) => {
      const sequenceNumber = sequence++ & 0xffff;
      const header = new RtpHeader({ sequenceNumber, marker: at === payloads.length - 1 });
      return new RtpPacket(header, Buffer.from(payload));
    });
  });
  encoder.close();
  return packets;
}

/** Which pictures are seen, by the one that each is most like. */
function seen(packets: readonly RtpPacket[], receiver: ReceivedPictures): number[] {
  const made = Array.from({ length: PICTURES }, (_, i) => movingPicture(SIDE, SIDE, i));
  return packets
    .flatMap((packet) => receiver.take(packet))
    .map((picture) => {
      const likeness = made.map((one) => lumaPsnr(picture, one));
      const best = Math.max(...likeness);
      expect(best).toBeGreaterThan(30);
      return likeness.indexOf(best);
    });
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

it('puts in order what comes out of order', () => {
  const receiver = new ReceivedPictures();
  const packets = sentPackets().flat();
  // Each third comes five packets late, as if it was sent again.
  const places = packets.map((packet, i) => ({ packet, at: i > 0 && i % 3 === 0 ? i + 5.5 : i }));
  const arriving = places.sort((a, b) => a.at - b.at).map(({ packet }) => packet);
  expect(receiver.wantsKeyFrame(0)).toBe(true);
  expect(seen(arriving, receiver)).toEqual(range(0, PICTURES));
  expect(receiver.wantsKeyFrame(1000)).toBe(false);
  receiver.close();
});

it('goes on with the next key frame where a packet never comes', () => {
  const receiver = new ReceivedPictures();
  const packets = sentPackets();
  packets[4].splice(0, 1);
  const shown = seen(packets.slice(0, 30).flat(), receiver);
  expect(shown).toEqual(range(0, 4));
  expect(receiver.wantsKeyFrame(1000)).toBe(true);
  expect(receiver.wantsKeyFrame(1100)).toBe(false);
  expect(seen(packets.slice(30).flat(), receiver)).toEqual(range(30, PICTURES));
  receiver.close();
});
