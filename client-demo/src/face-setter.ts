import { FACE_POINT_NAMES, type FacePointName, type FacePoints } from '../../src/contract/face-points.ts';
import { element } from './dom.ts';

/** Where the points begin: as in a portrait from the front. Fractions of the picture. */
const BEGIN: FacePoints = {
  rightEye: [0.42, 0.42],
  leftEye: [0.58, 0.42],
  mouthRight: [0.45, 0.58],
  mouthLeft: [0.55, 0.58],
  chin: [0.5, 0.66],
};
const LABELS: Record<FacePointName, string> = {
  rightEye: 'Eye on the left',
  leftEye: 'Eye on the right',
  mouthRight: 'Left end of the mouth',
  mouthLeft: 'Right end of the mouth',
  chin: 'Chin',
};
/** What an arrow key moves a point by, in pixels. */
const KEY_STEP = 2;
const KEYS: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** A picture in which no face was found, with five points to drag onto eyes, mouth and chin. */
export class FaceSetter {
  readonly element: HTMLElement;
  readonly #places = new Map<FacePointName, [number, number]>();
  readonly #address: string;

  constructor(file: File, onSet: (points: FacePoints) => void) {
    this.#address = URL.createObjectURL(file);
    const picture = element('img', { src: this.#address, alt: 'Your picture', draggable: 'false' });
    const points = FACE_POINT_NAMES.map((name) => this.#point(name, picture));
    const done = element('button', { class: 'button wide', type: 'button' }, 'Use these places');
    done.addEventListener('click', () => onSet(this.#points()));
    this.element = element(
      'div',
      { class: 'face-setter' },
      element(
        'p',
        { class: 'hint' },
        'Drag the five points onto both eyes, both ends of the mouth and the chin.',
      ),
      element('div', { class: 'face-setter-picture' }, picture, ...points),
      done,
    );
  }

  #point(name: FacePointName, picture: HTMLElement): HTMLElement {
    const point = element('button', {
      class: 'face-point',
      type: 'button',
      'aria-label': LABELS[name],
      title: LABELS[name],
    });
    const move = (x: number, y: number) => {
      const place: [number, number] = [Math.min(1, Math.max(0, x)), Math.min(1, Math.max(0, y))];
      this.#places.set(name, place);
      point.style.left = `${100 * place[0]}%`;
      point.style.top = `${100 * place[1]}%`;
    };
    move(...BEGIN[name]);
    point.addEventListener('pointerdown', (event) => point.setPointerCapture(event.pointerId));
    point.addEventListener('pointermove', (event) => {
      if (!point.hasPointerCapture(event.pointerId)) return;
      const { left, top, width, height } = picture.getBoundingClientRect();
      move((event.clientX - left) / width, (event.clientY - top) / height);
    });
    point.addEventListener('keydown', (event) => {
      const step = KEYS[event.key];
      if (!step) return;
      event.preventDefault();
      const { width, height } = picture.getBoundingClientRect();
      const [x, y] = this.#places.get(name)!;
      move(x + (KEY_STEP * step[0]) / width, y + (KEY_STEP * step[1]) / height);
    });
    return point;
  }

  #points(): FacePoints {
    return Object.fromEntries(this.#places) as unknown as FacePoints;
  }

  /** Frees the picture. */
  close(): void {
    URL.revokeObjectURL(this.#address);
    this.element.remove();
  }
}
