/**
 * werift 0.25 sends the Finished message of its DTLS handshake under a record number that its first
 * application data then uses again in the same epoch. The receiver rightly drops that record as a replay (RFC
 * 6347 §4.1.2.6), so the third message of every data channel waits a second for its resend; and AES-GCM must
 * never see a nonce twice (RFC 5288 §3).
 */
import type { RTCDtlsTransport } from 'werift';
import { inside } from './inside.ts';

/** More than the records of any handshake, with all its resends. */
const SKIPPED = 1024;

/** Numbers application data from where no handshake record can have been. To be called before it connects. */
export function skipHandshakeRecords(transport: RTCDtlsTransport): void {
  transport.onStateChange.subscribe((state) => {
    if (state !== 'connected') return;
    const { dtls } = inside<{ dtls: object }>(transport.dtls, 'DtlsSocket', { dtls: 'object' });
    const context = inside<{ recordSequenceNumber: number }>(dtls, 'DtlsContext', {
      recordSequenceNumber: 'number',
    });
    context.recordSequenceNumber += SKIPPED;
  });
}
