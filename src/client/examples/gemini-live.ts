/** A page on which a model of Google's Live API has a face: it hears the microphone, and can be interrupted. */
import { captureMicrophone, Session, toS16le } from '@vultus/client';
import { bridgeGeminiLive } from '@vultus/client/gemini-live';

const MODEL = 'models/gemini-2.5-flash-native-audio-preview-12-2025';
const LIVE_API =
  'wss://generativelanguage.googleapis.com/ws/google.ai.generativelanguage.v1alpha.GenerativeService.BidiGenerateContentConstrained';

/**
 * Call it in the handler of a click. Resolves with what ends the conversation. With `@google/genai` in place of a socket:
 * `const bridge = bridgeGeminiLive(live)`, and `ai.live.connect({ callbacks: { onmessage: bridge.receive } })`.
 */
export async function talk(video: HTMLVideoElement): Promise<() => void> {
  // Your server: POST /v1/sessions to Vultus, and an ephemeral token of Google; the keys stay there.
  const { face, token } = await (await fetch('/api/talk', { method: 'POST' })).json();
  const microphone = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true } });

  const live = await Session.fromUrls(face, { url: 'https://avatars.example' }).connect({
    video,
    audio: { encoding: 's16le', sampleRateHz: 24000 },
  });
  const model = new WebSocket(`${LIVE_API}?access_token=${encodeURIComponent(token)}`);
  await new Promise((resolve, reject) => {
    model.onopen = resolve;
    model.onerror = reject;
  });
  const send = (message: object) => model.send(JSON.stringify(message));
  const bridge = bridgeGeminiLive(live, model, {
    onInterrupted: ({ heardMs }) => console.log(`You heard ${heardMs} ms.`),
    onGoAway: (timeLeft) => console.log(`The model leaves in ${timeLeft}: connect again.`),
  });
  live.on('speech.word', ({ text }) => console.log(text)); // captions, each word when it is heard
  send({
    setup: {
      model: MODEL,
      generationConfig: { responseModalities: ['AUDIO'] },
      outputAudioTranscription: {},
    },
  });

  const capture = await captureMicrophone(microphone.getAudioTracks()[0], 16000, (samples) => {
    if (model.readyState !== WebSocket.OPEN) return;
    const data = btoa(String.fromCharCode(...new Uint8Array(toS16le(samples).buffer)));
    send({ realtimeInput: { audio: { data, mimeType: 'audio/pcm;rate=16000' } } });
  });

  return () => {
    capture.close();
    for (const track of microphone.getTracks()) track.stop();
    bridge.close();
    model.close();
    live.close();
  };
}
