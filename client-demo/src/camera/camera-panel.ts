import type { ControlsPatch, PerformedMotion, SeenUserFace } from '../../../src/client/index.ts';
import { byId, element } from '../dom.ts';
import { Performer, type PerformerPhase } from './performer.ts';
import { userFaceOf } from './user-face.ts';

/** What the face before the camera is for. */
const USES = { drive: 'Drive with my camera', see: 'Let the portrait see me' } as const;
type Use = keyof typeof USES;
const ALL_USES = Object.keys(USES) as Use[];
const SEEN: Readonly<Record<Use, string>> = {
  drive: 'Your face moves the portrait.',
  see: 'The portrait sees you nod, smile and look.',
};
const SAYS: Readonly<Record<Exclude<PerformerPhase, 'driving'>, string>> = {
  loading: 'Loading the face models …',
  look: 'Look into the camera with a face at rest.',
  smile: 'Now smile.',
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
  onUserFace: (face: SeenUserFace) => void;
  onControls: (patch: ControlsPatch) => void;
}

/**
 * The user's face moves the portrait's, or is seen by it while it listens: camera on and off, calibration, and whose
 * motion each part of the face shows.
 */
export class CameraPanel {
  readonly #events: CameraPanelEvents;
  readonly #switches: Readonly<Record<Use, HTMLInputElement>>;
  readonly #again: HTMLButtonElement;
  readonly #view = element('div', { class: 'camera-view', hidden: true });
  readonly #status = element('p', { class: 'camera-status', role: 'status' }, OFF);
  readonly #mix: Record<Part, Source> = { ...USUAL };
  #performer: Performer | undefined;
  #phase: PerformerPhase = 'loading';

  constructor(events: CameraPanelEvents) {
    this.#events = events;
    this.#switches = { drive: this.#switch('drive'), see: this.#switch('see') };
    this.#again = element(
      'button',
      { type: 'button', class: 'text-button', hidden: true },
      'Calibrate again',
    );
    this.#again.addEventListener('click', () => this.#start());
    byId('performer').append(
      ...ALL_USES.map((use) =>
        element('label', { class: 'switch' }, this.#switches[use], element('span', {}, USES[use])),
      ),
      this.#view,
      this.#status,
      this.#again,
      element(
        'p',
        { class: 'hint' },
        'Your pictures stay in this browser: it finds your face by itself, and only numbers (how far the jaw is open, where you look, whether you smile) are sent. A portrait that sees you nods and smiles back, and meets your look.',
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

  get #uses(): Use[] {
    return ALL_USES.filter((use) => this.#switches[use].checked);
  }

  #switch(use: Use): HTMLInputElement {
    const input = element('input', { type: 'checkbox', role: 'switch' });
    input.addEventListener('change', () => {
      if (!input.checked) this.#tell(use, {});
      if (this.#uses.length === 0) this.#stop(OFF);
      else if (this.#performer) this.#showStatus();
      else this.#start();
    });
    return input;
  }

  #tell(use: Use, motion: PerformedMotion): void {
    if (use === 'drive') this.#events.onMotion(motion);
    else this.#events.onUserFace(userFaceOf(motion));
  }

  #showStatus(): void {
    const seen = this.#uses.map((use) => SEEN[use]).join(' ');
    this.#status.textContent = this.#phase === 'driving' ? seen : SAYS[this.#phase];
  }

  #start(): void {
    this.#performer?.close();
    this.#view.replaceChildren();
    const performer = new Performer({
      onPhase: (phase) => {
        if (this.#performer !== performer) return;
        this.#phase = phase;
        this.#showStatus();
        if (performer.video && !this.#view.firstChild) this.#view.append(performer.video);
        this.#view.hidden = !performer.video;
        this.#again.hidden = phase !== 'driving';
      },
      onMotion: (motion) => {
        for (const use of this.#uses) this.#tell(use, motion);
      },
      onError: (error) => this.#performer === performer && this.#stop((error as Error).message),
    });
    this.#performer = performer;
    performer.start();
  }

  #stop(why: string): void {
    this.#performer?.close();
    this.#performer = undefined;
    for (const use of ALL_USES) this.#switches[use].checked = false;
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
