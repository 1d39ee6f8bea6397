import { VultusClientError } from '../client-error.ts';
import type { WebRtcConnection } from '../webrtc-connection.ts';
import type { WebSocketConnection } from '../websocket-connection.ts';

/**
 * Tells when the picture stands still because the connection broke, once for each time, and when it is there again.
 * WebRTC looks for another way through the network first: that is `disconnected`, before it is `reconnecting`.
 */
export function followBreaks(
  live: WebRtcConnection | WebSocketConnection,
  { onBroken, onMended }: { onBroken: (error: VultusClientError) => void; onMended: () => void },
): void {
  let isBroken = false;
  const broken = (error: VultusClientError) => {
    if (!isBroken && !live.closed) onBroken(error);
    isBroken = true;
  };
  const mended = () => {
    if (isBroken && !live.closed) onMended();
    isBroken = false;
  };
  const followIce = () => {
    const peer = live.route === 'webrtc' ? live.peer : undefined;
    peer?.addEventListener('iceconnectionstatechange', () => {
      if (live.route !== 'webrtc' || peer !== live.peer) return;
      const state = peer.iceConnectionState;
      if (state === 'connected' || state === 'completed') mended();
      else if (state === 'disconnected' || state === 'failed')
        broken(new VultusClientError('connection_lost', 'Nothing comes through the network.'));
    });
  };
  followIce();
  live.on('reconnecting', ({ error }) => broken(error));
  live.on('reconnected', () => {
    mended();
    followIce();
  });
}
