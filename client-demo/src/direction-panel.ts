import { CONTROL_RANGES, type ControlsPatch } from '../../src/client/index.ts';
import { byId, element } from './dom.ts';
import { EmotionPicker } from './emotion-picker.ts';
import { describe, type Gaze, GazePad } from './gaze-pad.ts';
import { Slider } from './slider.ts';

const percent = (value: number) => `${Math.round(value * 100)} %`;
const degrees = (value: number) => `${Math.round((value * 180) / Math.PI)}°`;

const STATES = [
  { value: 'auto', label: 'By the voice' },
  { value: 'speaking', label: 'Always speaking' },
  { value: 'listening', label: 'Always listening' },
  { value: 'idle', label: 'Always idle' },
] as const;

/** The controls of the session: each change goes to `onChange` at once; `controls` holds the whole. */
export class DirectionPanel {
  readonly #onChange: (patch: ControlsPatch) => void;
  readonly #sliders: { slider: Slider; neutral: number }[] = [];
  readonly #emotion: EmotionPicker;
  readonly #pad: GazePad;
  readonly #camera: HTMLInputElement;
  readonly #gazeText: HTMLElement;
  readonly #state: HTMLSelectElement;
  #controls: ControlsPatch = {};

  constructor(onChange: (patch: ControlsPatch) => void) {
    this.#onChange = onChange;
    this.#emotion = new EmotionPicker((emotion) => this.#set({ emotion }));
    this.#pad = new GazePad((gaze) => this.#look(gaze));
    this.#camera = element('input', { type: 'checkbox', role: 'switch', checked: true });
    this.#camera.addEventListener('change', () =>
      this.#look(this.#camera.checked ? 'camera' : { yaw: 0, pitch: 0 }),
    );
    this.#gazeText = element('span', { class: 'value' }, 'at the camera');

    this.#state = element('select', {
      onchange: () => this.#set({ state: STATES[this.#state.selectedIndex].value }),
    });
    this.#state.append(...STATES.map(({ label }) => element('option', {}, label)));

    byId('direction').append(
      element(
        'div',
        { class: 'gaze' },
        this.#pad.root,
        element(
          'div',
          { class: 'gaze-side' },
          element('span', { class: 'field-label' }, 'Gaze'),
          this.#gazeText,
          element('label', { class: 'switch' }, this.#camera, element('span', {}, 'Eye contact')),
        ),
      ),
      this.#emotion.root,
      this.#slider('Distance', CONTROL_RANGES.distance, 0, distanceText, (distance) => ({ distance })),
      this.#slider('Expressiveness', CONTROL_RANGES.expressiveness, 1, percent, (expressiveness) => ({
        expressiveness,
      })),
      this.#slider(
        'Blinks',
        CONTROL_RANGES.blinkRate,
        17,
        (value) => `${Math.round(value)} / min`,
        (blinkRate) => ({ blinkRate }),
      ),
      element(
        'details',
        { class: 'more' },
        element('summary', {}, 'Head and behaviour'),
        element(
          'div',
          { class: 'more-body' },
          this.#slider('Turn', [-0.4, 0.4], 0, degrees, (yaw) => ({ head: { yaw } })),
          this.#slider('Nod', [-0.3, 0.3], 0, degrees, (pitch) => ({ head: { pitch } })),
          this.#slider('Tilt', [-0.3, 0.3], 0, degrees, (roll) => ({ head: { roll } })),
          this.#slider('Own movement', CONTROL_RANGES.headAmplitude, 1, percent, (amplitude) => ({
            head: { amplitude },
          })),
          element('label', { class: 'select' }, element('span', {}, 'Behaviour'), this.#state),
        ),
      ),
    );
    byId('reset-controls').addEventListener('click', () => this.#reset());
  }

  /** What differs from the neutral controls, to begin a session with. */
  get controls(): ControlsPatch {
    return this.#controls;
  }

  #slider(
    label: string,
    [min, max]: readonly [number, number],
    neutral: number,
    format: (value: number) => string,
    patch: (value: number) => ControlsPatch,
  ): HTMLElement {
    const step = (max - min) / (max - min > 10 ? 60 : 100);
    const slider = new Slider({
      label,
      min,
      max,
      step,
      value: neutral,
      format,
      onInput: (value) => this.#set(patch(value)),
    });
    this.#sliders.push({ slider, neutral });
    return slider.root;
  }

  #look(gaze: 'camera' | Gaze): void {
    const camera = gaze === 'camera';
    if (camera) this.#pad.set({ yaw: 0, pitch: 0 });
    this.#showGaze(gaze);
    this.#set({ gaze });
  }

  #showGaze(gaze: 'camera' | Gaze): void {
    this.#camera.checked = gaze === 'camera';
    this.#pad.root.classList.toggle('resting', gaze === 'camera');
    this.#gazeText.textContent = gaze === 'camera' ? 'at the camera' : describe(gaze);
  }

  #set(patch: ControlsPatch): void {
    const head = patch.head ? { ...this.#controls.head, ...patch.head } : this.#controls.head;
    this.#controls = { ...this.#controls, ...patch, ...(head ? { head } : {}) };
    this.#onChange(patch);
  }

  #reset(): void {
    for (const { slider, neutral } of this.#sliders) slider.value = neutral;
    this.#emotion.reset();
    this.#pad.set({ yaw: 0, pitch: 0 });
    this.#showGaze('camera');
    this.#state.selectedIndex = 0;
    this.#controls = {};
    this.#onChange({
      gaze: 'camera',
      distance: 0,
      head: { yaw: 0, pitch: 0, roll: 0, amplitude: 1 },
      emotion: 'voice',
      expressiveness: 1,
      blinkRate: 17,
      state: 'auto',
    });
  }
}

function distanceText(value: number): string {
  if (Math.abs(value) < 0.005) return 'as in the portrait';
  return `${Math.round(Math.abs(Math.exp(value) - 1) * 100)} % ${value > 0 ? 'nearer' : 'farther'}`;
}
