import type { Word } from '../../../src/client/index.ts';
import { byId, element } from '../dom.ts';
import { Recording } from './recording.ts';

interface SampleVoice {
  file: string;
  name: string;
  language: string;
  licence?: string;
  /** Each with its milliseconds from and to: `[text, startMs, endMs]`. */
  words?: [string, number, number][];
}

/** The voices that ship with the page (`voices/voices.json`). */
export class SampleVoices extends Recording {
  readonly kind = 'sample';
  readonly #list = element('div', { class: 'voices', role: 'radiogroup', 'aria-label': 'Sample voice' });
  readonly #loaded = new Map<string, Blob>();
  readonly #onChange: () => void;
  readonly #listed: Promise<void>;
  #selected: SampleVoice | undefined;

  constructor(onProgress: (share: number) => void, onChange: () => void) {
    super(onProgress);
    this.#onChange = onChange;
    byId('voice-sample').append(this.#list);
    this.#listed = this.#show();
  }

  protected override get words(): Word[] {
    return (this.#selected?.words ?? []).map(([text, startMs, endMs]) => ({ text, startMs, endMs }));
  }

  async prepare(): Promise<void> {
    // Loaded while the session connects; where there are no voices the portrait is just alive.
  }

  protected async load(): Promise<Blob> {
    await this.#listed;
    if (!this.#selected) throw new Error('There is no sample voice; use the microphone or a file.');
    const { file, name } = this.#selected;
    const known = this.#loaded.get(file);
    if (known) return known;
    const response = await fetch(`./voices/${encodeURIComponent(file)}`);
    if (!response.ok) throw new Error(`The sample voice “${name}” could not be loaded.`);
    const sound = await response.blob();
    this.#loaded.set(file, sound);
    return sound;
  }

  async #show(): Promise<void> {
    let voices: SampleVoice[] = [];
    try {
      const response = await fetch('./voices/voices.json');
      if (response.ok) voices = (await response.json()) as SampleVoice[];
    } catch {
      // Shown as the empty list below.
    }
    if (voices.length === 0) {
      this.#list.replaceChildren(
        element('p', { class: 'hint' }, 'No sample voices here. Use the microphone or a file.'),
      );
      return;
    }
    this.#selected = voices[0];
    this.#list.replaceChildren(
      ...voices.map((voice, index) => {
        const input = element('input', { type: 'radio', name: 'sample-voice', class: 'visually-hidden' });
        input.checked = index === 0;
        input.addEventListener('change', () => {
          this.#selected = voice;
          this.#onChange();
        });
        return element(
          'label',
          { class: 'voice', title: voice.licence ?? '' },
          input,
          element(
            'span',
            {},
            element('span', { class: 'voice-name' }, voice.name),
            element('span', { class: 'voice-language' }, voice.language),
          ),
        );
      }),
    );
  }
}
