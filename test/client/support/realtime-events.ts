/** Events of OpenAI's Realtime API, with the fields of `RealtimeServerEvent` in the npm package `openai` 7.59. */
import { base64Voice } from './scripted-model.ts';

export const created = (id: string) => ({
  type: 'response.created',
  response: { id, status: 'in_progress' },
});
export const done = (id: string, status = 'completed') => ({
  type: 'response.done',
  response: { id, status },
});
export const place = (item: string, response = 'r1') => ({
  ...{ event_id: 'e', response_id: response, item_id: item, output_index: 0, content_index: 0 },
});
export const delta = (item: string, ms: number, response = 'r1') => ({
  ...{ type: 'response.output_audio.delta', ...place(item, response), delta: base64Voice(ms) },
});
export const audioDone = (item: string) => ({ type: 'response.output_audio.done', ...place(item) });
export const transcript = (item: string, text: string) => ({
  ...{ type: 'response.output_audio_transcript.delta', ...place(item), delta: text },
});
export const speechStarted = {
  type: 'input_audio_buffer.speech_started',
  audio_start_ms: 1,
  item_id: 'user',
};
