/** `@vultus/client/gemini-live`: what a model of Google's Live API says is said by a face. */
import type { LiveConnection } from '../live-connection.ts';
import { bytesOfBase64 } from './base64.ts';
import { FaceSpeech, type Interruption } from './face-speech.ts';
import { type JsonSocket, onJson } from './json-source.ts';

export type { Interruption } from './face-speech.ts';
export type { JsonSocket } from './json-source.ts';

/** A message of the Live API (`LiveServerMessage` of `@google/genai`); the fields that are read. */
export interface GeminiMessage {
  serverContent?: {
    modelTurn?: { parts?: { inlineData?: { data?: string; mimeType?: string } }[] };
    outputTranscription?: { text?: string };
    interrupted?: boolean;
    generationComplete?: boolean;
    turnComplete?: boolean;
  };
  goAway?: { timeLeft?: string };
}

export interface GeminiLiveOptions {
  /** A turn of the model was interrupted, and so much of it was heard. The API has nothing to tell it to. */
  onInterrupted?: (interruption: Interruption) => void;
  /** The server is about to end the connection, in so long (`"9.5s"`): open the next one, with a bridge of its own. */
  onGoAway?: (timeLeft: string | undefined) => void;
}

export interface GeminiLiveBridge {
  /** For `callbacks.onmessage` of `ai.live.connect`. */
  receive(message: GeminiMessage): void;
  /** The face falls silent; the model does not know of it. */
  interrupt(): void;
  /**
   * What was given is said to its end. Resolves when the face has all of it, which after a long answer takes minutes: close
   * its connection no sooner. Idempotent.
   */
  close(): Promise<void>;
}

const FORMATS = [{ encoding: 's16le', sampleRateHz: 24000 }] as const;
/** Of all bridges of this program, so that turns have names of their own on each connection. */
let turns = 0;

/**
 * Says on a face what a model of the Live API says. Each turn is an utterance (`turn-1`, …); when the model is interrupted
 * the face falls silent. The transcript, where it is asked for, becomes words, which are told as they are heard
 * (`speech.word`). Tool calls stay yours. The face has to be connected with `audio: { encoding: 's16le', sampleRateHz:
 * 24000 }`, which is the default.
 *
 * @param socket where you speak to the server yourself; with `@google/genai` give `bridge.receive` to it
 * @throws VultusClientError `invalid_audio` where the face takes voice of another format
 */
export function bridgeGeminiLive(
  live: LiveConnection,
  socket?: JsonSocket,
  { onInterrupted, onGoAway }: GeminiLiveOptions = {},
): GeminiLiveBridge {
  const speech = new FaceSpeech(live, FORMATS, (interruption) => onInterrupted?.(interruption));
  let turn = `turn-${++turns}`;
  let said = false;
  /** What comes late of the transcript belongs to a turn that is over. */
  let lateTranscript = false;
  const next = () => {
    if (said) turn = `turn-${++turns}`;
    said = false;
  };

  const receive = ({ serverContent, goAway }: GeminiMessage) => {
    if (goAway) onGoAway?.(goAway.timeLeft);
    if (!serverContent) return;
    const { modelTurn, outputTranscription, interrupted, generationComplete, turnComplete } = serverContent;
    for (const { inlineData } of modelTurn?.parts ?? []) {
      if (!inlineData?.data || !/^audio\/pcm\b/.test(inlineData.mimeType ?? 'audio/pcm')) continue;
      said = true;
      lateTranscript = false;
      speech.say(turn, bytesOfBase64(inlineData.data));
    }
    if (outputTranscription?.text && !lateTranscript) speech.transcribe(turn, outputTranscription.text);
    if (interrupted) {
      speech.interrupt();
      lateTranscript = true;
      next();
    }
    if (generationComplete) speech.end(turn);
    if (turnComplete) {
      speech.endTranscript(turn);
      speech.end(turn);
      lateTranscript = false;
      next();
    }
  };

  const stop = socket
    ? onJson(socket, { message: (value) => receive(value as GeminiMessage), closed: () => speech.endAll() })
    : () => {};
  return {
    receive,
    interrupt: () => speech.interrupt(),
    close: () => {
      stop();
      return speech.close();
    },
  };
}
