import { element } from './dom.ts';

/** How far the gaze can be steered to each side, in radians (about 29°). */
const REACH = 0.5;
const KEY_STEP = 0.05;

export interface Gaze {
  yaw: number;
  pitch: number;
}

/**
 * A two-dimensional slider that looks like an eye: drag the iris, or use the arrow keys (Home looks straight
 * ahead). Right in the pad is right in the picture.
 */
export class GazePad {
  readonly root: HTMLElement;
  readonly #iris: HTMLElement;
  readonly #onInput: (gaze: Gaze) => void;
  #gaze: Gaze = { yaw: 0, pitch: 0 };

  constructor(onInput: (gaze: Gaze) => void) {
    this.#onInput = onInput;
    this.#iris = element('span', { class: 'iris' });
    this.root = element(
      'div',
      {
        class: 'gaze-pad',
        role: 'slider',
        tabindex: 0,
        'aria-label': 'Gaze direction',
        'aria-roledescription': 'two-dimensional slider',
        'aria-valuemin': -Math.round(degrees(REACH)),
        'aria-valuemax': Math.round(degrees(REACH)),
      },
      this.#iris,
    );
    this.root.addEventListener('pointerdown', (event) => {
      this.root.setPointerCapture(event.pointerId);
      this.#point(event);
    });
    this.root.addEventListener('pointermove', (event) => {
      if (this.root.hasPointerCapture(event.pointerId)) this.#point(event);
    });
    this.root.addEventListener('keydown', (event) => this.#key(event));
    this.set({ yaw: 0, pitch: 0 });
  }

  set(gaze: Gaze): void {
    this.#gaze = gaze;
    this.root.style.setProperty('--x', String(gaze.yaw / REACH));
    this.root.style.setProperty('--y', String(-gaze.pitch / REACH));
    this.root.setAttribute('aria-valuenow', String(Math.round(degrees(gaze.yaw))));
    this.root.setAttribute('aria-valuetext', describe(gaze));
  }

  #input(yaw: number, pitch: number): void {
    const length = Math.hypot(yaw, pitch) / REACH;
    const scale = length > 1 ? 1 / length : 1;
    this.set({ yaw: yaw * scale, pitch: pitch * scale });
    this.#onInput(this.#gaze);
  }

  #point(event: PointerEvent): void {
    const box = this.root.getBoundingClientRect();
    // The iris stops at the rim, so the pad is larger than its reach.
    const radius = (box.width - this.#iris.offsetWidth) / 2;
    const x = (event.clientX - box.left - box.width / 2) / radius;
    const y = (event.clientY - box.top - box.height / 2) / radius;
    this.#input(x * REACH, -y * REACH);
  }

  #key(event: KeyboardEvent): void {
    const { yaw, pitch } = this.#gaze;
    if (event.key === 'ArrowLeft') this.#input(yaw - KEY_STEP, pitch);
    else if (event.key === 'ArrowRight') this.#input(yaw + KEY_STEP, pitch);
    else if (event.key === 'ArrowUp') this.#input(yaw, pitch + KEY_STEP);
    else if (event.key === 'ArrowDown') this.#input(yaw, pitch - KEY_STEP);
    else if (event.key === 'Home') this.#input(0, 0);
    else return;
    event.preventDefault();
  }
}

/** For instance `12° right, 5° up`. */
export function describe({ yaw, pitch }: Gaze): string {
  const across = Math.round(degrees(yaw));
  const up = Math.round(degrees(pitch));
  const parts = [];
  if (across) parts.push(`${Math.abs(across)}° ${across > 0 ? 'right' : 'left'}`);
  if (up) parts.push(`${Math.abs(up)}° ${up > 0 ? 'up' : 'down'}`);
  return parts.join(', ') || 'straight ahead';
}

function degrees(radians: number): number {
  return (radians * 180) / Math.PI;
}
