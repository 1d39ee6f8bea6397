/** werift 0.25 restarts its own side at an ICE restart, but looks for no way where DTLS is connected already. */
import type { RTCIceTransport } from 'werift';

/** To be called after the answer to an offer. `restartsBefore`: as many as there had been until that offer. */
export function lookForAnotherWay(ice: RTCIceTransport, restartsBefore: number, onFound: () => void): void {
  if (ice.iceRestarts === restartsBefore) return;
  // Where there is none, whoever waits for a sign of life gives up.
  ice.start().then(onFound, () => {});
}
