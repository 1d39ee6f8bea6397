/** A page on which a model of OpenAI's Realtime API has a face: it hears the microphone, and can be interrupted. */
import { captureMicrophone, Session, toS16le } from '@vultus/client';
import { bridgeOpenAiRealtime } from '@vultus/client/openai-realtime';

const MODEL = 'wss://api.openai.com/v1/realtime?model=gpt-realtime';

/** Call it in the handler of a click. Resolves when both can be heard, with what ends the conversation. */
export async function talk(video: HTMLVideoElement): Promise<() => void> {
  // Your server: POST /v1/sessions to Vultus, and POST /v1/realtime/client_secrets to OpenAI; the keys stay there.
  const { face, clientSecret } = await (await fetch('/api/talk', { method: 'POST' })).json();
  const microphone = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true } });

  const live = await Session.fromUrls(face, { url: 'https://avatars.example' }).connect({
    video,
    audio: { encoding: 's16le', sampleRateHz: 24000 },
  });
  const model = new WebSocket(MODEL, ['realtime', `openai-insecure-api-key.${clientSecret}`]);
  await new Promise((resolve, reject) => {
    model.onopen = resolve;
    model.onerror = reject;
  });
  const send = (event: object) => model.send(JSON.stringify(event));

  const bridge = bridgeOpenAiRealtime(live, model, {
    onInterrupted: ({ heardMs, lastWord }) => console.log(`You heard ${heardMs} ms, up to “${lastWord}”.`),
  });
  live.on('speech.word', ({ text }) => console.log(text)); // captions, each word when it is heard
  live.on('error', ({ code, message }) => console.warn(code, message));

  // Function calls are yours, as ever.
  model.addEventListener('message', ({ data }) => {
    const event = JSON.parse(data);
    if (event.type !== 'response.function_call_arguments.done') return;
    const output = JSON.stringify({ time: new Date().toTimeString() });
    send({
      type: 'conversation.item.create',
      item: { type: 'function_call_output', call_id: event.call_id, output },
    });
    send({ type: 'response.create' });
  });

  const capture = await captureMicrophone(microphone.getAudioTracks()[0], 24000, (samples) => {
    if (model.readyState !== WebSocket.OPEN) return;
    const audio = btoa(String.fromCharCode(...new Uint8Array(toS16le(samples).buffer)));
    send({ type: 'input_audio_buffer.append', audio });
  });

  return () => {
    capture.close();
    for (const track of microphone.getTracks()) track.stop();
    bridge.close();
    model.close();
    live.close();
  };
}
