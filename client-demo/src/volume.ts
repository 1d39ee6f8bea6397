import { byId, icon } from './dom.ts';
import { change, settings } from './settings.ts';

/** Loudness at the start with a microphone, so that a room without headphones does not howl. */
const MICROPHONE_VOLUME = 0.3;

/** Mute and loudness of the avatar in this page. */
export class Volume {
  readonly #slider = byId<HTMLInputElement>('volume');
  readonly #button = byId('mute');
  readonly #onChange: (volume: number, muted: boolean) => void;
  #muted = false;

  constructor(onChange: (volume: number, muted: boolean) => void) {
    this.#onChange = onChange;
    this.#slider.addEventListener('input', () => {
      this.#muted = false;
      change({ volume: this.#slider.valueAsNumber });
      this.#apply();
    });
    this.#button.addEventListener('click', () => {
      this.#muted = !this.#muted;
      this.#apply();
    });
    this.#slider.valueAsNumber = settings.volume;
    this.#apply();
  }

  /** Low for a microphone, as the user left it for anything else. */
  suit(microphone: boolean): void {
    this.#slider.valueAsNumber = microphone ? Math.min(settings.volume, MICROPHONE_VOLUME) : settings.volume;
    this.#apply();
  }

  #apply(): void {
    const volume = this.#slider.valueAsNumber;
    const silent = this.#muted || volume === 0;
    this.#button.replaceChildren(icon(silent ? 'muted' : 'volume'));
    this.#button.setAttribute('aria-label', this.#muted ? 'Unmute' : 'Mute');
    this.#button.setAttribute('aria-pressed', String(this.#muted));
    this.#slider.style.setProperty('--to', `${volume * 100}%`);
    this.#onChange(volume, this.#muted);
  }
}
