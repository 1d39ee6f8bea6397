/**
 * A damped spring that follows a target in a straight line over each step, solved exactly: stable at any step, and the
 * same at any rate of pictures as far as the target is. The air damps it, so that it trails what moves evenly.
 */
export class Spring {
  readonly #damping: number;
  /** Of its own swings, radians a second. */
  readonly #swing: number;
  /** How far it trails, in seconds of its target's velocity. */
  readonly #trail: number;
  /** Of the step that was solved last: how offset and velocity go on. */
  #step = Number.NaN;
  readonly #kept = new Float64Array(4);
  #place = 0;
  #velocity = 0;
  #target = 0;

  /** `damping`: of critical, below 1. */
  constructor(frequencyHz: number, damping: number) {
    const turn = 2 * Math.PI * frequencyHz;
    this.#damping = damping * turn;
    this.#swing = turn * Math.sqrt(1 - damping ** 2);
    this.#trail = (2 * damping) / turn;
  }

  get place(): number {
    return this.#place;
  }

  /** How far it is from its target. */
  get lag(): number {
    return this.#place - this.#target;
  }

  rest(target: number): void {
    this.#place = target;
    this.#velocity = 0;
    this.#target = target;
  }

  follow(target: number, seconds: number): void {
    if (seconds !== this.#step) this.#solve(seconds);
    const pace = (target - this.#target) / seconds;
    const trail = this.#trail * pace;
    const [a, b, c, d] = this.#kept;
    const offset = this.#place - this.#target + trail;
    const velocity = this.#velocity - pace;
    this.#place = target - trail + a * offset + b * velocity;
    this.#velocity = pace + c * offset + d * velocity;
    this.#target = target;
  }

  #solve(seconds: number): void {
    const decay = Math.exp(-this.#damping * seconds);
    const [cos, sin] = [Math.cos(this.#swing * seconds), Math.sin(this.#swing * seconds) / this.#swing];
    const stiffness = this.#damping ** 2 + this.#swing ** 2;
    this.#kept[0] = decay * (cos + this.#damping * sin);
    this.#kept[1] = decay * sin;
    this.#kept[2] = -decay * stiffness * sin;
    this.#kept[3] = decay * (cos - this.#damping * sin);
    this.#step = seconds;
  }
}
