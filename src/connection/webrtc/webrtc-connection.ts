import { EventEmitter } from 'node:events';
import { MediaStream, RTCPeerConnection, type RTCRtpTransceiver } from 'werift';
import { OPUS_LOOKAHEAD_MS, OPUS_SAMPLE_RATE_HZ } from '../../audio/opus.ts';
import type { VideoPacket, VoicePacket } from '../../contract/outputs.ts';
import { VultusError } from '../../errors.ts';
import type { SessionApi } from '../../session/session-api.ts';
import { finishAnswer } from './answer.ts';
import type { NetworkConditions } from './congestion/bandwidth-estimate.ts';
import { CongestionControl, transportSequenceExtension } from './congestion/congestion-control.ts';
import { ControlChannel } from './control-channel.ts';
import { dropForgedRecords, renumberResends, skipHandshakeRecords } from './dtls-records.ts';
import { KeyFrameGate } from './key-frame-gate.ts';
import { type MediaPacket, MediaSender } from './media-sender.ts';
import { type Offer, readOffer, sameFingerprint } from './offer.ts';
import { Pacer } from './pacer.ts';
import { peerConfig } from './peer-config.ts';
import { PicturePayloads } from './picture-payloads.ts';
import { playoutDelay } from './playout-delay.ts';
import { limitResends, ResendBudget } from './resend-budget.ts';
import { listenToFeedback, type RtcpFeedback } from './rtcp-feedback.ts';
import { SenderReportClock } from './sender-report-clock.ts';
import { VoiceReceiver } from './voice-receiver.ts';
import type { WebRtcOptions } from './webrtc-options.ts';
import { guardSctp } from './werift/sctp-guard.ts';

export type CloseReason = 'closed' | 'session closed' | 'peer left' | 'connection lost';

/** For the last message of the data channel. */
const FAREWELL_MS = 200;
/**
 * The browser opens its sound device only now; voice that arrives meanwhile piles up in its jitter buffer
 * (measured: 200 to 400 ms), which then takes seconds to shrink while lips lead the voice.
 */
const VOICE_HOLD_MS = 500;

/**
 * One WebRTC peer of a session (RFC 8829, answering side): avatar video and voice out, microphone in, and the
 * messages of wire.ts on the data channel `vultus`. Emits `closed` once; the session itself lives on.
 */
export class WebRtcConnection extends EventEmitter<{ connected: []; closed: [CloseReason] }> {
  readonly #session: SessionApi;
  readonly #options: WebRtcOptions;
  readonly #peer: RTCPeerConnection;
  readonly #clock = new SenderReportClock();
  readonly #keyFrames: KeyFrameGate;
  readonly #congestion: CongestionControl;
  readonly #resends: ResendBudget;
  readonly #pacer: Pacer<MediaPacket>;
  readonly #payloads: PicturePayloads;
  #video: MediaSender | undefined;
  #voice: MediaSender | undefined;
  #microphone: VoiceReceiver | undefined;
  readonly #channel: ControlChannel;
  readonly #silence: NodeJS.Timeout;
  #voiceFromMs = Number.POSITIVE_INFINITY;
  #wasConnected = false;
  #closed = false;

  /**
   * Answers an offer. The answer carries all candidates. Throws `invalid_offer`, `session_closed`.
   */
  static async accept(
    session: SessionApi,
    offerSdp: string,
    options: WebRtcOptions,
  ): Promise<{ connection: WebRtcConnection; answerSdp: string }> {
    if (session.closed) throw new VultusError('session_closed');
    const offer = readOffer(offerSdp, session.settings.codec);
    const connection = new WebRtcConnection(session, offer, options);
    try {
      const answerSdp = await connection.#answer(offerSdp, offer);
      return { connection, answerSdp };
    } catch (cause) {
      connection.close();
      if (cause instanceof VultusError) throw cause;
      throw new VultusError('invalid_offer', (cause as Error).message, { cause });
    }
  }

  /**
   * Answers a new offer of the same peer that asks for another way through the network (ICE restart, RFC 8445
   * §9): all else goes on as it is. Throws `invalid_offer`, `session_closed`.
   */
  async restart(offerSdp: string): Promise<string> {
    if (this.#closed || this.#session.closed) throw new VultusError('session_closed');
    readOffer(offerSdp, this.#session.settings.codec);
    const transport = this.#video?.transport;
    if (!transport || !sameFingerprint(offerSdp, this.#peer.remoteDescription?.sdp))
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

  private constructor(session: SessionApi, offer: Offer, options: WebRtcOptions) {
    super();
    this.#session = session;
    this.#options = options;
    this.#peer = new RTCPeerConnection(peerConfig(session, offer, options));
    const { bitrateKbps, codec } = session.settings;
    this.#payloads = new PicturePayloads(codec);
    this.#keyFrames = new KeyFrameGate(() => this.#whileOpen(() => session.requestKeyFrame()));
    this.#congestion = new CongestionControl({
      maxKbps: bitrateKbps,
      minChange: codec === 'h264' ? 0.05 : 0.25,
      setBitrate: (kbps) => this.#setBitrate(kbps),
      setVoiceCopies: (copies) => this.#voice?.setCopies(copies),
      onResumed: () => this.#keyFrames.ask(),
    });
    this.#resends = new ResendBudget(this.#congestion.bitrateKbps);
    this.#pacer = new Pacer(this.#congestion.bitrateKbps, (packet) => this.#video?.send(packet));
    this.#channel = new ControlChannel(session, () => this.#close('connection lost'));
    this.#silence = setTimeout(() => this.#close('connection lost'), options.timeoutMs ?? 15_000).unref();
    session.once('closed', this.#onSessionClosed);
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** What the network to this peer is like, and the bitrate that follows from it. */
  get network(): NetworkConditions & { bitrateKbps: number } {
    return { ...this.#congestion.conditions, bitrateKbps: this.#congestion.bitrateKbps };
  }

  /** Idempotent. Where the session itself has just ended, the peer is told first. */
  close(): void {
    if (this.#session.closed) this.#onSessionClosed();
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
    this.#video = new MediaSender(transceiver.sender, this.#clock, { kind: 'video', clockRateHz: 90000 });
    await this.#video.attach();
    limitResends(transceiver.sender, this.#resends, () => this.#keyFrames.ask());
  }

  async #addAudio(transceiver: RTCRtpTransceiver, stream: MediaStream, offer: Offer): Promise<void> {
    transceiver.setDirection(!offer.microphone ? 'sendonly' : offer.listens ? 'sendrecv' : 'recvonly');
    if (offer.listens) {
      transceiver.sender.setStreams([stream]);
      this.#voice = new MediaSender(transceiver.sender, this.#clock, {
        kind: 'audio',
        clockRateHz: OPUS_SAMPLE_RATE_HZ,
        codecDelayMs: OPUS_LOOKAHEAD_MS,
      });
      await this.#voice.attach();
    }
    if (offer.microphone) {
      const microphone = new VoiceReceiver((samples) => this.#hear(samples));
      this.#microphone = microphone;
      // The remote description is applied, so the track is there; a peer has one microphone.
      transceiver.receiver.track.onReceiveRtp.subscribe(({ header, payload }) => {
        if (!this.#closed) microphone.receive(header, payload);
      });
    }
  }

  #listen(): void {
    const [transceiver] = this.#peer.getTransceivers().filter(({ kind }) => kind === 'video');
    const transport = transceiver?.sender.dtlsTransport;
    if (!transport || !this.#video) return;
    const videoSsrc = this.#video.ssrc;
    const extensionId = transportSequenceExtension(transceiver.headerExtensions);
    const delay = playoutDelay(transceiver.headerExtensions);
    if (delay) this.#video.extensions = [delay];
    if (extensionId !== undefined) this.#congestion.watch(transport, extensionId);
    renumberResends(transport);
    skipHandshakeRecords(transport);
    dropForgedRecords(transport);
    transport.onStateChange.subscribe((state) => state === 'closed' && this.#close('peer left'));
    listenToFeedback(transport, (feedback: RtcpFeedback) => {
      this.#silence.refresh();
      this.#congestion.take(feedback, videoSsrc);
      if (feedback.kind === 'key-frame-request' && feedback.mediaSsrc === videoSsrc) this.#keyFrames.ask();
    });
  }

  #onState(state: RTCPeerConnection['connectionState']): void {
    if (state === 'connected') this.#onConnected();
    // One that was connected may be restarted, until it has not been heard of for too long.
    else if (state === 'failed' && !this.#wasConnected) this.#close('connection lost');
    else if (state === 'closed') this.#close('peer left');
  }

  #onConnected(): void {
    if (this.#closed || this.#session.closed) return;
    this.#wasConnected = true;
    this.#voiceFromMs = Math.min(this.#voiceFromMs, performance.now() + VOICE_HOLD_MS);
    // A peer that comes back after its network was gone needs a key frame too.
    this.#session.off('video', this.#onVideo).on('video', this.#onVideo);
    this.#session.off('voice', this.#onVoice).on('voice', this.#onVoice);
    this.#session.setOutputs({ video: true, voice: true }, this);
    this.#session.setBitrate(this.#congestion.bitrateKbps);
    this.#session.requestKeyFrame();
    this.emit('connected');
  }

  readonly #onVideo = (picture: VideoPacket): void => {
    if (!this.#video) return;
    const packets = this.#video.packets(this.#payloads.of(picture), picture.mediaTimeMs);
    if (picture.key) this.#resends.keyFrame(packets[0].rtp.header.sequenceNumber);
    this.#pacer.push(packets);
  };

  readonly #onVoice = ({ data, mediaTimeMs }: VoicePacket): void => {
    if (performance.now() < this.#voiceFromMs) return;
    for (const packet of this.#voice?.packets([data], mediaTimeMs) ?? []) this.#voice?.send(packet);
  };

  readonly #onSessionClosed = (): void => {
    // The data channel still has to say so.
    setTimeout(() => this.#close('session closed'), FAREWELL_MS).unref();
  };

  #hear(samples: Float32Array): void {
    this.#whileOpen(() => {
      if (this.#options.voiceInput === 'speak') this.#session.pushVoice(samples, { live: true });
      else this.#session.hearUser(samples);
    });
  }

  #setBitrate(bitrateKbps: number): void {
    this.#pacer.setBitrate(bitrateKbps);
    this.#resends.setBitrate(bitrateKbps, this.#congestion.conditions.lossFraction);
    this.#whileOpen(() => this.#session.setBitrate(bitrateKbps));
  }

  /** Packets come in at any time, also when the session has just ended or is full. */
  #whileOpen(action: () => void): void {
    if (this.#closed || this.#session.closed) return;
    try {
      action();
    } catch (error) {
      if (!(error instanceof VultusError)) throw error;
    }
  }

  #close(reason: CloseReason): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#silence);
    this.#session.off('closed', this.#onSessionClosed);
    this.#session.off('video', this.#onVideo);
    this.#session.off('voice', this.#onVoice);
    if (!this.#session.closed) this.#session.setOutputs({ video: false, voice: false }, this);
    this.#congestion.close();
    this.#pacer.close();
    this.#channel.close();
    this.#microphone?.close();
    this.#video?.close();
    this.#voice?.close();
    // Goodbyes of SCTP and DTLS go out in the background; what fails now concerns nobody.
    this.#peer.close().catch(() => {});
    this.emit('closed', reason);
  }
}
