import type { Drawer } from '../contract/drawing.ts';
import type { AudioFormat } from '../contract/formats.ts';
import type { Role } from '../contract/roles.ts';
import type { Outputs } from '../contract/wire/client-messages.ts';
import { WIRE_VERSION } from '../contract/wire/protocol.ts';
import { errorFromClose, VultusClientError } from './client-error.ts';
import { decodableCodecs } from './decodable-codecs.ts';
import { LiveBase } from './live-base.ts';
import { captureMicrophone, type MicrophoneCapture } from './microphone-capture.ts';
import { audioTrackOf } from './microphone-track.ts';

export interface WebSocketOptions {
  /** Format of the voice to come; mono. Default s16le at 24 kHz. */
  audio?: AudioFormat;
  /** Of what `hear` and `setMicrophone` take (for a track it has to be s16le); default: that of `audio`. */
  microphoneAudio?: AudioFormat;
  /** What to send back; default encoded video and Opus voice, or what the avatar is drawn of instead of video. */
  outputs?: Outputs;
  /** `client`: `attachWebCodecs` draws, in a session with `draw: 'client'` (default: as the session was opened). */
  draw?: Drawer;
  /** What `hear` and `setMicrophone` are for: `speak` (default): the avatar says what it hears; `listen`: it listens to it. */
  voiceInput?: 'speak' | 'listen';
  /** `view`: watches beside the others; its voice and controls are refused (`view_only`). Default `control`. */
  role?: Role;
  /** Makes the connection again where it breaks; default true. */
  reconnect?: boolean;
  /** Default 10,000. */
  timeoutMs?: number;
  signal?: AbortSignal;
}

export interface WebSocketAddress {
  /** With the token that is good now. */
  url(): Promise<string>;
  /** A refused upgrade tells a browser nothing. */
  whyRefused(): Promise<VultusClientError>;
  /** What draws the avatar; 304 where it is one of these (ETags). */
  rig(known: readonly string[], signal: AbortSignal): Promise<Response>;
}

/** So often it is looked whether the server says something; it is asked to where it does not. */
const WATCH_MS = 5000;
/** A server that has answered nothing for so long is gone. */
const SILENT_MS = 15_000;

/** The WebSocket route (RFC 6455): for Node, and for browsers that decode by themselves (`attachWebCodecs`). */
export class WebSocketConnection extends LiveBase {
  readonly route = 'websocket';
  protected readonly maxMessageBytes = 1 << 16;
  protected readonly largestMessageBytes = 900_000;
  readonly #address: WebSocketAddress;
  readonly #options: WebSocketOptions;
  readonly #timeoutMs: number;
  #socket: WebSocket | undefined;
  #watch: ReturnType<typeof setInterval> | undefined;
  #heardAtMs = 0;
  #microphone: MicrophoneCapture | undefined;
  /** Counts changes of the microphone: one that opens late must not come after the one that replaced it. */
  #microphoneChanges = 0;

  private constructor(address: WebSocketAddress, sessionId: string, options: WebSocketOptions) {
    super(sessionId, options, options.reconnect);
    this.#address = address;
    this.#options = options;
    this.#timeoutMs = options.timeoutMs ?? 10_000;
    this.on('closed', () => this.#endMicrophone());
  }

  /** @throws VultusClientError with the server's code, `server_unreachable`, `connect_timeout`, `unsupported` */
  static async connect(
    address: WebSocketAddress,
    sessionId: string,
    options: WebSocketOptions,
  ): Promise<WebSocketConnection> {
    if (typeof WebSocket === 'undefined') {
      const hint = 'Node 20 needs one: globalThis.WebSocket = (await import("ws")).WebSocket.';
      throw new VultusClientError('unsupported', `There is no WebSocket here. ${hint}`);
    }
    const connection = new WebSocketConnection(address, sessionId, options);
    await connection.begin(connection.#timeoutMs, options.signal);
    return connection;
  }

  protected async open(signal: AbortSignal | undefined): Promise<void> {
    const [url, videoCodecs] = await Promise.all([this.#address.url(), decodableCodecs()]);
    signal?.throwIfAborted();
    if (this.closed) return;
    const { draw, voiceInput } = this.#options;
    const { outputs = { voice: true, ...(draw === 'client' ? { drawing: true } : { video: true }) } } =
      this.#options;
    const socket = new WebSocket(url);
    this.#socket = socket;
    socket.binaryType = 'arraybuffer';
    let opened = false;
    /** Nothing that comes late of a socket which was dropped. */
    const current = () => this.#socket === socket;
    socket.addEventListener('open', () => {
      opened = true;
      if (!current()) return;
      this.#watchOver();
      this.say({
        type: 'hello',
        version: WIRE_VERSION,
        audio: this.audio,
        outputs,
        ...(this.microphoneAudio !== this.audio && { microphone: this.microphoneAudio }),
        ...(videoCodecs && { videoCodecs }),
        ...(voiceInput && { voiceInput }),
      });
    });
    socket.addEventListener('message', ({ data }) => {
      if (!current()) return;
      this.#heardAtMs = performance.now();
      if (data instanceof ArrayBuffer) this.receive(new Uint8Array(data));
    });
    socket.addEventListener('close', async ({ code, reason }) => {
      if (!current()) return;
      const error = opened ? errorFromClose(code, reason) : await this.#address.whyRefused();
      if (current()) this.lost(error, this.#timeoutMs);
    });
  }

  /** What draws the avatar, where it is drawn here; see `WebSocketAddress`. */
  fetchRig(known: readonly string[], signal: AbortSignal): Promise<Response> {
    return this.#address.rig(known, signal);
  }

  protected drop(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    clearInterval(this.#watch);
    socket?.close(1000);
  }

  /** A network that is gone closes no socket. */
  #watchOver(): void {
    this.#heardAtMs = performance.now();
    this.#watch = setInterval(() => {
      const silentMs = performance.now() - this.#heardAtMs;
      if (silentMs > SILENT_MS)
        this.lost(new VultusClientError('connection_lost', 'The server is silent.'), this.#timeoutMs);
      else if (silentMs > WATCH_MS) this.say({ type: 'ping', id: 0 });
    }, WATCH_MS);
  }

  get bufferedBytes(): number {
    return this.#socket?.bufferedAmount ?? 0;
  }

  async setMicrophone(microphone: MediaStream | MediaStreamTrack | null): Promise<void> {
    const track = audioTrackOf(microphone);
    const format = this.microphoneAudio;
    if (track && format.encoding !== 's16le') {
      throw new VultusClientError('invalid_audio', 'A microphone needs a connection that announced s16le.');
    }
    const change = ++this.#microphoneChanges;
    this.#endMicrophone();
    if (!track || format.encoding !== 's16le') return;
    const capture = await captureMicrophone(track, format.sampleRateHz, (samples) => {
      if (!this.closed && change === this.#microphoneChanges) this.hear(samples);
    });
    if (this.closed || change !== this.#microphoneChanges) capture.close();
    else this.#microphone = capture;
  }

  protected transmit(bytes: Uint8Array<ArrayBuffer>): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(bytes);
  }

  #endMicrophone(): void {
    this.#microphone?.close();
    this.#microphone = undefined;
  }
}
