/**
 * werift 0.25 sends a packet again under its first transport-wide number (RFC 8888's forerunner,
 * draft-holmer-rmcat-transport-wide-cc-extensions-01 §2), as if that one had never been lost.
 */
import type { RTCDtlsTransport, RtpHeader } from 'werift';
import { sequenceDistance } from '../../../audio/rtp-sequence.ts';
import { inside } from './inside.ts';

export interface NumberedPacket {
  /** Transport-wide, 16 bits. */
  sequence: number;
  payloadBytes: number;
  /** Whether it is one that was sent before. */
  resend: boolean;
}

/** Gives what is sent again a number of its own, and tells of every packet that has one. */
export function numberResends(
  transport: RTCDtlsTransport,
  extensionId: number,
  onSent: (packet: NumberedPacket) => void,
): void {
  inside<{ transportSequenceNumber: number }>(transport, 'RTCDtlsTransport', {
    transportSequenceNumber: 'number',
  });
  const sendRtp = transport.sendRtp.bind(transport);
  let newest = -1;
  transport.sendRtp = (payload: Buffer, header: RtpHeader) => {
    const extension = header.extensions.find(({ id }) => id === extensionId);
    if (extension && extension.payload.length >= 2) {
      let sequence = extension.payload.readUInt16BE(0);
      const resend = newest >= 0 && sequenceDistance(newest, sequence) <= 0;
      if (resend) {
        sequence = (newest + 1) & 0xffff;
        transport.transportSequenceNumber = sequence;
        extension.payload = Buffer.from([sequence >> 8, sequence & 0xff]);
      }
      newest = sequence;
      onSent({ sequence, payloadBytes: payload.length, resend });
    }
    return sendRtp(payload, header);
  };
}
