import type { NodeLoad } from '../node.ts';
import type { LiveSession } from './live-session.ts';
import { LoadGovernor } from './load-governor.ts';

const PERIOD_MS = 1000;

/** Measures how busy a process is, and which of its sessions should make fewer and smaller pictures, or more again. */
export class ProcessLoad {
  readonly #governor = new LoadGovernor();
  #fromMs = performance.now();
  #workMs = 0;

  /** Counts work that has just ended. */
  worked(sinceMs: number): void {
    this.#workMs += performance.now() - sinceMs;
  }

  /**
   * Once a second how busy it is, otherwise undefined.
   * @param setRung gives a session another index in `MACHINE_RUNGS`
   */
  report(
    sessions: ReadonlyMap<string, LiveSession>,
    setRung: (session: string, rung: number) => void,
  ): NodeLoad | undefined {
    const nowMs = performance.now();
    const elapsedMs = nowMs - this.#fromMs;
    if (elapsedMs < PERIOD_MS) return undefined;
    const busy = Math.min(1, this.#workMs / elapsedMs);
    this.#fromMs = nowMs;
    this.#workMs = 0;
    const loads = [...sessions].map(([session, live]) => ({ session, ...live.takeLoad(elapsedMs) }));
    for (const { session, rung } of this.#governor.decide(busy, loads)) setRung(session, rung);
    const rungs = [...sessions.values()].map(({ machineRung }) => machineRung);
    const { user, system } = process.cpuUsage();
    return {
      busy,
      recoveryS: this.#governor.recoveryS(rungs),
      residentBytes: process.memoryUsage.rss(),
      processorMs: (user + system) / 1000,
    };
  }
}
