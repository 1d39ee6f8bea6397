/** werift 0.25 takes candidates after the description only with the mid of a section; one transport has no need of it. */
import { candidateFromSdp, type RTCIceTransport } from 'werift';

/** `lines`: `a=candidate:…` (RFC 8839 §5.1), with addresses and no names. */
export function addRemoteCandidates(ice: RTCIceTransport, lines: readonly string[]): void {
  for (const line of lines) {
    // One that does not fit (of IPv6 where there is none) concerns nobody.
    Promise.resolve(ice.addRemoteCandidate(candidateFromSdp(line.slice('a=candidate:'.length)))).catch(
      () => {},
    );
  }
}
