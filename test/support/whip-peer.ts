import {
  type MediaStreamTrack,
  RTCPeerConnection,
  useH264,
  useNACK,
  useOPUS,
  usePLI,
  useSdesMid,
  useTransportWideCC,
  useTWCC,
  useVP8,
} from 'werift';
import { orderHandshake } from '../../src/connection/webrtc/werift/handshake-order.ts';
import { numberRecords } from '../../src/connection/webrtc/werift/record-numbers.ts';

const rtcpFeedback = [useNACK(), usePLI(), useTWCC()];
const codecs = {
  video: [
    useH264({ rtcpFeedback, parameters: 'packetization-mode=1;profile-level-id=42001f' }),
    useVP8({ rtcpFeedback }),
  ],
  audio: [useOPUS()],
};

const headerExtensions = {
  video: [useSdesMid(), useTransportWideCC()],
  audio: [useSdesMid(), useTransportWideCC()],
};

const newPeer = () =>
  new RTCPeerConnection({ iceServers: [], bundlePolicy: 'max-bundle', codecs, headerExtensions });

/** A publisher of a voice made of werift, and of a video where it has one. */
export async function publisher(voice: MediaStreamTrack, video?: MediaStreamTrack) {
  const peer = newPeer();
  if (video) peer.addTransceiver(video, { direction: 'sendonly' });
  peer.addTransceiver(voice, { direction: 'sendonly' });
  await peer.setLocalDescription(await peer.createOffer());
  return { peer, sdp: peer.localDescription!.sdp };
}

/** A player made of werift, which counts what it receives. `onPicture`: at the last packet of each. */
export async function player(onPicture: () => void = () => {}) {
  const peer = newPeer();
  const received = { audio: 0, video: 0 };
  for (const kind of ['audio', 'video'] as const) peer.addTransceiver(kind, { direction: 'recvonly' });
  peer.onTrack.subscribe((track) =>
    track.onReceiveRtp.subscribe(({ header }) => {
      received[track.kind as 'audio']++;
      if (track.kind === 'video' && header.marker) onPicture();
    }),
  );
  await peer.setLocalDescription(await peer.createOffer());
  // Without it, every lost datagram of a handshake may be one too many.
  for (const transport of peer.dtlsTransports) {
    numberRecords(transport);
    orderHandshake(transport);
  }
  return { peer, received, sdp: peer.localDescription!.sdp };
}

export const SDP = { 'content-type': 'application/sdp' };
export const FRAGMENT = { 'content-type': 'application/trickle-ice-sdpfrag' };
