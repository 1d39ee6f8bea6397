import { element } from './dom.ts';

export interface SliderOptions {
  label: string;
  min: number;
  max: number;
  step: number;
  value: number;
  /** How the value reads, also for screen readers. */
  format: (value: number) => string;
  onInput: (value: number) => void;
}

let sliders = 0;

/** A labelled slider with its value written out; a double click brings the first value back. */
export class Slider {
  readonly root: HTMLElement;
  readonly #input: HTMLInputElement;
  readonly #output: HTMLElement;
  readonly #options: SliderOptions;

  constructor(options: SliderOptions) {
    this.#options = options;
    const id = `slider-${++sliders}`;
    const { min, max, step } = options;
    this.#input = element('input', { type: 'range', id, min, max, step });
    this.#output = element('output', { for: id });
    this.root = element(
      'div',
      { class: 'slider' },
      element('label', { for: id }, options.label),
      this.#output,
      this.#input,
    );
    this.#input.addEventListener('input', () => {
      this.#show();
      options.onInput(this.value);
    });
    this.#input.addEventListener('dblclick', () => {
      this.value = options.value;
      options.onInput(this.value);
    });
    this.value = options.value;
  }

  get value(): number {
    return this.#input.valueAsNumber;
  }

  set value(value: number) {
    this.#input.valueAsNumber = value;
    this.#show();
  }

  set disabled(disabled: boolean) {
    this.#input.disabled = disabled;
    this.root.classList.toggle('disabled', disabled);
  }

  #show(): void {
    const { min, max, format } = this.#options;
    const share = (value: number) => ((value - min) / (max - min)) * 100;
    // Filled from zero, which for signed values lies in the middle.
    const zero = share(Math.max(min, 0));
    const text = format(this.value);
    this.#output.textContent = text;
    this.#input.setAttribute('aria-valuetext', text);
    const here = share(this.value);
    this.#input.style.setProperty('--from', `${Math.min(zero, here)}%`);
    this.#input.style.setProperty('--to', `${Math.max(zero, here)}%`);
  }
}
