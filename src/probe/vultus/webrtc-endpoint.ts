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
} from 'werift';
import { OPUS_SAMPLE_RATE_HZ, OpusDecoder } from '../../audio/opus.ts';
import { CONTROL_CHANNEL } from '../../contract/wire.ts';
import type { Observer } from '../endpoint.ts';
import { ReceivedPictures } from './received-pictures.ts';
import { type CreatedSession, SessionEndpoint } from './session-endpoint.ts';

const CODECS = {
  video: [
    useH264({
      rtcpFeedback: [useNACK(), usePLI(), useTWCC()],
      parameters: 'packetization-mode=1;profile-level-id=42001f',
    }),
  ],
  audio: [useOPUS()],
};
const HEADER_EXTENSIONS = {
  video: [useSdesMid(), useTransportWideCC()],
  audio: [useSdesMid(), useTransportWideCC()],
};

/**
 * A session by WebRTC, as a browser has it: tracks, and messages on a data channel. What comes is taken as the network
 * brings it, without a player's buffers.
 */
export class WebRtcEndpoint extends SessionEndpoint {
  readonly name = `Vultus server ${this.server.url}, WebRTC`;
  readonly #peer = new RTCPeerConnection({
    iceServers: [],
    bundlePolicy: 'max-bundle',
    codecs: CODECS,
    headerExtensions: HEADER_EXTENSIONS,
  });
  readonly #voice = new OpusDecoder();
  readonly #pictures = new ReceivedPictures();
  readonly #channel = this.#peer.createDataChannel(CONTROL_CHANNEL);

  protected async open({ webrtcUrl }: CreatedSession, observer: Observer): Promise<void> {
    const peer = this.#peer;
    const channel = this.#channel;
    const { promise: opened, resolve } = Promise.withResolvers<void>();
    channel.stateChanged.subscribe((state) => {
      if (state === 'open') resolve();
      else if (state === 'closed') observer.lost('the data channel was closed');
    });
    channel.onMessage.subscribe((data) => this.take(Buffer.from(data as Buffer), performance.now()));
    peer.connectionStateChange.subscribe((state) => {
      if (state === 'failed') observer.lost('no way through the network');
    });
    // `recvonly`, as a page without a microphone.
    for (const kind of ['audio', 'video'] as const) peer.addTransceiver(kind, { direction: 'recvonly' });
    peer.onTrack.subscribe((track) => this.#follow(track, observer));
    await peer.setLocalDescription(await peer.createOffer());
    const { type, sdp } = peer.localDescription!;
    await peer.setRemoteDescription(await this.server.call('POST', webrtcUrl, { type, sdp }));
    await opened;
    this.greet({});
  }

  protected send(message: Uint8Array): void {
    if (this.#channel.readyState === 'open') this.#channel.send(Buffer.from(message));
  }

  protected async leave(): Promise<void> {
    await this.#peer.close();
    this.#voice.close();
    this.#pictures.close();
  }

  #follow(track: MediaStreamTrack, observer: Observer): void {
    const { receiver } = this.#peer.getTransceivers().find(({ kind }) => kind === track.kind)!;
    track.onReceiveRtp.subscribe((packet) => {
      const atMs = performance.now();
      if (track.kind === 'audio') {
        if (packet.payload.length > 0)
          observer.sound(this.#voice.decode(packet.payload), OPUS_SAMPLE_RATE_HZ, atMs);
        return;
      }
      for (const picture of this.#pictures.take(packet)) observer.picture(picture, atMs);
      if (this.#pictures.wantsKeyFrame(atMs)) void receiver.sendRtcpPLI(packet.header.ssrc);
    });
  }
}
