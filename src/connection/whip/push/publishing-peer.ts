import { MediaStream, type RTCDtlsTransport, RTCPeerConnection, type RTCRtpTransceiver } from 'werift';
import type { CodecChoice, VideoCodec } from '../../../contract/formats.ts';
import type { SessionSettings } from '../../../contract/session-settings.ts';
import { VultusError, withCode } from '../../../errors.ts';
import type { Attachment } from '../../attachment.ts';
import { alive, type Offer, parseDescription, readOffer, receives } from '../../webrtc/offer.ts';
import { offeringConfig } from '../../webrtc/peer-config.ts';
import { PeerMedia } from '../../webrtc/peer-media.ts';
import { RemoteCandidates } from '../../webrtc/remote-candidates.ts';
import { remoteDescription } from '../../webrtc/remote-description.ts';
import { listenToFeedback } from '../../webrtc/rtcp-feedback.ts';
import type { IceServer, WebRtcOptions } from '../../webrtc/webrtc-options.ts';
import { cureTransport } from '../../webrtc/werift/cured-transport.ts';
import { sayGoodbye } from '../../webrtc/werift/goodbye.ts';
import { fragmentOfAnswer } from '../trickle-fragment.ts';

export interface PublishingPeerListeners {
  connected(): void;
  /** It was there and is not any more, or did not come; in words. */
  lost(detail: string): void;
}

export type PublishingPeerOptions = Pick<WebRtcOptions, 'udpPorts' | 'timeoutMs'>;

/** The offering side of one WebRTC connection (RFC 8829): the session's picture and voice go out, nothing comes in. */
export class PublishingPeer {
  readonly #peer: RTCPeerConnection;
  readonly #media: PeerMedia;
  readonly #on: PublishingPeerListeners;
  readonly #settings: Readonly<SessionSettings>;
  readonly #transceivers: { video: RTCRtpTransceiver; audio: RTCRtpTransceiver };
  readonly #stream = new MediaStream();
  readonly #silence: NodeJS.Timeout;
  #codec: VideoCodec | undefined;
  #connected = false;
  #closed = false;

  constructor(
    settings: Readonly<SessionSettings>,
    attachment: Attachment,
    on: PublishingPeerListeners,
    { udpPorts, timeoutMs = 15_000 }: PublishingPeerOptions,
  ) {
    this.#settings = settings;
    this.#on = on;
    this.#peer = new RTCPeerConnection(offeringConfig(settings.codec, { udpPorts }));
    this.#media = new PeerMedia(settings, () => {});
    this.#media.attach(attachment);
    this.#transceivers = {
      audio: this.#peer.addTransceiver('audio', { direction: 'sendonly' }),
      video: this.#peer.addTransceiver('video', { direction: 'sendonly' }),
    };
    this.#silence = setTimeout(() => this.#lose('not heard of any more'), timeoutMs).unref();
  }

  /** Of the pictures; undefined before the answer, or where it takes none. */
  get codec(): VideoCodec | undefined {
    return this.#codec;
  }

  get network(): PeerMedia['network'] {
    return this.#media.network;
  }

  /** Without candidates: which servers help to find them is told with the answer (RFC 9725 §4.6). */
  async offer(): Promise<string> {
    for (const { sender } of Object.values(this.#transceivers)) sender.setStreams([this.#stream]);
    return (await this.#peer.createOffer()).sdp;
  }

  /**
   * Takes the answer and begins to connect.
   * @returns our candidates, as a fragment of trickle ICE (RFC 8840)
   * @throws VultusError `push_refused` where the answer takes nothing that is sent, or cannot be read
   */
  async answered(answerSdp: string, iceServers: IceServer[]): Promise<string> {
    const peer = this.#peer;
    try {
      const answer = readAnswer(answerSdp, this.#settings.codec);
      const [transport] = peer.dtlsTransports;
      peer.setConfiguration({ iceServers });
      this.#cure(transport, iceServers);
      peer.connectionStateChange.subscribe((state) => this.#onState(state));
      await peer.setLocalDescription({ type: 'offer', sdp: '' });
      await this.#send(answer);
      const sdp = remoteDescription(answerSdp, answer, new RemoteCandidates());
      await peer.setRemoteDescription({ type: 'answer', sdp });
      this.#media.watch(peer.getTransceivers());
    } catch (cause) {
      if (cause instanceof VultusError && cause.code === 'invalid_offer')
        throw new VultusError('push_refused', `its answer: ${cause.detail}`);
      throw withCode('push_refused', cause);
    }
    return fragmentOfAnswer(peer.localDescription?.sdp ?? '');
  }

  /** Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#silence);
    this.#media.close();
    for (const transport of this.#peer.dtlsTransports) sayGoodbye(transport);
    this.#peer.close().catch(() => {});
  }

  async #send({ video, audio }: Offer): Promise<void> {
    this.#codec = video?.codec;
    if (video) await this.#media.addVideo(this.#transceivers.video, this.#stream, video.codec);
    if (audio?.listens) await this.#media.addVoice(this.#transceivers.audio, this.#stream);
    if (!video && !audio?.listens)
      throw new VultusError('push_refused', 'its answer takes neither picture nor voice');
  }

  #cure(transport: RTCDtlsTransport, iceServers: readonly IceServer[]): void {
    cureTransport(transport, {
      payloadTypes: [],
      hasStunServer: iceServers.some(({ urls }) => urls.startsWith('stun')),
      onHeard: () => {},
    });
    transport.onStateChange.subscribe((state) => {
      if (state === 'closed' || state === 'failed') this.#lose(`DTLS ${state}`);
    });
    listenToFeedback(transport, (feedback) => {
      this.#silence.refresh();
      this.#media.hear(feedback);
    });
  }

  #onState(state: RTCPeerConnection['connectionState']): void {
    if (state === 'connected' && !this.#connected && !this.#closed) {
      this.#connected = true;
      this.#silence.refresh();
      this.#media.connected();
      this.#on.connected();
    } else if (state === 'failed' || state === 'closed') this.#lose(`the way to it has ${state}`);
  }

  #lose(detail: string): void {
    if (this.#closed) return;
    this.close();
    this.#on.lost(detail);
  }
}

/** What of our offer is taken: an answer may leave out the picture (RFC 3264 §6), as endpoints for voices do. */
function readAnswer(sdp: string, choice: CodecChoice): Offer {
  const takesVideo = alive(parseDescription(sdp), 'video').some(receives);
  return readOffer(sdp, choice, { video: takesVideo, voice: true, microphone: false, messages: false });
}
