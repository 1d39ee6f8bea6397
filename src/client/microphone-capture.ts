import { VultusClientError } from './client-error.ts';

export interface MicrophoneCapture {
  close(): void;
}

/** Runs in the audio thread: gathers 20 ms of the first channel and posts it. */
const WORKLET = `
registerProcessor('vultus-capture', class extends AudioWorkletProcessor {
  constructor() {
    super();
    this.block = new Float32Array(Math.round(sampleRate / 50));
    this.filled = 0;
  }
  process([[channel]]) {
    if (!channel) return true;
    let at = 0;
    while (at < channel.length) {
      const part = channel.subarray(at, at + this.block.length - this.filled);
      this.block.set(part, this.filled);
      this.filled += part.length;
      at += part.length;
      if (this.filled === this.block.length) {
        this.port.postMessage(this.block, [this.block.buffer]);
        this.block = new Float32Array(Math.round(sampleRate / 50));
        this.filled = 0;
      }
    }
    return true;
  }
});`;

/**
 * Hands a microphone track out as mono float32 blocks of 20 ms (browser only).
 *
 * Every browser captures at its own rate of output; another `sampleRateHz` works where the browser resamples
 * (Chromium does, Firefox refuses), so announce `preferredSampleRateHz()`.
 * @throws VultusClientError `unsupported`
 */
export async function captureMicrophone(
  track: MediaStreamTrack,
  sampleRateHz: number,
  onSamples: (samples: Float32Array) => void,
): Promise<MicrophoneCapture> {
  if (typeof AudioWorkletNode === 'undefined') {
    throw new VultusClientError(
      'unsupported',
      'The microphone needs a browser with AudioWorklet over HTTPS.',
    );
  }
  const context = new AudioContext({ sampleRate: sampleRateHz, latencyHint: 'interactive' });
  const module = URL.createObjectURL(new Blob([WORKLET], { type: 'text/javascript' }));
  try {
    await context.audioWorklet.addModule(module);
    const source = context.createMediaStreamSource(new MediaStream([track]));
    const capture = new AudioWorkletNode(context, 'vultus-capture', {
      numberOfOutputs: 0,
      channelCount: 1,
      channelCountMode: 'explicit',
    });
    capture.port.onmessage = ({ data }: MessageEvent<Float32Array>) => onSamples(data);
    source.connect(capture);
    await context.resume();
    return {
      close() {
        capture.port.onmessage = null;
        source.disconnect();
        void context.close();
      },
    };
  } catch (cause) {
    void context.close();
    throw new VultusClientError('unsupported', 'This browser cannot hand out the microphone at this rate.', {
      cause,
    });
  } finally {
    URL.revokeObjectURL(module);
  }
}

/** The browser's own rate within what the server takes (8–48 kHz); 24,000 where there is no Web Audio. */
export function preferredSampleRateHz(): number {
  if (typeof AudioContext === 'undefined') return 24_000;
  const context = new AudioContext();
  const { sampleRate } = context;
  void context.close();
  return sampleRate >= 8000 && sampleRate <= 48_000 ? sampleRate : 48_000;
}
