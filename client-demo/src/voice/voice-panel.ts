import type { LiveConnection } from '../../../src/client/index.ts';
import { byId } from '../dom.ts';
import { segments } from '../segments.ts';
import { AudioFile } from './audio-file.ts';
import { Microphone } from './microphone.ts';
import { SampleVoices } from './sample-voices.ts';
import type { VoiceKind, VoiceSource } from './voice-source.ts';

interface VoicePanelEvents {
  /** The source, or what it will speak, changed. */
  onChange: () => void;
  onProgress: (share: number) => void;
  onSpeaking: (speaking: boolean) => void;
}

/** Chooses the voice and speaks it on the live connection. */
export class VoicePanel {
  readonly #events: VoicePanelEvents;
  readonly #sources: Record<VoiceKind, VoiceSource>;
  readonly #file: AudioFile;
  readonly #kinds: { select(value: VoiceKind): void };
  #kind: VoiceKind = 'sample';
  #live: LiveConnection | undefined;
  #speaking: AbortController | undefined;

  constructor(events: VoicePanelEvents) {
    this.#events = events;
    const changed = () => {
      this.say('');
      events.onChange();
    };
    this.#file = new AudioFile(events.onProgress, changed);
    this.#sources = {
      sample: new SampleVoices(events.onProgress, changed),
      microphone: new Microphone((error) => this.say(error)),
      file: this.#file,
    };
    this.#kinds = segments<VoiceKind>(
      byId('voice-kinds'),
      [
        { value: 'sample', label: 'Sample' },
        { value: 'microphone', label: 'Microphone' },
        { value: 'file', label: 'File' },
      ],
      'sample',
      (kind) => void this.#choose(kind),
    );
  }

  get source(): VoiceSource {
    return this.#sources[this.#kind];
  }

  takeFile(file: File): void {
    this.#kinds.select('file');
    void this.#choose('file');
    this.#file.take(file);
  }

  /** Before a session starts, in the user's gesture. Throws an Error to show. */
  async prepare(): Promise<void> {
    this.say('');
    await this.source.prepare();
  }

  /** A session is live: a microphone begins, a recording is spoken at once. */
  async attach(live: LiveConnection): Promise<void> {
    this.#live = live;
    await this.source.attach(live);
    if (this.source.recorded) await this.speak();
  }

  /** Speaks the recording from its beginning. */
  async speak(): Promise<void> {
    const live = this.#live;
    if (!live || live.closed || !this.source.recorded) return;
    if (this.#speaking) this.interrupt();
    const speaking = new AbortController();
    this.#speaking = speaking;
    this.#events.onSpeaking(true);
    try {
      await this.source.speak(live, speaking.signal);
    } catch (error) {
      if (!live.closed) this.say(error);
    } finally {
      if (this.#speaking === speaking) {
        this.#speaking = undefined;
        this.#events.onSpeaking(false);
      }
    }
  }

  interrupt(): void {
    this.#speaking?.abort();
    if (this.#live && !this.#live.closed) this.#live.interrupt();
  }

  detach(): void {
    this.#speaking?.abort();
    const live = this.#live;
    this.#live = undefined;
    void this.source.detach(live).catch(() => {
      // The connection ended meanwhile, and with it the microphone's way.
    });
  }

  /** Shows a sentence below the sources; an empty one clears it. */
  say(message: unknown): void {
    const host = byId('voice-message');
    host.classList.toggle('bad', message !== '');
    host.textContent = message instanceof Error ? message.message : String(message);
  }

  async #choose(kind: VoiceKind): Promise<void> {
    if (kind === this.#kind) return;
    const before = this.source;
    const live = this.#live;
    if (this.#speaking) this.interrupt();
    this.#kind = kind;
    for (const each of ['sample', 'microphone', 'file'] as const)
      byId(`voice-${each}`).hidden = each !== kind;
    this.say('');
    this.#events.onChange();
    try {
      await before.detach(live);
      if (live && !live.closed) await this.source.attach(live);
    } catch (error) {
      this.say(error);
    }
  }
}
