/** werift 0.25 answers every NACK (RFC 4585 §6.2.1) at once and without limit. */
import { GenericNack, type RTCRtpSender, RtcpTransportLayerFeedback, type RtpPacket } from 'werift';
import { inside } from './inside.ts';

/** Packets that werift keeps, by sequence number modulo this (`RTP_HISTORY_SIZE`). */
const RTP_HISTORY = 128;

/**
 * Lets `sender` send again what `choose` gives, in that order, out of what a peer asks for. It is told how many bytes
 * each has: undefined where it is not kept any more.
 */
export function chooseResends(
  sender: RTCRtpSender,
  choose: (asked: readonly { sequence: number; bytes: number | undefined }[]) => number[],
): void {
  const { rtpCache } = inside<{ rtpCache: (RtpPacket | undefined)[] }>(sender, 'RTCRtpSender', {
    rtpCache: 'object',
  });
  const keptBytes = (sequence: number): number | undefined => {
    const packet = rtpCache[sequence % RTP_HISTORY];
    return packet?.header.sequenceNumber === sequence ? packet.payload.length : undefined;
  };
  const handle = sender.handleRtcpPacket.bind(sender);
  sender.handleRtcpPacket = (packet) => {
    if (packet instanceof RtcpTransportLayerFeedback && packet.feedback instanceof GenericNack) {
      // Whoever asks for more than is kept makes work, not pictures.
      const lost = packet.feedback.lost.slice(0, RTP_HISTORY);
      const asked = lost.map((sequence) => ({ sequence, bytes: keptBytes(sequence) }));
      packet.feedback.lost = choose(asked);
    }
    handle(packet);
  };
}
