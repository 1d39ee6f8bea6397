import { type MediaStreamTrack, RTCPeerConnection, useH264, useOPUS } from 'werift';

/** A peer made of werift that offers to receive: quick, and everything on its way can be looked at. */
export async function offerOfWerift(microphone?: MediaStreamTrack) {
  const peer = new RTCPeerConnection({
    iceServers: [],
    bundlePolicy: 'max-bundle',
    codecs: {
      video: [useH264({ parameters: 'packetization-mode=1;profile-level-id=42001f' })],
      audio: [useOPUS()],
    },
  });
  const channel = peer.createDataChannel('vultus');
  const audio = peer.addTransceiver(microphone ?? 'audio', { direction: 'sendrecv' });
  const video = peer.addTransceiver('video', { direction: 'recvonly' });
  await peer.setLocalDescription(await peer.createOffer());
  return { peer, channel, audio, video, sdp: peer.localDescription!.sdp };
}
