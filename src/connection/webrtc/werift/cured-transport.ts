import type { RTCDtlsTransport } from 'werift';
import { dropForgedRecords } from './forged-records.ts';
import { orderHandshake } from './handshake-order.ts';
import { keepKeys } from './key-objects.ts';
import { verifyClient, verifyServer } from './peer-signature.ts';
import { numberRecords } from './record-numbers.ts';
import { dropCutHeaders } from './rtp-headers.ts';
import { limitSources } from './srtp-sources.ts';
import { guardStun } from './stun-guard.ts';
import { askNoForeignStunServer } from './stun-servers.ts';

/**
 * All cures of a transport, ICE and DTLS. To be called before candidates are gathered. `payloadTypes`: of the media
 * that is wanted; `onHeard`: at each sign that the peer is there.
 * @throws VultusError `dependency_unsupported`
 */
export function cureTransport(
  transport: RTCDtlsTransport,
  {
    hasStunServer,
    payloadTypes,
    onHeard,
  }: { hasStunServer: boolean; payloadTypes: readonly (number | undefined)[]; onHeard: () => void },
): void {
  askNoForeignStunServer(transport.iceTransport, hasStunServer);
  guardStun(transport.iceTransport, onHeard);
  numberRecords(transport);
  orderHandshake(transport);
  dropForgedRecords(transport);
  keepKeys(transport);
  limitSources(transport, payloadTypes);
  dropCutHeaders(transport);
  verifyServer(transport);
  verifyClient(transport);
}
