import { EventEmitter } from 'node:events';
import { MediaStream, type RTCDtlsTransport, RTCPeerConnection, type RTCRtpTransceiver } from 'werift';
import { createBudgets } from '../../budget/budgets.ts';
import { Containment } from '../../containment.ts';
import type { Role } from '../../contract/roles.ts';
import type { SessionSettings } from '../../contract/session-settings.ts';
import { VultusError, withCode } from '../../errors.ts';
import type { SessionApi } from '../../session/session-api.ts';
import { Attachment } from '../attachment.ts';
import type { CloseReason, Connection, ConnectionEvents } from '../connection.ts';
import { finishAnswer } from './answer.ts';
import { ControlChannel } from './control-channel.ts';
import { Microphone } from './microphone.ts';
import { type Offer, type OfferedAudio, readOffer, sameFingerprint } from './offer.ts';
import { peerConfig } from './peer-config.ts';
import { PeerMedia } from './peer-media.ts';
import { RemoteCandidates } from './remote-candidates.ts';
import { answerFor, remoteDescription } from './remote-description.ts';
import { listenToFeedback } from './rtcp-feedback.ts';
import { type WebRtcKind, type WebRtcOptions, wantedBy } from './webrtc-options.ts';
import { cureTransport } from './werift/cured-transport.ts';
import { sayGoodbye } from './werift/goodbye.ts';
import { addRemoteCandidates } from './werift/late-candidates.ts';
import { lookForAnotherWay } from './werift/restarted-ice.ts';
import { guardSctp } from './werift/sctp-guard.ts';

/** For the last message of the data channel. */
const FAREWELL_MS = 200;

/**
 * One WebRTC peer of a session (RFC 8829, answering side): avatar video and voice out, microphone in, and the
 * messages of wire.ts on the data channel `vultus`. A viewer's microphone is not taken.
 */
export class WebRtcConnection
  extends EventEmitter<ConnectionEvents & { connected: [] }>
  implements Connection
{
  readonly kind: WebRtcKind;
  readonly role: Role;
  readonly #settings: Readonly<SessionSettings>;
  readonly #options: WebRtcOptions;
  readonly #walls = new Containment((error) => this.#end('failed', error));
  readonly #peer: RTCPeerConnection;
  readonly #media: PeerMedia;
  readonly #channel: ControlChannel;
  readonly #silence: NodeJS.Timeout;
  #candidates = new RemoteCandidates();
  #attachment: Attachment | undefined;
  #microphone: Microphone | undefined;
  #wasConnected = false;
  #ending = false;
  #closed = false;

  /**
   * Answers an offer; the answer carries all candidates. The connection has to be attached to the session before
   * the peer is told the answer. Throws `invalid_offer`, `at_capacity` (no UDP port is free).
   */
  static async accept(
    { settings }: Pick<SessionApi, 'settings'>,
    offerSdp: string,
    options: WebRtcOptions,
  ): Promise<{ connection: WebRtcConnection; answerSdp: string }> {
    const offer = readOffer(offerSdp, settings.codec, wantedBy(options));
    const connection = new WebRtcConnection(settings, offer, options);
    try {
      const answerSdp = await connection.#walls.enter(() => connection.#answer(offerSdp, offer));
      return { connection, answerSdp };
    } catch (cause) {
      connection.close();
      throw withCode('invalid_offer', cause);
    }
  }

  private constructor(settings: SessionSettings, offer: Offer, options: WebRtcOptions) {
    super();
    this.kind = options.kind ?? 'webrtc';
    this.role = options.role ?? 'control';
    this.#settings = settings;
    this.#options = options;
    // All that werift begins for this peer, timers and sockets too, is within its walls.
    this.#peer = this.#walls.enter(() => new RTCPeerConnection(peerConfig(offer, options)));
    this.#channel = new ControlChannel(
      { budgets: createBudgets(), ...options, role: this.role, videoCodec: offer.video?.codec },
      {
        stuck: () => this.#close('connection lost'),
        keyFrame: () => this.#media.requestKeyFrame(),
        drawer: (drawer) => this.#media.setDrawer(drawer),
        abuse: () => this.#end('abuse'),
      },
    );
    this.#media = new PeerMedia(settings, (warning) => this.#channel.warn(warning));
    this.#silence = setTimeout(() => this.#close('connection lost'), options.timeoutMs ?? 15_000).unref();
  }

  get closed(): boolean {
    return this.#closed;
  }

  get joined(): boolean {
    return this.#wasConnected;
  }

  /** What the network to this peer is like, and the bitrate that follows from it; undefined without video. */
  get network(): PeerMedia['network'] {
    return this.#media.network;
  }

  attach(session: SessionApi): void {
    const attachment = new Attachment(session, this.#walls);
    this.#attachment = attachment;
    this.#channel.attach(attachment);
    this.#media.attach(attachment);
    attachment.on({ closed: () => this.#end('session closed') });
  }

  /** Whether this offer is of the same peer, one with the same certificate, and that one is not taking its leave. */
  isOfPeer(offerSdp: string): boolean {
    return !this.#ending && sameFingerprint(offerSdp, this.#peer.remoteDescription?.sdp);
  }

  /**
   * Answers a new offer of the same peer that asks for another way through the network (ICE restart, RFC 8445
   * §9): all else goes on as it is. Throws `invalid_offer`, `session_closed`.
   */
  async restart(offerSdp: string): Promise<string> {
    if (this.#closed || this.#ending) throw new VultusError('session_closed');
    const offer = readOffer(offerSdp, this.#settings.codec, wantedBy(this.#options));
    const [transport] = this.#peer.dtlsTransports;
    if (!transport || !this.isOfPeer(offerSdp))
      throw new VultusError('invalid_offer', 'not of the peer that is connected');
    const before = transport.iceTransport.iceRestarts;
    let answerSdp: string;
    try {
      answerSdp = await this.#walls.enter(async () => {
        await this.#hearOffer(offerSdp, offer);
        return this.#sayAnswer(offerSdp, offer);
      });
    } catch (cause) {
      throw withCode('invalid_offer', cause);
    }
    lookForAnotherWay(transport.iceTransport, before, () => this.#onConnected());
    return answerSdp;
  }

  /** Tries these addresses of the peer too (`a=candidate:…`, RFC 8838), as far as they are of use. */
  addCandidates(lines: readonly string[]): void {
    const [transport] = this.#peer.dtlsTransports;
    if (this.#closed || this.#ending || !transport) return;
    const wanted = lines.filter((line) => this.#candidates.take(line));
    this.#walls.run(() => addRemoteCandidates(transport.iceTransport, wanted));
  }

  close(reason?: VultusError): void {
    if (reason) this.#end('closed', reason);
    else this.#close('closed');
  }

  async #answer(offerSdp: string, offer: Offer): Promise<string> {
    const peer = this.#peer;
    peer.onDataChannel.subscribe((channel) => this.#channel.take(channel));
    peer.connectionStateChange.subscribe((state) => this.#onState(state));
    await this.#hearOffer(offerSdp, offer);
    for (const transport of peer.dtlsTransports) this.#cure(transport, offer);
    if (peer.sctpTransport) guardSctp(peer.sctpTransport, (cause) => this.#blame('SCTP', cause));
    const stream = new MediaStream();
    for (const transceiver of peer.getTransceivers()) {
      if (transceiver.kind === 'audio') {
        if (offer.audio) await this.#addAudio(transceiver, stream, offer.audio);
      } else if (offer.video) {
        transceiver.setDirection('sendonly');
        await this.#media.addVideo(transceiver, stream, offer.video.codec);
      }
    }
    const answerSdp = await this.#sayAnswer(offerSdp, offer);
    this.#media.watch(peer.getTransceivers());
    return answerSdp;
  }

  async #hearOffer(offerSdp: string, offer: Offer): Promise<void> {
    // An ICE session has candidates of its own.
    this.#candidates = new RemoteCandidates();
    const sdp = remoteDescription(offerSdp, offer, this.#candidates);
    await this.#peer.setRemoteDescription({ type: 'offer', sdp });
  }

  /** With all candidates. */
  async #sayAnswer(offerSdp: string, offer: Offer): Promise<string> {
    await this.#peer.setLocalDescription(await this.#peer.createAnswer());
    const sdp = this.#peer.localDescription?.sdp ?? '';
    if (!sdp.includes('a=candidate:')) throw new VultusError('at_capacity', 'no UDP port is free');
    return finishAnswer(answerFor(offerSdp, offer, sdp), this.#options.publicHost);
  }

  async #addAudio(transceiver: RTCRtpTransceiver, stream: MediaStream, audio: OfferedAudio): Promise<void> {
    const { microphone, listens } = audio;
    transceiver.setDirection(!microphone ? 'sendonly' : listens ? 'sendrecv' : 'recvonly');
    if (listens) await this.#media.addVoice(transceiver, stream);
    if (microphone) {
      // The remote description is applied, so the track is there; a peer has one microphone.
      this.#microphone = new Microphone(transceiver.receiver.track, {
        // Another one may speak already.
        attachment: () => (this.#ending ? undefined : this.#attachment),
        isOfUser: () => (this.#channel.voiceInput ?? this.#options.voiceInput) === 'listen',
        onHeard: () => this.#silence.refresh(),
      });
    }
  }

  #cure(transport: RTCDtlsTransport, { audio, isDtlsClient }: Offer): void {
    if (isDtlsClient) transport.role = 'server';
    cureTransport(transport, {
      payloadTypes: audio?.microphone ? [audio.opus, audio.redundantOpus] : [],
      hasStunServer: this.#options.iceServers?.some(({ urls }) => urls.startsWith('stun')) ?? false,
      // A peer without media has nothing else to send for a long time.
      onHeard: () => this.#peer.getTransceivers().length === 0 && this.#silence.refresh(),
    });
    transport.onStateChange.subscribe((state) => {
      if (state === 'closed') this.#close('peer left');
      else if (state === 'failed' && this.#wasConnected) this.#blame('DTLS');
    });
    listenToFeedback(transport, (feedback) => {
      this.#silence.refresh();
      this.#attachment?.contain(() => this.#media.hear(feedback));
    });
  }

  /** What came of the peer was more than werift bears. */
  #blame(protocol: string, cause?: unknown): void {
    this.#walls.fail(new VultusError('protocol_violated', protocol, { cause }));
  }

  #onState(state: RTCPeerConnection['connectionState']): void {
    if (state === 'connected') this.#onConnected();
    // One that was connected may be restarted, until it has not been heard of for too long.
    else if (state === 'failed' && !this.#wasConnected) this.#close('connection lost');
    else if (state === 'closed') this.#close('peer left');
  }

  #onConnected(): void {
    this.#attachment?.contain(() => {
      this.#wasConnected = true;
      this.#media.connected();
    });
    if (!this.#closed) this.emit('connected');
  }

  /** The peer is told first, as far as it has a data channel. */
  #end(why: CloseReason, error?: VultusError): void {
    if (this.#ending || this.#closed) return;
    if (!this.#wasConnected) {
      this.#close(why, error);
      return;
    }
    this.#ending = true;
    if (why === 'failed') this.#attachment?.close();
    if (error) this.#channel.tell(error);
    setTimeout(() => this.#close(why, error), FAREWELL_MS).unref();
  }

  #close(why: CloseReason, error?: VultusError): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#silence);
    this.#attachment?.close();
    this.#channel.close();
    this.#microphone?.close();
    this.#media.close();
    if (!this.#peer.sctpTransport) for (const transport of this.#peer.dtlsTransports) sayGoodbye(transport);
    // The goodbye of SCTP goes out in the background; what fails now concerns nobody.
    this.#peer.close().catch(() => {});
    this.emit('closed', why, error);
  }
}
