/** `@vultus/client/openai-realtime`: what a model of OpenAI's Realtime API says, by WebSocket, is said by a face. */
import { VultusClientError } from '../client-error.ts';
import type { LiveConnection } from '../live-connection.ts';
import { bytesOfBase64 } from './base64.ts';
import { FaceSpeech, type Interruption } from './face-speech.ts';
import { type JsonSocket, onJson } from './json-source.ts';

export type { Interruption } from './face-speech.ts';
export type { JsonSocket } from './json-source.ts';

/** An event of the Realtime API; of those that are known the fields that are read. */
export interface RealtimeEvent {
  type: string;
  response_id?: string;
  item_id?: string;
  delta?: string;
  response?: { id?: string };
  session?: unknown;
}

/** What the bridge tells the model. */
export type RealtimeCommand =
  | { type: 'conversation.item.truncate'; item_id: string; content_index: 0; audio_end_ms: number }
  | { type: 'response.cancel'; response_id?: string };

/** Of the npm package `openai`: `OpenAIRealtimeWS`, `OpenAIRealtimeWebSocket`. */
export interface RealtimeEmitter {
  send(event: RealtimeCommand): void;
  on(name: 'event', listener: (event: RealtimeEvent) => void): unknown;
  off(name: 'event', listener: (event: RealtimeEvent) => void): unknown;
}

export interface OpenAiRealtimeOptions {
  /** Whether the face falls silent when the model hears the user begin to talk; default true. */
  bargeIn?: boolean;
  /** An item was interrupted; the model has been told. */
  onInterrupted?: (interruption: Interruption) => void;
}

export interface OpenAiRealtimeBridge {
  /** For events that come by another way than the source. */
  receive(event: RealtimeEvent): void;
  /** The face falls silent, and the model is told what was heard. */
  interrupt(): void;
  /**
   * What was given is said to its end. Resolves when the face has all of it, which after a long answer takes minutes: close
   * its connection no sooner. Idempotent.
   */
  close(): Promise<void>;
}

/** What the model calls them: its `audio.output.format`. */
const FORMATS = [
  { encoding: 's16le', sampleRateHz: 24000, type: 'audio/pcm' },
  { encoding: 'pcmu', sampleRateHz: 8000, type: 'audio/pcmu' },
  { encoding: 'pcma', sampleRateHz: 8000, type: 'audio/pcma' },
] as const;

/**
 * Says on a face what a Realtime model says. Each item is an utterance that bears its id; where the face is interrupted,
 * by the user's talking or by anybody else, the item is truncated to what was really heard of it. The transcript becomes
 * words, which are told as they are heard (`speech.word`). Everything else, function calls too, stays yours: the bridge
 * only listens, and sends nothing but `conversation.item.truncate` and `response.cancel`.
 *
 * The face has to be connected for the model's output format: `audio: { encoding: 's16le', sampleRateHz: 24000 }` for
 * `audio/pcm`, the default of both, or `pcmu`, `pcma` at 8000 Hz for those of telephones. By WebRTC there is no audio in the events: give the remote track
 * to `live.setMicrophone` instead; Realtime then knows by itself what was heard.
 *
 * @throws VultusClientError `invalid_audio` where the face takes voice of another format
 */
export function bridgeOpenAiRealtime(
  live: LiveConnection,
  source: JsonSocket | RealtimeEmitter,
  { bargeIn = true, onInterrupted }: OpenAiRealtimeOptions = {},
): OpenAiRealtimeBridge {
  const send = (command: RealtimeCommand) =>
    'addEventListener' in source ? source.send(JSON.stringify(command)) : source.send(command);
  /** The response that is being made, and the last of which nothing more is said. */
  let active: string | undefined;
  let cancelled: string | undefined;
  const responses = new Map<string, string>();

  const speech = new FaceSpeech(live, FORMATS, (interruption) => {
    const { item, heardMs } = interruption;
    send({ type: 'conversation.item.truncate', item_id: item, content_index: 0, audio_end_ms: heardMs });
    cancel();
    onInterrupted?.(interruption);
  });
  const cancel = () => {
    if (active === undefined || active === cancelled) return;
    cancelled = active;
    send({ type: 'response.cancel', response_id: active });
  };

  const receive = (event: RealtimeEvent) => {
    const { type, item_id: item = '', response_id: response, delta = '' } = event;
    switch (type) {
      case 'session.created':
      case 'session.updated':
        assertFormat(live, event.session);
        break;
      case 'response.created':
        active = event.response?.id;
        break;
      case 'response.output_audio.delta':
        if (response !== undefined && response === cancelled) break;
        if (response !== undefined) responses.set(item, response);
        speech.say(item, bytesOfBase64(delta));
        break;
      case 'response.output_audio_transcript.delta':
        if (response === undefined || response !== cancelled) speech.transcribe(item, delta);
        break;
      case 'response.output_audio_transcript.done':
        speech.endTranscript(item);
        break;
      case 'response.output_audio.done':
        speech.end(item);
        break;
      case 'response.done':
        if (event.response?.id === active) active = undefined;
        for (const [name, of] of responses) {
          if (of !== event.response?.id) continue;
          speech.endTranscript(name);
          speech.end(name);
          responses.delete(name);
        }
        break;
      case 'input_audio_buffer.speech_started':
        if (!bargeIn) break;
        // The model cancels its response by itself.
        cancelled = active;
        speech.interrupt();
    }
  };

  let stop: () => void;
  if ('addEventListener' in source) {
    stop = onJson(source, {
      message: (event) => receive(event as RealtimeEvent),
      closed: () => speech.endAll(),
    });
  } else {
    source.on('event', receive);
    stop = () => source.off('event', receive);
  }
  return {
    receive,
    interrupt: () => {
      cancel();
      speech.interrupt();
    },
    close: () => {
      stop();
      return speech.close();
    },
  };
}

/** Says so where the model speaks in a format that the face would take for noise. */
function assertFormat(live: LiveConnection, session: unknown): void {
  const { audio } = (session ?? {}) as { audio?: { output?: { format?: { type?: string } } } };
  const type = audio?.output?.format?.type;
  const expected = FORMATS.find(({ encoding }) => encoding === live.audio.encoding)?.type;
  if (type === undefined || type === expected) return;
  const message = `The model speaks ${type}; the face was connected for ${expected}.`;
  live.report(new VultusClientError('invalid_audio', message));
}
