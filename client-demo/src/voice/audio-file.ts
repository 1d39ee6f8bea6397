import { byId, element, icon } from '../dom.ts';
import { Recording } from './recording.ts';

/** A sound file of the user's own; it leaves the page only as voice for the avatar. */
export class AudioFile extends Recording {
  readonly kind = 'file';
  readonly #input = element('input', { type: 'file', accept: 'audio/*,video/mp4,video/webm', hidden: true });
  readonly #text = element('span', {}, 'Choose a sound file');
  readonly #onChange: () => void;
  #file: File | undefined;

  constructor(onProgress: (share: number) => void, onChange: () => void) {
    super(onProgress);
    this.#onChange = onChange;
    this.#input.addEventListener('change', () => {
      const file = this.#input.files?.[0];
      if (file) this.take(file);
      this.#input.value = '';
    });
    const choose = () => this.#input.click();
    byId('voice-file').append(
      element('button', { class: 'button wide', type: 'button', onclick: choose }, icon('file'), this.#text),
      element(
        'p',
        { class: 'hint' },
        'Speech or song: WAV, MP3, Ogg, FLAC, M4A. It can be dropped on the page, too.',
      ),
      this.#input,
    );
  }

  take(file: File): void {
    this.#file = file;
    this.#text.textContent = file.name;
    this.#onChange();
  }

  async prepare(): Promise<void> {
    await this.load();
  }

  protected async load(): Promise<Blob> {
    if (!this.#file) throw new Error('Choose a sound file first.');
    return this.#file;
  }
}
