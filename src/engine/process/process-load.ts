import type { LiveSession } from './live-session.ts';
import { LoadGovernor } from './load-governor.ts';

const PERIOD_MS = 1000;

/** Measures how busy a worker is, and lets its sessions make fewer and smaller pictures where that is too much. */
export class WorkerLoad {
  readonly #governor = new LoadGovernor();
  #fromMs = performance.now();
  #workMs = 0;

  /** Counts work that has just ended. */
  worked(sinceMs: number): void {
    this.#workMs += performance.now() - sinceMs;
  }

  /**
   * Once a second the share of time that was work and the seconds until no session is reduced any more, otherwise
   * undefined.
   */
  report(sessions: ReadonlyMap<string, LiveSession>): { busy: number; recoveryS: number } | undefined {
    const nowMs = performance.now();
    const elapsedMs = nowMs - this.#fromMs;
    if (elapsedMs < PERIOD_MS) return undefined;
    const busy = Math.min(1, this.#workMs / elapsedMs);
    this.#fromMs = nowMs;
    this.#workMs = 0;
    const loads = [...sessions].map(([session, live]) => ({ session, ...live.takeLoad(elapsedMs) }));
    for (const { session, rung } of this.#governor.decide(busy, loads)) {
      sessions.get(session)?.setMachineRung(rung);
    }
    const rungs = [...sessions.values()].map(({ machineRung }) => machineRung);
    return { busy, recoveryS: this.#governor.recoveryS(rungs) };
  }
}
