import type { ControlsPatch, PerformedMotion } from '../../../src/client/index.ts';
import { byId, element } from '../dom.ts';
import { Performer, type PerformerPhase } from './performer.ts';

const SAYS: Readonly<Record<PerformerPhase, string>> = {
  loading: 'Loading the face models …',
  look: 'Look into the camera with a face at rest.',
  smile: 'Now smile.',
  driving: 'Your face moves the portrait.',
  lost: 'No face is seen: the portrait lives by itself.',
};
const OFF = 'Off.';
const SOURCES = { performer: 'My face', both: 'Both', voice: 'The voice' } as const;
type Source = keyof typeof SOURCES;
const PARTS = { head: 'Head', eyes: 'Eyes and lids', brows: 'Brows', mouth: 'Mouth' } as const;
type Part = keyof typeof PARTS;
const USUAL: Readonly<Record<Part, Source>> = {
  head: 'performer',
  eyes: 'performer',
  brows: 'performer',
  mouth: 'both',
};

export interface CameraPanelEvents {
  onMotion: (motion: PerformedMotion) => void;
  onControls: (patch: ControlsPatch) => void;
}

/** The user's face moves the portrait's: camera on and off, calibration, and whose motion each part of the face shows. */
export class CameraPanel {
  readonly #events: CameraPanelEvents;
  readonly #switch: HTMLInputElement;
  readonly #again: HTMLButtonElement;
  readonly #view = element('div', { class: 'camera-view', hidden: true });
  readonly #status = element('p', { class: 'camera-status', role: 'status' }, OFF);
  readonly #mix: Record<Part, Source> = { ...USUAL };
  #performer: Performer | undefined;

  constructor(events: CameraPanelEvents) {
    this.#events = events;
    this.#switch = element('input', { type: 'checkbox', role: 'switch' });
    this.#switch.addEventListener('change', () => (this.#switch.checked ? this.#start() : this.#stop(OFF)));
    this.#again = element(
      'button',
      { type: 'button', class: 'text-button', hidden: true },
      'Calibrate again',
    );
    this.#again.addEventListener('click', () => this.#start());
    byId('performer').append(
      element('label', { class: 'switch' }, this.#switch, element('span', {}, 'Drive with my camera')),
      this.#view,
      this.#status,
      this.#again,
      element(
        'p',
        { class: 'hint' },
        'Your pictures stay in this browser: it finds your face by itself, and only numbers (how far the jaw is open, where you look) are sent.',
      ),
      element(
        'details',
        { class: 'more' },
        element('summary', {}, 'Who moves what'),
        element(
          'div',
          { class: 'more-body pairs' },
          ...(Object.keys(PARTS) as Part[]).map((part) => this.#select(part)),
        ),
      ),
    );
  }

  /** What differs from the usual, to begin a session with. */
  get controls(): ControlsPatch {
    const parts = Object.keys(PARTS) as Part[];
    const chosen = parts
      .filter((part) => this.#mix[part] !== USUAL[part])
      .map((part) => [part, this.#mix[part]]);
    return chosen.length > 0 ? { performer: Object.fromEntries(chosen) } : {};
  }

  #start(): void {
    this.#performer?.close();
    this.#view.replaceChildren();
    const performer = new Performer({
      onPhase: (phase) => {
        if (this.#performer !== performer) return;
        this.#status.textContent = SAYS[phase];
        if (performer.video && !this.#view.firstChild) this.#view.append(performer.video);
        this.#view.hidden = !performer.video;
        this.#again.hidden = phase !== 'driving';
      },
      onMotion: (motion) => this.#events.onMotion(motion),
      onError: (error) => this.#performer === performer && this.#stop((error as Error).message),
    });
    this.#performer = performer;
    performer.start();
  }

  #stop(why: string): void {
    this.#performer?.close();
    this.#performer = undefined;
    this.#switch.checked = false;
    this.#again.hidden = true;
    this.#view.hidden = true;
    this.#view.replaceChildren();
    this.#status.textContent = why;
  }

  #select(part: Part): HTMLElement {
    const select = element('select', {
      onchange: () => {
        this.#mix[part] = select.value as Source;
        this.#events.onControls({ performer: { [part]: this.#mix[part] } });
      },
    });
    for (const [value, text] of Object.entries(SOURCES))
      select.append(element('option', { value, selected: value === USUAL[part] }, text));
    return element('label', { class: 'select' }, element('span', {}, PARTS[part]), select);
  }
}
