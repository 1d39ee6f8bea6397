/** Every picture, every second one, every third one. */
export type PictureStep = 1 | 2 | 3;

/** What a second of a session was like. */
export interface SessionLoad {
  session: string;
  step: PictureStep;
  /** Share of the worker's time that its pictures took. */
  pictureShare: number;
  /** Pictures that came too late, of all. */
  lateShare: number;
}

export interface StepChange {
  session: string;
  step: PictureStep;
}

/** A worker that is busier than this will be late at the next hiccup. */
const OVERLOADED = 0.93;
/** So much late of one session's pictures is overload too, whatever the clock says. */
const LATE = 0.05;
const VERY_LATE = 0.25;
/** More pictures are made again only where the worker stays below this with them. */
const ROOM = 0.8;
/** Seconds of room before the first step up; doubled where that led back into overload. */
const FIRST_WAIT_S = 6;
const LONGEST_WAIT_S = 96;
/** Overload so soon after a step up was caused by it. */
const RELAPSE_S = 10;

/**
 * Degradation before lateness: where a worker is overloaded, its sessions make fewer pictures, the costliest one
 * first and one step a second (all of them where they are very late), and more again with hysteresis. Motion
 * and voice go on as they are.
 */
export class PictureRateGovernor {
  #second = 0;
  #roomSeconds = 0;
  #waitS = FIRST_WAIT_S;
  #lastStepUp = Number.NEGATIVE_INFINITY;

  /**
   * Call once a second.
   * @param busy share of the last second in which the worker worked, 0..1
   */
  decide(busy: number, loads: readonly SessionLoad[]): StepChange[] {
    this.#second++;
    const worst = Math.max(0, ...loads.map(({ lateShare }) => lateShare));
    if (busy > OVERLOADED || worst > LATE) return this.#stepDown(loads, worst > VERY_LATE);
    return this.#stepUp(busy, loads);
  }

  #stepDown(loads: readonly SessionLoad[], all: boolean): StepChange[] {
    this.#roomSeconds = 0;
    if (this.#second - this.#lastStepUp <= RELAPSE_S) {
      this.#waitS = Math.min(LONGEST_WAIT_S, 2 * this.#waitS);
      this.#lastStepUp = Number.NEGATIVE_INFINITY;
    }
    const able = loads
      .filter(({ step, pictureShare }) => step < 3 && pictureShare > 0)
      .toSorted((a, b) => a.step - b.step || b.pictureShare - a.pictureShare);
    return able.slice(0, all ? able.length : 1).map(({ session, step }) => ({
      session,
      step: (step + 1) as PictureStep,
    }));
  }

  #stepUp(busy: number, loads: readonly SessionLoad[]): StepChange[] {
    const reduced = loads
      .filter(({ step }) => step > 1)
      .toSorted((a, b) => b.step - a.step || a.pictureShare - b.pictureShare);
    if (reduced.length === 0 && this.#second - this.#lastStepUp > 6 * RELAPSE_S) this.#waitS = FIRST_WAIT_S;
    const [first] = reduced;
    if (!first) return [];
    // From every k-th picture to every (k − 1)-th one.
    const added = first.pictureShare / (first.step - 1);
    this.#roomSeconds = busy + added < ROOM ? this.#roomSeconds + 1 : 0;
    if (this.#roomSeconds < this.#waitS) return [];
    this.#roomSeconds = 0;
    this.#lastStepUp = this.#second;
    return [{ session: first.session, step: (first.step - 1) as PictureStep }];
  }
}
