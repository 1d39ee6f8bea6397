/** What happens to a session in its life, at random: bursts, fragments, silence, interruptions, pauses, controls. */
import { type ControlsPatch, EMOTIONS } from '../../src/contract/controls.ts';

/** A session as its user sees it; voice is mono at 48 kHz. */
export interface Speaker {
  speak(voice: Float32Array): void;
  endSpeech(): void;
  interrupt(): void;
  pause(): void;
  resume(): void;
  setControls(controls: ControlsPatch): void;
}

export interface Act {
  run(speaker: Speaker): void;
  /** Until the next one. */
  thenMs: number;
}

/** Endless. `random`: uniform in [0, 1); `voice`: whatever pieces are cut from, mono at 48 kHz. */
export function* conversation(random: () => number, voice: Float32Array): Generator<Act, never> {
  const between = (low: number, high: number) => low + random() * (high - low);
  const piece = (ms: number) => {
    const from = Math.floor(random() * (voice.length - ms * 48));
    return voice.slice(from, from + Math.floor(ms * 48));
  };
  for (;;) {
    const lengthMs = between(300, 6000);
    const kind = random();
    if (kind < 0.35) {
      // A whole utterance in one burst, as from a speech synthesiser.
      yield { run: (speaker) => speaker.speak(piece(lengthMs)), thenMs: 0 };
      yield { run: (speaker) => speaker.endSpeech(), thenMs: lengthMs + between(0, 2500) };
    } else if (kind < 0.55) {
      // Fragments that come too early or too late, and stop in the middle of a word: nobody ends it.
      const fragments = Math.ceil(between(2, 12));
      for (let i = 0; i < fragments; i++) {
        yield { run: (speaker) => speaker.speak(piece(between(20, 500))), thenMs: between(10, 700) };
      }
      yield { run: () => {}, thenMs: between(0, 3000) };
    } else if (kind < 0.7) {
      yield { run: (speaker) => speaker.speak(piece(lengthMs)), thenMs: between(0, lengthMs) };
      yield { run: (speaker) => speaker.interrupt(), thenMs: between(0, 1500) };
    } else if (kind < 0.85) {
      yield { run: (speaker) => speaker.speak(piece(lengthMs)), thenMs: between(0, lengthMs) };
      yield { run: (speaker) => speaker.pause(), thenMs: between(50, 3000) };
      yield { run: (speaker) => speaker.endSpeech(), thenMs: between(0, 300) };
      yield { run: (speaker) => speaker.resume(), thenMs: lengthMs };
    } else if (kind < 0.95) {
      yield { run: (speaker) => speaker.setControls(randomControls(random)), thenMs: between(0, 2000) };
    } else {
      yield { run: () => {}, thenMs: between(1000, 8000) };
    }
  }
}

function randomControls(random: () => number): ControlsPatch {
  const angle = () => 0.8 * (random() - 0.5);
  return {
    gaze: random() < 0.5 ? 'camera' : { yaw: angle(), pitch: angle() },
    head: { yaw: angle(), pitch: angle(), roll: angle(), amplitude: 2 * random() },
    distance: random() - 0.5,
    emotion: { [EMOTIONS[Math.floor(random() * EMOTIONS.length)]]: random() },
    expressiveness: 2 * random(),
    blinkRate: 40 * random(),
  };
}
