import type { AudioFormat } from '../contract/formats.ts';
import type { Role } from '../contract/roles.ts';
import { CONTROL_CHANNEL, WIRE_VERSION } from '../contract/wire/protocol.ts';
import { VultusClientError } from './client-error.ts';
import { IceRestart } from './ice-restart.ts';
import { LiveBase } from './live-base.ts';
import { audioTrackOf } from './microphone-track.ts';

export interface WebRtcOptions {
  /** Shows the avatar and plays its voice. */
  video?: HTMLVideoElement;
  /** The voice, or what the avatar listens to (see `voiceInput`); can be set later with `setMicrophone`. */
  microphone?: MediaStream | MediaStreamTrack | null;
  /** `speak` (default): the avatar says what the microphone hears; `listen`: it listens to it. */
  voiceInput?: 'speak' | 'listen';
  /** Format of voice that is given by `speak()` on the data channel; default s16le at 24 kHz. */
  audio?: AudioFormat;
  /** Of what `hear` is given; default: that of `audio`. */
  microphoneAudio?: AudioFormat;
  /** `view`: watches beside the others; its voice and controls are refused (`view_only`). Default `control`. */
  role?: Role;
  iceServers?: RTCIceServer[];
  /** Only by way of a TURN server in `iceServers`. */
  relayOnly?: boolean;
  /** Makes the connection again where it breaks and another way through the network does not help; default true. */
  reconnect?: boolean;
  /** Default 15,000. */
  timeoutMs?: number;
  signal?: AbortSignal;
}

interface Description {
  type: 'offer' | 'answer';
  sdp: string;
}

/** Brings offers to the server, and resolves with its answers. */
export interface Signalling {
  connect(
    offer: Description & { voiceInput: 'speak' | 'listen' },
    signal: AbortSignal | undefined,
  ): Promise<Description>;
  /** A new offer of a connection that is there. */
  restart(offer: Description): Promise<Description>;
}

/** All candidates are gathered before the offer leaves; a slow STUN server must not hold it up for longer. */
const GATHERING_LIMIT_MS = 2000;

/** Codes of the server after which no way through the network leads to the session; tokens end with it. */
const GONE: readonly string[] = ['session_not_found', 'session_closed', 'unauthorized'];

/** One peer connection and what belongs to it. */
interface Transport {
  peer: RTCPeerConnection;
  channel: RTCDataChannel;
  voiceIn: RTCRtpTransceiver;
  /** From `ready` on. */
  iceRestart?: IceRestart;
}

/** The WebRTC route (browser only): the avatar as tracks, messages on a data channel (RFC 8831). */
export class WebRtcConnection extends LiveBase {
  readonly route = 'webrtc';
  /** What every SCTP stack takes in one message is 16 KiB (RFC 8831 §6.6); the rest is for the envelope. */
  protected readonly maxMessageBytes = 15 * 1024;
  /** Voice and picture of the avatar. */
  readonly stream = new MediaStream();
  readonly #signalling: Signalling;
  readonly #options: WebRtcOptions;
  readonly #timeoutMs: number;
  #microphone: MediaStreamTrack | null;
  #transport: Transport | undefined;

  private constructor(signalling: Signalling, sessionId: string, options: WebRtcOptions) {
    super(sessionId, options, options.reconnect);
    this.#signalling = signalling;
    this.#options = options;
    this.#timeoutMs = options.timeoutMs ?? 15_000;
    this.#microphone = audioTrackOf(options.microphone ?? null);
    this.on('closed', () => {
      const { video } = options;
      if (video?.srcObject === this.stream) video.srcObject = null;
    });
  }

  /** @throws VultusClientError with the server's code, `unsupported`, `connect_timeout`, `connection_lost` */
  static async connect(
    signalling: Signalling,
    sessionId: string,
    options: WebRtcOptions,
  ): Promise<WebRtcConnection> {
    if (typeof RTCPeerConnection === 'undefined') {
      throw new VultusClientError('unsupported', 'There is no WebRTC here; use connectWebSocket.');
    }
    const connection = new WebRtcConnection(signalling, sessionId, options);
    await connection.begin(connection.#timeoutMs, options.signal);
    return connection;
  }

  /** The connection below, for statistics; a new one after `reconnected`. */
  get peer(): RTCPeerConnection | undefined {
    return this.#transport?.peer;
  }

  protected get largestMessageBytes(): number {
    return this.peer?.sctp?.maxMessageSize ?? this.maxMessageBytes;
  }

  get bufferedBytes(): number {
    return this.#transport?.channel.bufferedAmount ?? 0;
  }

  async setMicrophone(microphone: MediaStream | MediaStreamTrack | null): Promise<void> {
    this.#microphone = audioTrackOf(microphone);
    await this.#transport?.voiceIn.sender.replaceTrack(this.#microphone);
  }

  protected transmit(bytes: Uint8Array<ArrayBuffer>): void {
    const channel = this.#transport?.channel;
    if (channel?.readyState === 'open') channel.send(bytes);
  }

  protected async open(signal: AbortSignal | undefined): Promise<void> {
    const { iceServers = [], relayOnly, voiceInput = 'speak' } = this.#options;
    const peer = new RTCPeerConnection({
      iceServers,
      iceTransportPolicy: relayOnly ? 'relay' : 'all',
      bundlePolicy: 'max-bundle',
    });
    const channel = peer.createDataChannel(CONTROL_CHANNEL, { ordered: true });
    // Both ways from the start, so that a microphone can come and go without a new offer.
    const voiceIn = peer.addTransceiver(this.#microphone ?? 'audio', { direction: 'sendrecv' });
    peer.addTransceiver('video', { direction: 'recvonly' });
    const transport: Transport = { peer, channel, voiceIn };
    this.#transport = transport;
    this.#listen(transport);
    const offer = await describe(peer);
    signal?.throwIfAborted();
    const answer = await this.#signalling.connect({ ...offer, voiceInput }, signal);
    if (this.#transport === transport) await peer.setRemoteDescription(answer);
  }

  protected override onReady(): void {
    const transport = this.#transport!;
    transport.iceRestart ??= new IceRestart(transport.peer, {
      restart: () => this.#restart(transport.peer),
      giveUp: () => this.#fail(transport),
    });
  }

  protected drop(): void {
    const transport = this.#transport;
    this.#transport = undefined;
    transport?.iceRestart?.close();
    transport?.channel.close();
    transport?.peer.close();
  }

  #listen(transport: Transport): void {
    const { peer, channel } = transport;
    const current = () => this.#transport === transport;
    channel.binaryType = 'arraybuffer';
    channel.onopen = () => {
      if (!current()) return;
      const { audio, microphoneAudio } = this;
      const { voiceInput = 'speak' } = this.#options;
      this.say({
        ...{ type: 'hello', version: WIRE_VERSION, audio, voiceInput, outputs: {} },
        ...(microphoneAudio !== audio && { microphone: microphoneAudio }),
      });
    };
    channel.onmessage = ({ data }) => {
      if (current() && data instanceof ArrayBuffer) this.receive(new Uint8Array(data));
    };
    channel.onclose = () => {
      const message = 'The server ended the connection.';
      if (current()) this.lost(new VultusClientError('connection_lost', message), this.#timeoutMs);
    };
    peer.onconnectionstatechange = () => {
      if (peer.connectionState === 'failed' && !transport.iceRestart) this.#fail(transport);
    };
    peer.ontrack = ({ track }) => this.#show(track);
  }

  #show(track: MediaStreamTrack): void {
    const { stream } = this;
    for (const former of stream.getTracks()) if (former.kind === track.kind) stream.removeTrack(former);
    stream.addTrack(track);
    const { video } = this.#options;
    if (!video || video.srcObject === stream) return;
    video.srcObject = stream;
    // Elements without `autoplay` play too; where the browser wants a gesture first, the page's own play() goes on.
    video.play().catch(() => {});
  }

  async #restart(peer: RTCPeerConnection): Promise<void> {
    peer.restartIce();
    const offer = await describe(peer);
    const isOpen = () => this.peer === peer;
    try {
      const answer = await this.#signalling.restart(offer);
      if (isOpen()) await peer.setRemoteDescription(answer);
    } catch (error) {
      if (isOpen()) await peer.setLocalDescription({ type: 'rollback' });
      if (isOpen()) this.#endIfRefused(error);
      throw error;
    }
  }

  #endIfRefused(error: unknown): void {
    if (!(error instanceof VultusClientError)) return;
    const { code, message } = error;
    if (GONE.includes(code)) this.lost(error, this.#timeoutMs);
    // The session is there, but the server knows this peer no more.
    else if (code === 'invalid_offer')
      this.lost(new VultusClientError('connection_lost', message), this.#timeoutMs);
  }

  #fail(transport: Transport): void {
    if (this.#transport !== transport) return;
    const message = 'The WebRTC connection failed; a firewall may block UDP. The WebSocket route may work.';
    this.lost(new VultusClientError('connection_lost', message), this.#timeoutMs);
  }
}

async function describe(peer: RTCPeerConnection): Promise<Description> {
  await peer.setLocalDescription();
  await gathered(peer);
  return { type: 'offer', sdp: peer.localDescription?.sdp ?? '' };
}

function gathered(peer: RTCPeerConnection): Promise<void> {
  return new Promise((resolve) => {
    const check = () => {
      if (peer.iceGatheringState === 'complete') resolve();
    };
    peer.addEventListener('icegatheringstatechange', check);
    setTimeout(resolve, GATHERING_LIMIT_MS);
    check();
  });
}
