import { EventEmitter } from 'node:events';
import { MediaStream, RTCPeerConnection, type RTCRtpTransceiver } from 'werift';
import { OPUS_LOOKAHEAD_MS, OPUS_SAMPLE_RATE_HZ } from '../../audio/opus.ts';
import { Containment } from '../../containment.ts';
import { OPUS_VOICE, usualVideo, type VoicePacket } from '../../contract/outputs.ts';
import type { Role } from '../../contract/roles.ts';
import type { SessionSettings } from '../../contract/session-settings.ts';
import { VultusError } from '../../errors.ts';
import type { SessionApi, Taking } from '../../session/session-api.ts';
import { Attachment } from '../attachment.ts';
import type { CloseReason, Connection, ConnectionEvents } from '../connection.ts';
import { finishAnswer } from './answer.ts';
import { ControlChannel } from './control-channel.ts';
import { dropForgedRecords, renumberResends, skipHandshakeRecords } from './dtls-records.ts';
import { MediaSender } from './media-sender.ts';
import { type Offer, readOffer, sameFingerprint } from './offer.ts';
import { peerConfig } from './peer-config.ts';
import { listenToFeedback } from './rtcp-feedback.ts';
import { SenderReportClock } from './sender-report-clock.ts';
import { VideoSender } from './video-sender.ts';
import { VoiceReceiver } from './voice-receiver.ts';
import type { WebRtcOptions } from './webrtc-options.ts';
import { guardSctp } from './werift/sctp-guard.ts';

/** For the last message of the data channel. */
const FAREWELL_MS = 200;
/**
 * The browser opens its sound device only now; voice that arrives meanwhile piles up in its jitter buffer
 * (measured: 200 to 400 ms), which then takes seconds to shrink while lips lead the voice.
 */
const VOICE_HOLD_MS = 500;

/**
 * One WebRTC peer of a session (RFC 8829, answering side): avatar video and voice out, microphone in, and the
 * messages of wire.ts on the data channel `vultus`. A viewer's microphone is not taken.
 */
export class WebRtcConnection
  extends EventEmitter<ConnectionEvents & { connected: [] }>
  implements Connection
{
  readonly kind = 'webrtc';
  readonly role: Role;
  readonly #settings: Readonly<SessionSettings>;
  readonly #options: WebRtcOptions;
  readonly #walls = new Containment((error) => this.#end('failed', error));
  readonly #peer: RTCPeerConnection;
  readonly #clock = new SenderReportClock();
  readonly #channel: ControlChannel;
  readonly #silence: NodeJS.Timeout;
  #attachment: Attachment | undefined;
  #taking: Taking | undefined;
  #video: VideoSender | undefined;
  #voice: MediaSender | undefined;
  #microphone: VoiceReceiver | undefined;
  #voiceFromMs = Number.POSITIVE_INFINITY;
  #wasConnected = false;
  #ending = false;
  #closed = false;

  /**
   * Answers an offer; the answer carries all candidates. The connection has to be attached to the session before
   * the peer is told the answer. Throws `invalid_offer`.
   */
  static async accept(
    { settings }: Pick<SessionApi, 'settings'>,
    offerSdp: string,
    options: WebRtcOptions,
  ): Promise<{ connection: WebRtcConnection; answerSdp: string }> {
    const offer = readOffer(offerSdp, settings.codec);
    if (options.role === 'view') offer.microphone = false;
    const connection = new WebRtcConnection(settings, offer, options);
    try {
      const answerSdp = await connection.#walls.enter(() => connection.#answer(offerSdp, offer));
      return { connection, answerSdp };
    } catch (cause) {
      connection.close();
      if (cause instanceof VultusError) throw cause;
      throw new VultusError('invalid_offer', (cause as Error).message, { cause });
    }
  }

  private constructor(settings: SessionSettings, offer: Offer, options: WebRtcOptions) {
    super();
    this.role = options.role ?? 'control';
    this.#settings = settings;
    this.#options = options;
    // All that werift begins for this peer, timers and sockets too, is within its walls.
    this.#peer = this.#walls.enter(() => new RTCPeerConnection(peerConfig(settings.codec, offer, options)));
    const { nextToken } = options;
    this.#channel = new ControlChannel(
      { role: this.role, nextToken },
      {
        stuck: () => this.#close('connection lost'),
        keyFrame: () => this.#taking?.requestKeyFrame(),
      },
    );
    this.#silence = setTimeout(() => this.#close('connection lost'), options.timeoutMs ?? 15_000).unref();
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** What the network to this peer is like, and the bitrate that follows from it. */
  get network(): VideoSender['network'] {
    // An answer without video is never given.
    return this.#video!.network;
  }

  attach(session: SessionApi): void {
    const attachment = new Attachment(session, this.#walls);
    this.#attachment = attachment;
    this.#channel.attach(attachment);
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
    readOffer(offerSdp, this.#settings.codec);
    const transport = this.#video?.transport;
    if (!transport || !this.isOfPeer(offerSdp))
      throw new VultusError('invalid_offer', 'not of the peer that is connected');
    const before = transport.iceTransport.iceRestarts;
    try {
      await this.#peer.setRemoteDescription({ type: 'offer', sdp: offerSdp });
      await this.#peer.setLocalDescription(await this.#peer.createAnswer());
    } catch (cause) {
      throw new VultusError('invalid_offer', (cause as Error).message, { cause });
    }
    // werift 0.25 restarts its own side, but does not look for a way where DTLS is connected already.
    if (transport.iceTransport.iceRestarts > before) {
      transport.iceTransport.start().then(
        () => this.#onConnected(),
        () => {},
      );
    }
    return finishAnswer(this.#peer.localDescription?.sdp ?? '', this.#options.publicHost);
  }

  close(reason?: VultusError): void {
    if (reason) this.#end('closed', reason);
    else this.#close('closed');
  }

  async #answer(offerSdp: string, offer: Offer): Promise<string> {
    const peer = this.#peer;
    peer.onDataChannel.subscribe((channel) => this.#channel.take(channel));
    peer.connectionStateChange.subscribe((state) => this.#onState(state));
    await peer.setRemoteDescription({ type: 'offer', sdp: offerSdp });
    if (peer.sctpTransport) guardSctp(peer.sctpTransport, () => this.#close('peer left'));
    const stream = new MediaStream();
    for (const transceiver of peer.getTransceivers()) {
      if (transceiver.kind === 'video') await this.#addVideo(transceiver, stream);
      else await this.#addAudio(transceiver, stream, offer);
    }
    await peer.setLocalDescription(await peer.createAnswer());
    this.#listen();
    const sdp = peer.localDescription?.sdp;
    if (!sdp || !this.#video) throw new VultusError('invalid_offer', 'no common video format');
    return finishAnswer(sdp, this.#options.publicHost);
  }

  async #addVideo(transceiver: RTCRtpTransceiver, stream: MediaStream): Promise<void> {
    transceiver.setDirection('sendonly');
    transceiver.sender.setStreams([stream]);
    this.#video = await VideoSender.open(transceiver, this.#clock, {
      ...this.#settings,
      wishes: {
        keyFrame: () => this.#attachment?.contain(() => this.#taking?.requestKeyFrame()),
        bitrate: (kbps) => this.#attachment?.contain(() => this.#taking?.setBitrate(kbps)),
        voiceCopies: (copies) => this.#voice?.setCopies(copies),
      },
    });
  }

  async #addAudio(transceiver: RTCRtpTransceiver, stream: MediaStream, offer: Offer): Promise<void> {
    const { microphone, listens } = offer;
    transceiver.setDirection(!microphone ? 'sendonly' : listens ? 'sendrecv' : 'recvonly');
    if (listens) {
      transceiver.sender.setStreams([stream]);
      this.#voice = new MediaSender(transceiver.sender, this.#clock, {
        kind: 'audio',
        clockRateHz: OPUS_SAMPLE_RATE_HZ,
        codecDelayMs: OPUS_LOOKAHEAD_MS,
      });
      await this.#voice.attach();
    }
    if (microphone) {
      const receiver = new VoiceReceiver((samples) => this.#hear(samples));
      this.#microphone = receiver;
      // The remote description is applied, so the track is there; a peer has one microphone.
      transceiver.receiver.track.onReceiveRtp.subscribe(({ header, payload }) =>
        this.#attachment?.contain(() => receiver.receive(header, payload)),
      );
    }
  }

  #listen(): void {
    const transceiver = this.#peer.getTransceivers().find(({ kind }) => kind === 'video');
    const transport = transceiver?.sender.dtlsTransport;
    if (!transport || !this.#video) return;
    const video = this.#video;
    video.watch(transceiver);
    renumberResends(transport);
    skipHandshakeRecords(transport);
    dropForgedRecords(transport);
    transport.onStateChange.subscribe((state) => state === 'closed' && this.#close('peer left'));
    listenToFeedback(transport, (feedback) => {
      this.#silence.refresh();
      this.#attachment?.contain(() => video.take(feedback));
    });
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
      this.#voiceFromMs = Math.min(this.#voiceFromMs, performance.now() + VOICE_HOLD_MS);
      // A peer that comes back after its network was gone needs a key frame too.
      if (this.#taking) this.#taking.requestKeyFrame();
      else this.#takeMedia();
    });
    if (!this.#closed) this.emit('connected');
  }

  #takeMedia(): void {
    const { bitrateKbps } = this.network;
    this.#taking = this.#attachment?.take([{ ...usualVideo(this.#settings), bitrateKbps }, OPUS_VOICE], {
      video: (picture) => this.#video?.send(picture),
      voice: (packet) => this.#sendVoice(packet),
      warning: (warning) => this.#channel.warn(warning),
    });
    this.#taking?.setBitrate(bitrateKbps);
  }

  #sendVoice({ data, mediaTimeMs }: VoicePacket): void {
    if (performance.now() < this.#voiceFromMs) return;
    for (const packet of this.#voice?.packets([data], mediaTimeMs) ?? []) this.#voice?.send(packet);
  }

  #hear(samples: Float32Array): void {
    // Another one may speak already.
    if (this.#ending) return;
    this.#attachment?.contain(() => {
      const { session } = this.#attachment!;
      if (this.#options.voiceInput === 'listen') return session.hearUser(samples);
      try {
        session.pushVoice(samples, { live: true });
      } catch (cause) {
        // A microphone goes on also where the session is full.
        if (!(cause instanceof VultusError)) throw cause;
      }
    });
  }

  /** The peer is told first, as far as it has a data channel. */
  #end(why: CloseReason, error?: VultusError): void {
    if (this.#ending || this.#closed) return;
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
    this.#video?.close();
    this.#voice?.close();
    // Goodbyes of SCTP and DTLS go out in the background; what fails now concerns nobody.
    this.#peer.close().catch(() => {});
    this.emit('closed', why, error);
  }
}
