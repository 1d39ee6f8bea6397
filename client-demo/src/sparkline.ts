const POINTS = 60;
const WIDTH = 120;
const HEIGHT = 22;
const SVG = 'http://www.w3.org/2000/svg';

/** The last values of one figure as a line; only for the eye. */
export class Sparkline {
  readonly root = document.createElementNS(SVG, 'svg');
  readonly #line = document.createElementNS(SVG, 'polyline');
  #values: number[] = [];

  constructor() {
    this.root.setAttribute('class', 'sparkline');
    this.root.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`);
    this.root.setAttribute('preserveAspectRatio', 'none');
    this.root.setAttribute('aria-hidden', 'true');
    this.root.append(this.#line);
    this.clear();
  }

  push(value: number): void {
    this.#values = [...this.#values, value].slice(-POINTS);
    const top = Math.max(...this.#values, 1) * 1.1;
    const step = WIDTH / (POINTS - 1);
    const start = WIDTH - (this.#values.length - 1) * step;
    const points = this.#values.map((each, index) => {
      return `${(start + index * step).toFixed(1)},${(HEIGHT - 1 - (each / top) * (HEIGHT - 2)).toFixed(1)}`;
    });
    this.#line.setAttribute('points', points.join(' '));
    this.root.toggleAttribute('hidden', this.#values.length < 2);
  }

  clear(): void {
    this.#values = [];
    this.#line.setAttribute('points', '');
    this.root.toggleAttribute('hidden', true);
  }
}
