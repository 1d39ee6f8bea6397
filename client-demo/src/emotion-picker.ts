import type { ControlsPatch } from '../../src/client/index.ts';
import { element } from './dom.ts';
import { segments } from './segments.ts';
import { Slider } from './slider.ts';

const CHOICES = [
  { value: 'voice', label: 'From the voice' },
  { value: 'neutral', label: 'Neutral' },
  { value: 'happy', label: 'Happy' },
  { value: 'sad', label: 'Sad' },
  { value: 'angry', label: 'Angry' },
  { value: 'surprised', label: 'Surprised' },
  { value: 'afraid', label: 'Afraid' },
  { value: 'disgusted', label: 'Disgusted' },
  { value: 'contempt', label: 'Contempt' },
] as const;
type Mood = (typeof CHOICES)[number]['value'];

/** One emotion at a time, with its strength. */
export class EmotionPicker {
  readonly root: HTMLElement;
  readonly #strength: Slider;
  readonly #choice: { select(value: Mood): void };
  #mood: Mood = 'voice';

  constructor(onChange: (emotion: ControlsPatch['emotion']) => void) {
    const chips = element('div', { class: 'chips', role: 'radiogroup', 'aria-label': 'Emotion' });
    this.#choice = segments<Mood>(chips, CHOICES, 'voice', (mood) => {
      this.#mood = mood;
      this.#show();
      onChange(this.emotion);
    });
    this.#strength = new Slider({
      label: 'Strength',
      min: 0,
      max: 1,
      step: 0.01,
      value: 0.7,
      format: (value) => `${Math.round(value * 100)} %`,
      onInput: () => onChange(this.emotion),
    });
    this.root = element(
      'div',
      { class: 'field' },
      element('span', { class: 'field-label' }, 'Emotion'),
      chips,
      this.#strength.root,
    );
    this.#show();
  }

  get emotion(): ControlsPatch['emotion'] {
    if (this.#mood === 'voice') return 'voice';
    if (this.#mood === 'neutral') return {};
    return { [this.#mood]: this.#strength.value };
  }

  reset(): void {
    this.#mood = 'voice';
    this.#choice.select('voice');
    this.#strength.value = 0.7;
    this.#show();
  }

  #show(): void {
    this.#strength.root.hidden = this.#mood === 'voice' || this.#mood === 'neutral';
  }
}
