import type { AudioFormat } from '../contract/formats.ts';
import type { Role } from '../contract/roles.ts';
import { WIRE_VERSION } from '../contract/wire/protocol.ts';
import { errorFromClose, VultusClientError } from './client-error.ts';
import { decodableCodecs } from './decodable-codecs.ts';
import { LiveBase } from './live-base.ts';
import { captureMicrophone, type MicrophoneCapture } from './microphone-capture.ts';
import { audioTrackOf } from './microphone-track.ts';

export interface WebSocketOptions {
  /** Format of the voice to come; mono. Default s16le at 24 kHz. */
  audio?: AudioFormat;
  /** What to send back; default encoded video and Opus voice. */
  outputs?: { video?: boolean; voice?: boolean; motion?: boolean };
  /** What `setMicrophone` is for: `speak` (default): the avatar says what it hears; `listen`: it listens to it. */
  voiceInput?: 'speak' | 'listen';
  /** `view`: watches beside the others; its voice and controls are refused (`view_only`). Default `control`. */
  role?: Role;
  /** Default 10,000. */
  timeoutMs?: number;
  signal?: AbortSignal;
}

/** The WebSocket route (RFC 6455): for Node, and for browsers that decode by themselves (`attachWebCodecs`). */
export class WebSocketConnection extends LiveBase {
  readonly route = 'websocket';
  protected readonly maxMessageBytes = 1 << 16;
  protected readonly largestMessageBytes = 900_000;
  readonly #socket: WebSocket;
  #microphone: MicrophoneCapture | undefined;
  /** Counts changes of the microphone: one that opens late must not come after the one that replaced it. */
  #microphoneChanges = 0;

  private constructor(sessionId: string, audio: AudioFormat, socket: WebSocket) {
    super(sessionId, audio);
    this.#socket = socket;
  }

  /** @throws VultusClientError with the server's code, `server_unreachable`, `connect_timeout` */
  static async connect(
    url: string,
    sessionId: string,
    options: WebSocketOptions,
  ): Promise<WebSocketConnection> {
    const audio = options.audio ?? { encoding: 's16le', sampleRateHz: 24000 };
    const videoCodecs = await decodableCodecs();
    const socket = new WebSocket(url);
    socket.binaryType = 'arraybuffer';
    const connection = new WebSocketConnection(sessionId, audio, socket);
    let opened = false;
    socket.addEventListener('open', () => {
      opened = true;
      if (connection.closed) return;
      connection.send({
        type: 'hello',
        version: WIRE_VERSION,
        audio,
        outputs: options.outputs ?? { video: true, voice: true },
        ...(videoCodecs && { videoCodecs }),
        ...(options.voiceInput && { voiceInput: options.voiceInput }),
      });
    });
    socket.addEventListener('message', ({ data }) => {
      if (data instanceof ArrayBuffer) connection.receive(new Uint8Array(data));
    });
    socket.addEventListener('close', ({ code, reason }) => {
      connection.finish(
        opened
          ? errorFromClose(code, reason)
          : new VultusClientError('server_unreachable', `No WebSocket could be opened at ${url}.`, {
              closeCode: code,
            }),
      );
    });
    await connection.untilReady(options.timeoutMs ?? 10_000, options.signal);
    return connection;
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  async setMicrophone(microphone: MediaStream | MediaStreamTrack | null): Promise<void> {
    const track = audioTrackOf(microphone);
    if (track && this.audio.encoding !== 's16le') {
      throw new VultusClientError('invalid_audio', 'A microphone needs a connection that announced s16le.');
    }
    const change = ++this.#microphoneChanges;
    this.#microphone?.close();
    this.#microphone = undefined;
    if (!track || this.audio.encoding !== 's16le') return;
    const capture = await captureMicrophone(track, this.audio.sampleRateHz, (samples) => {
      if (!this.closed && change === this.#microphoneChanges) this.sendMicrophone(samples);
    });
    if (this.closed || change !== this.#microphoneChanges) capture.close();
    else this.#microphone = capture;
  }

  protected transmit(bytes: Uint8Array<ArrayBuffer>): void {
    this.#socket.send(bytes);
  }

  protected release(): void {
    this.#microphone?.close();
    this.#microphone = undefined;
    this.#socket.close(1000);
  }
}
