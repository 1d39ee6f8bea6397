import type { LiveEvents } from './live-connection.ts';
import type { PlayoutClock } from './playout-clock.ts';

const SAMPLE_RATE_HZ = 48_000;
/** Below this peak a packet counts as silence (−50 dBFS). */
const SILENCE_PEAK = 0.003;
/** Packets inside the decoder; a decoder that changes timestamps must not make their list grow for hours. */
const MAX_IN_DECODER = 100;

export const VOICE_CODEC: AudioDecoderConfig = {
  codec: 'opus',
  sampleRate: SAMPLE_RATE_HZ,
  numberOfChannels: 1,
};

interface Scheduled {
  epoch: number;
  source: AudioBufferSourceNode;
}

/** Decodes Opus packets with WebCodecs and plays each at its due time with Web Audio. */
export class VoicePlayer {
  readonly #context: AudioContext;
  readonly #clock: PlayoutClock;
  readonly #gain: GainNode;
  readonly #onError: (error: unknown) => void;
  #decoder: AudioDecoder;
  #closed = false;
  readonly #epochs = new Map<number, number>();
  readonly #scheduled = new Set<Scheduled>();
  #epoch = 0;
  #destination: MediaStreamAudioDestinationNode | undefined;

  /** @param onError told of each packet that cannot be decoded; the voice goes on with the next one */
  constructor(context: AudioContext, clock: PlayoutClock, onError: (error: unknown) => void) {
    this.#context = context;
    this.#clock = clock;
    this.#gain = new GainNode(context);
    this.#gain.connect(context.destination);
    this.#onError = onError;
    this.#decoder = this.#open();
  }

  /** 0..1. */
  set volume(value: number) {
    this.#gain.gain.setTargetAtTime(value, this.#context.currentTime, 0.015);
  }

  /** What is heard, as a track of a `MediaStream`. */
  get track(): MediaStreamTrack {
    this.#destination ??= new MediaStreamAudioDestinationNode(this.#context);
    this.#gain.connect(this.#destination);
    return this.#destination.stream.getAudioTracks()[0];
  }

  push({ mediaTimeMs, epoch, data }: LiveEvents['voice']): void {
    if (this.#closed) return;
    // A damaged packet closes the decoder; every packet of Opus is a place to begin again.
    if (this.#decoder.state === 'closed') this.#decoder = this.#open();
    if (epoch > this.#epoch) this.#startEpoch(epoch);
    const timestamp = Math.round(mediaTimeMs * 1000);
    this.#epochs.set(timestamp, epoch);
    if (this.#epochs.size > MAX_IN_DECODER) this.#epochs.delete(this.#epochs.keys().next().value!);
    this.#decoder.decode(new EncodedAudioChunk({ type: 'key', timestamp, data }));
  }

  close(): void {
    this.#closed = true;
    for (const { source } of this.#scheduled) source.stop();
    this.#scheduled.clear();
    this.#gain.disconnect();
    if (this.#decoder.state !== 'closed') this.#decoder.close();
  }

  #open(): AudioDecoder {
    const decoder = new AudioDecoder({
      output: (data) => this.#schedule(data),
      error: (cause) => {
        if (this.#closed) return;
        this.#epochs.clear();
        this.#onError(cause);
      },
    });
    decoder.configure(VOICE_CODEC);
    return decoder;
  }

  /** What belongs to an interrupted utterance falls silent at once. */
  #startEpoch(epoch: number): void {
    this.#epoch = epoch;
    for (const item of this.#scheduled) {
      if (item.epoch < epoch) item.source.stop();
    }
  }

  #schedule(data: AudioData): void {
    const epoch = this.#epochs.get(data.timestamp) ?? this.#epoch;
    this.#epochs.delete(data.timestamp);
    // While the browser holds sound back (before a gesture), pictures run alone.
    if (epoch < this.#epoch || this.#context.state !== 'running') {
      data.close();
      return;
    }
    const samples = new Float32Array(data.numberOfFrames);
    data.copyTo(samples, { planeIndex: 0, format: 'f32-planar' });
    const { timestamp, sampleRate } = data;
    data.close();
    if (isSilent(samples)) this.#clock.tighten(this.#context.currentTime * 1000);

    const dueMs = this.#clock.playTimeMs(timestamp / 1000);
    if (dueMs === undefined || dueMs / 1000 < this.#context.currentTime) return;
    const buffer = this.#context.createBuffer(1, samples.length, sampleRate);
    buffer.copyToChannel(samples, 0);
    const source = new AudioBufferSourceNode(this.#context, { buffer });
    source.connect(this.#gain);
    const item = { epoch, source };
    source.onended = () => {
      this.#scheduled.delete(item);
      source.disconnect();
    };
    this.#scheduled.add(item);
    source.start(dueMs / 1000);
  }
}

function isSilent(samples: Float32Array): boolean {
  for (const sample of samples) {
    if (sample > SILENCE_PEAK || sample < -SILENCE_PEAK) return false;
  }
  return true;
}
