/** werift 0.25 asks a public STUN server of its own choice, stun.l.google.com, where none is configured. */
import type { RTCIceTransport } from 'werift';

/** To be called before candidates are gathered. `configured`: whether a STUN server was given. */
export function askNoForeignStunServer({ connection }: RTCIceTransport, configured: boolean): void {
  if (!configured) connection.stunServer = undefined;
}
