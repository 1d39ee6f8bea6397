import type { Word } from '../contract/speech.ts';
import type { LiveConnection } from './live-connection.ts';

export interface PacedVoiceOptions {
  sampleRateHz: number;
  /** How far ahead of real time to run; enough for a page whose timers are throttled in the background. */
  aheadMs?: number;
  /** What is said in it, in order; given with its voice. */
  words?: readonly Word[];
  /** A name for the utterance. */
  utterance?: string;
  /** Ends it early; call `interrupt()` too to silence what is already on the server. */
  signal?: AbortSignal;
  /** Milliseconds handed over so far. */
  onProgress?: (sentMs: number) => void;
}

const CHUNK_MS = 100;

/**
 * Speaks a whole recording: hands it over in chunks, a little ahead of real time, so that any length fits the
 * server's bounded buffer, and marks the end. Resolves when the last sample was handed over, was stopped by
 * `signal`, or the connection closed.
 */
export async function speakPaced(
  live: LiveConnection,
  samples: Float32Array,
  options: PacedVoiceOptions,
): Promise<void> {
  const { sampleRateHz, aheadMs = 1500, words = [], utterance, signal, onProgress } = options;
  const name = utterance === undefined ? {} : { utterance };
  const chunk = Math.round((sampleRateHz * CHUNK_MS) / 1000);
  const startedAt = performance.now();
  let sent = 0;
  let wordsSent = 0;
  while (sent < samples.length && !signal?.aborted && !live.closed) {
    const sentMs = (sent / sampleRateHz) * 1000;
    const aheadOfTimeMs = sentMs - (performance.now() - startedAt);
    if (aheadOfTimeMs > aheadMs) {
      await new Promise((resolve) => setTimeout(resolve, CHUNK_MS));
      continue;
    }
    live.speak(samples.subarray(sent, sent + chunk), name);
    const begun = words.filter(({ startMs }) => startMs < sentMs + CHUNK_MS).length;
    if (begun > wordsSent) live.words(words.slice(wordsSent, begun), name);
    wordsSent = Math.max(wordsSent, begun);
    sent = Math.min(sent + chunk, samples.length);
    onProgress?.((sent / sampleRateHz) * 1000);
  }
  if (!live.closed && !signal?.aborted) live.endSpeech(name);
}
