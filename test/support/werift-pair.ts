import { type MediaStreamTrack, type RTCDtlsTransport, RTCPeerConnection, useOPUS, useVP8 } from 'werift';

/** Two peers of werift that offer and answer each other; `prepare` sees the answering side before it gathers. */
export async function weriftPair(
  prepare: (
    transport: RTCDtlsTransport,
    answerer: RTCPeerConnection,
    remote: RTCDtlsTransport,
  ) => void = () => {},
  microphone?: MediaStreamTrack,
) {
  const configuration: ConstructorParameters<typeof RTCPeerConnection>[0] = {
    iceServers: [],
    bundlePolicy: 'max-bundle',
    codecs: { video: [useVP8()], audio: [useOPUS()] },
  };
  const [offerer, answerer] = [new RTCPeerConnection(configuration), new RTCPeerConnection(configuration)];
  const channel = offerer.createDataChannel('test');
  offerer.addTransceiver(microphone ?? 'audio', { direction: 'sendrecv' });
  offerer.addTransceiver('video', { direction: 'recvonly' });
  await offerer.setLocalDescription(await offerer.createOffer());
  await answerer.setRemoteDescription(offerer.localDescription!);
  prepare(answerer.dtlsTransports[0], answerer, offerer.dtlsTransports[0]);
  for (const { sender } of answerer.getTransceivers()) sender.setStreams([]);
  await answerer.setLocalDescription(await answerer.createAnswer());
  await offerer.setRemoteDescription(answerer.localDescription!);
  return {
    offerer,
    answerer,
    channel,
    /** Of the answering side. */
    transport: answerer.dtlsTransports[0],
    /** Of the other one. */
    remote: offerer.dtlsTransports[0],
    async connected() {
      await Promise.all(
        [offerer, answerer].map((peer) =>
          peer.connectionState === 'connected'
            ? undefined
            : peer.connectionStateChange.watch((state) => state === 'connected', 15_000),
        ),
      );
    },
    async close() {
      await Promise.all([offerer.close(), answerer.close()]);
    },
  };
}
