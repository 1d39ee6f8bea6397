/** Wishes below this share of the fastest one's do not hold the others back for long. */
const SLOW_SHARE = 0.5;
const SLOW_FOR_MS = 2000;
/** Who carries this much of what the others' pictures really use takes nothing from them, whatever they may use. */
const SUFFICIENT_SHARE = 1.1;
/** A slow taker comes back once it has carried so much of what the others get, for so long. */
const BACK_SHARE = 0.85;
const BACK_AFTER_MS = 4000;
/**
 * A network is known to carry what is sent, and half as much again. Who shares the slow lane with somebody slower still
 * gets no further by that: it is sent what the others get for a while, which shows whether it carries that.
 */
const HELD_BACK = 1.3;
const TRIAL_MS = 3000;
/** Below this share of the wish with which it began, a trial has failed. */
const TRIAL_FAILED = 0.9;
const [FIRST_TRIAL_PAUSE_MS, LONGEST_TRIAL_PAUSE_MS] = [8000, 64_000];

export type Lane = 0 | 1;

interface Place {
  wishKbps: number;
  lane: Lane;
  /** Since when it asks for the other lane. */
  sinceMs: number | undefined;
  /** What is going on: the wish with which it began, and the end. */
  trial: { fromKbps: number; untilMs: number } | undefined;
  trialPauseMs: number;
  nextTrialMs: number;
}

/**
 * Who of the takers of one video shares an encoder with whom. An encoder follows its slowest taker; so that one slow
 * network does not spoil the picture of all, those who carry much less than the others get an encoder of their own:
 * two lanes, not more, since each one costs its share of the processor.
 */
export class VideoLanes<Taker> {
  readonly #places = new Map<Taker, Place>();
  readonly #usedKbps: (lane: Lane) => number | undefined;

  /** `usedKbps`: what the pictures of a lane really use, as far as that is known. */
  constructor(usedKbps: (lane: Lane) => number | undefined) {
    this.#usedKbps = usedKbps;
  }

  get takers(): Taker[] {
    return [...this.#places.keys()];
  }

  /** The lanes that are in use, each with the bitrate that all of its takers carry. */
  get lanes(): { lane: Lane; bitrateKbps: number }[] {
    return ([0, 1] as const).flatMap((lane) => {
      const used = [...this.#places.values()].some((place) => place.lane === lane);
      return used ? [{ lane, bitrateKbps: this.#rateKbps(lane) }] : [];
    });
  }

  laneOf(taker: Taker): Lane | undefined {
    return this.#places.get(taker)?.lane;
  }

  /** A new taker is put where it belongs at once: it needs a key frame in any case. */
  join(taker: Taker, wishKbps: number): void {
    const fast = this.#fastLane;
    const lane = this.#isSlow({ wishKbps, lane: fast }) ? other(fast) : fast;
    this.#places.set(taker, {
      wishKbps,
      lane,
      sinceMs: undefined,
      trial: undefined,
      trialPauseMs: FIRST_TRIAL_PAUSE_MS,
      nextTrialMs: 0,
    });
  }

  leave(taker: Taker): void {
    this.#places.delete(taker);
  }

  /** What the network of this taker carries now. */
  setWish(taker: Taker, wishKbps: number): void {
    const place = this.#places.get(taker);
    if (place) place.wishKbps = wishKbps;
  }

  /** To be called several times a second. @returns those who have changed lanes */
  update(nowMs: number): Taker[] {
    const fast = this.#fastLane;
    return [...this.#places].filter(([, place]) => this.#move(place, fast, nowMs)).map(([taker]) => taker);
  }

  #move(place: Place, fast: Lane, nowMs: number): boolean {
    if (place.trial) return this.#judge(place, place.trial, nowMs);
    const inFast = place.lane === fast;
    const back = place.wishKbps >= BACK_SHARE * Math.min(this.#rateKbps(fast), this.#sufficientKbps(fast));
    const held = place.wishKbps >= HELD_BACK * this.#rateKbps(place.lane) && nowMs >= place.nextTrialMs;
    const wantsOther = inFast ? this.#isSlow(place) : back || held;
    if (!wantsOther) place.sinceMs = undefined;
    else place.sinceMs ??= nowMs;
    if (place.sinceMs === undefined) return false;
    if (nowMs - place.sinceMs < (inFast ? SLOW_FOR_MS : BACK_AFTER_MS)) return false;
    place.lane = other(place.lane);
    place.sinceMs = undefined;
    if (!inFast && !back) place.trial = { fromKbps: place.wishKbps, untilMs: nowMs + TRIAL_MS };
    return true;
  }

  /** @returns whether it goes back */
  #judge(place: Place, { fromKbps, untilMs }: { fromKbps: number; untilMs: number }, nowMs: number): boolean {
    const failed = place.wishKbps < TRIAL_FAILED * fromKbps || (nowMs >= untilMs && this.#isSlow(place));
    if (!failed && nowMs < untilMs) return false;
    place.trial = undefined;
    if (!failed) return false;
    place.lane = other(place.lane);
    place.nextTrialMs = nowMs + place.trialPauseMs;
    place.trialPauseMs = Math.min(LONGEST_TRIAL_PAUSE_MS, 2 * place.trialPauseMs);
    return true;
  }

  #isSlow({ wishKbps, lane }: Pick<Place, 'wishKbps' | 'lane'>): boolean {
    return wishKbps < SLOW_SHARE * this.#fastestKbps(lane) && wishKbps < this.#sufficientKbps(lane);
  }

  #sufficientKbps(lane: Lane): number {
    return SUFFICIENT_SHARE * (this.#usedKbps(lane) ?? Number.POSITIVE_INFINITY);
  }

  /** That of the fastest taker. */
  get #fastLane(): Lane {
    return this.#fastestKbps(1) > this.#fastestKbps(0) ? 1 : 0;
  }

  #fastestKbps(lane: Lane): number {
    return Math.max(0, ...this.#in(lane).map(({ wishKbps }) => wishKbps));
  }

  #rateKbps(lane: Lane): number {
    return Math.min(...this.#in(lane).map(({ wishKbps }) => wishKbps));
  }

  /** Those whose wishes count: a trial is not to spoil anything, unless nobody else is left. */
  #in(lane: Lane): Place[] {
    const all = [...this.#places.values()].filter((place) => place.lane === lane);
    const settled = all.filter(({ trial }) => !trial);
    return settled.length > 0 ? settled : all;
  }
}

function other(lane: Lane): Lane {
  return lane === 0 ? 1 : 0;
}
