/** Every picture, every second one, every third one. */
export type PictureStep = 1 | 2 | 3;

/** Fewer pictures first, then smaller ones; `scale`: of the side. */
export const MACHINE_RUNGS: readonly { step: PictureStep; scale: number }[] = Object.freeze([
  { step: 1, scale: 1 },
  { step: 2, scale: 1 },
  { step: 2, scale: 0.75 },
  { step: 2, scale: 0.5 },
  { step: 3, scale: 0.5 },
]);
const LAST_RUNG = MACHINE_RUNGS.length - 1;
/** What pictures cost on each rung, of the first. */
const COSTS = MACHINE_RUNGS.map(({ step, scale }) => scale ** 2 / step);

/** What a second of a session was like. */
export interface SessionLoad {
  session: string;
  /** Index in `MACHINE_RUNGS`. */
  rung: number;
  /** Share of the process's time that its pictures took. */
  pictureShare: number;
  /** Pictures that came too late, of all. */
  lateShare: number;
}

export interface RungChange {
  session: string;
  rung: number;
}

/** A process that is busier than this will be late at the next hiccup. */
const OVERLOADED = 0.93;
/** So much late of one session's pictures is overload too, whatever the clock says. */
const LATE = 0.05;
const VERY_LATE = 0.25;
/** A single bad second (another program wakes up) is over before fewer pictures would help. */
const PATIENCE_S = 2;
/**
 * First pictures take several times as long as later ones (cold code, key frames); while a session begins, fewer
 * pictures of the others would not help.
 */
const OPENING_S = 2;
/** More is made again only where the process stays below this with it. */
const ROOM = 0.8;
/** Seconds of room before the first step up; doubled where that led back into overload. */
const FIRST_WAIT_S = 6;
const LONGEST_WAIT_S = 96;
/** Overload so soon after a step up was caused by it. */
const RELAPSE_S = 10;

/**
 * Degradation before lateness: where a process is overloaded, its sessions make fewer and then smaller pictures, the
 * costliest one first and one rung a second (all of them where they are very late), and more again with
 * hysteresis. Motion and voice go on as they are.
 */
export class LoadGovernor {
  #second = 0;
  #watched = new Set<string>();
  #lastOpening = Number.NEGATIVE_INFINITY;
  #overloadedSeconds = 0;
  #roomSeconds = 0;
  #waitS = FIRST_WAIT_S;
  #lastStepUp = Number.NEGATIVE_INFINITY;

  /**
   * Call once a second.
   * @param busy share of the last second in which the process worked, 0..1
   */
  decide(busy: number, loads: readonly SessionLoad[]): RungChange[] {
    this.#second++;
    const worst = Math.max(0, ...loads.map(({ lateShare }) => lateShare));
    const overloaded = busy > OVERLOADED || worst > LATE;
    const opening = this.#isOpening(loads);
    this.#overloadedSeconds = overloaded && !opening ? this.#overloadedSeconds + 1 : 0;
    if (!overloaded) return this.#stepUp(busy, loads);
    return this.#overloadedSeconds >= PATIENCE_S ? this.#stepDown(loads, worst > VERY_LATE) : [];
  }

  /**
   * Seconds until sessions on these rungs make full pictures again, if there is room from now on; 0 where they all
   * do.
   */
  recoveryS(rungs: readonly number[]): number {
    const steps = rungs.reduce((sum, rung) => sum + rung, 0);
    return steps > 0 ? steps * this.#waitS - this.#roomSeconds : 0;
  }

  /** Whether a session has begun to be watched in the last seconds. */
  #isOpening(loads: readonly SessionLoad[]): boolean {
    const watched = loads.filter(({ pictureShare }) => pictureShare > 0).map(({ session }) => session);
    if (watched.some((session) => !this.#watched.has(session))) this.#lastOpening = this.#second;
    this.#watched = new Set(watched);
    return this.#second - this.#lastOpening < OPENING_S;
  }

  #stepDown(loads: readonly SessionLoad[], all: boolean): RungChange[] {
    this.#roomSeconds = 0;
    if (this.#second - this.#lastStepUp <= RELAPSE_S) {
      this.#waitS = Math.min(LONGEST_WAIT_S, 2 * this.#waitS);
      this.#lastStepUp = Number.NEGATIVE_INFINITY;
    }
    const able = loads
      .filter(({ rung, pictureShare }) => rung < LAST_RUNG && pictureShare > 0)
      .toSorted((a, b) => a.rung - b.rung || b.pictureShare - a.pictureShare);
    return able.slice(0, all ? able.length : 1).map(({ session, rung }) => ({ session, rung: rung + 1 }));
  }

  #stepUp(busy: number, loads: readonly SessionLoad[]): RungChange[] {
    const reduced = loads
      .filter(({ rung }) => rung > 0)
      .toSorted((a, b) => b.rung - a.rung || a.pictureShare - b.pictureShare);
    if (reduced.length === 0 && this.#second - this.#lastStepUp > 6 * RELAPSE_S) this.#waitS = FIRST_WAIT_S;
    const [first] = reduced;
    if (!first) return [];
    const better = first.rung - 1;
    const added = first.pictureShare * (COSTS[better] / COSTS[first.rung] - 1);
    this.#roomSeconds = busy + added < ROOM ? this.#roomSeconds + 1 : 0;
    if (this.#roomSeconds < this.#waitS) return [];
    this.#roomSeconds = 0;
    this.#lastStepUp = this.#second;
    return [{ session: first.session, rung: better }];
  }
}
