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
  /** `view`: watches beside the others; its voice and controls are refused (`view_only`). Default `control`. */
  role?: Role;
  iceServers?: RTCIceServer[];
  /** Only by way of a TURN server in `iceServers`. */
  relayOnly?: boolean;
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

/** The WebRTC route (browser only): the avatar as tracks, messages on a data channel (RFC 8831). */
export class WebRtcConnection extends LiveBase {
  readonly route = 'webrtc';
  /** What every SCTP stack takes in one message is 16 KiB (RFC 8831 §6.6); the rest is for the envelope. */
  protected readonly maxMessageBytes = 15 * 1024;
  /** The connection below, for statistics. */
  readonly peer: RTCPeerConnection;
  /** Voice and picture of the avatar. */
  readonly stream = new MediaStream();
  readonly #channel: RTCDataChannel;
  readonly #voiceIn: RTCRtpTransceiver;
  readonly #video: HTMLVideoElement | undefined;
  #iceRestart: IceRestart | undefined;

  private constructor(
    sessionId: string,
    audio: AudioFormat,
    peer: RTCPeerConnection,
    options: WebRtcOptions,
  ) {
    super(sessionId, audio);
    this.peer = peer;
    this.#video = options.video;
    this.#channel = peer.createDataChannel(CONTROL_CHANNEL, { ordered: true });
    this.#channel.binaryType = 'arraybuffer';
    // Both ways from the start, so that a microphone can come and go without a new offer.
    this.#voiceIn = peer.addTransceiver(audioTrackOf(options.microphone ?? null) ?? 'audio', {
      direction: 'sendrecv',
    });
    peer.addTransceiver('video', { direction: 'recvonly' });
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
    const audio = options.audio ?? { encoding: 's16le', sampleRateHz: 24000 };
    const peer = new RTCPeerConnection({
      iceServers: options.iceServers ?? [],
      iceTransportPolicy: options.relayOnly ? 'relay' : 'all',
      bundlePolicy: 'max-bundle',
    });
    const connection = new WebRtcConnection(sessionId, audio, peer, options);
    connection.#listen();
    const ready = connection.untilReady(options.timeoutMs ?? 15_000, options.signal);
    // The offer may fail first; then this rejection is already told by the one below.
    ready.catch(() => {});
    try {
      await connection.#offer(signalling, options);
    } catch (error) {
      connection.close();
      throw error;
    }
    await ready;
    connection.#restartWhereLost(signalling);
    return connection;
  }

  protected get largestMessageBytes(): number {
    return this.peer.sctp?.maxMessageSize ?? this.maxMessageBytes;
  }

  get bufferedBytes(): number {
    return this.#channel.bufferedAmount;
  }

  async setMicrophone(microphone: MediaStream | MediaStreamTrack | null): Promise<void> {
    await this.#voiceIn.sender.replaceTrack(audioTrackOf(microphone));
  }

  protected transmit(bytes: Uint8Array<ArrayBuffer>): void {
    if (this.#channel.readyState === 'open') this.#channel.send(bytes);
  }

  protected release(): void {
    this.#iceRestart?.close();
    if (this.#video?.srcObject === this.stream) this.#video.srcObject = null;
    this.#channel.close();
    this.peer.close();
  }

  #listen(): void {
    const channel = this.#channel;
    channel.onopen = () =>
      this.send({ type: 'hello', version: WIRE_VERSION, audio: this.audio, outputs: {} });
    channel.onmessage = ({ data }) => {
      if (data instanceof ArrayBuffer) this.receive(new Uint8Array(data));
    };
    channel.onclose = () => {
      this.finish(new VultusClientError('connection_lost', 'The server ended the connection.'));
    };
    this.peer.onconnectionstatechange = () => {
      if (this.peer.connectionState === 'failed' && !this.#iceRestart) this.#fail();
    };
    this.peer.ontrack = ({ track }) => {
      this.stream.addTrack(track);
      if (!this.#video || this.#video.srcObject === this.stream) return;
      this.#video.srcObject = this.stream;
      // Elements without `autoplay` play too; where the browser wants a gesture first, the page's own play() goes on.
      this.#video.play().catch(() => {});
    };
  }

  async #offer(signalling: Signalling, options: WebRtcOptions): Promise<void> {
    const offer = await this.#describe();
    options.signal?.throwIfAborted();
    const { voiceInput = 'speak' } = options;
    const answer = await signalling.connect({ ...offer, voiceInput }, options.signal);
    if (this.closed) return;
    await this.peer.setRemoteDescription(answer);
  }

  async #describe(): Promise<Description> {
    await this.peer.setLocalDescription();
    await gathered(this.peer);
    return { type: 'offer', sdp: this.peer.localDescription?.sdp ?? '' };
  }

  #restartWhereLost(signalling: Signalling): void {
    this.#iceRestart = new IceRestart(this.peer, {
      restart: async () => {
        this.peer.restartIce();
        const offer = await this.#describe();
        try {
          const answer = await signalling.restart(offer);
          if (!this.closed) await this.peer.setRemoteDescription(answer);
        } catch (error) {
          if (!this.closed) await this.peer.setLocalDescription({ type: 'rollback' });
          throw error;
        }
      },
      giveUp: () => this.#fail(),
    });
  }

  #fail(): void {
    this.finish(
      new VultusClientError(
        'connection_lost',
        'The WebRTC connection failed; a firewall may block UDP. The WebSocket route may work.',
      ),
    );
  }
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
