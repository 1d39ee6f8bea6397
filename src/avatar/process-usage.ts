import { readFileSync } from 'node:fs';

/** Ticks of `/proc/<pid>/stat` in a second: part of Linux's interface to programs, whatever its own clock is. */
const TICKS_PER_S = 100;

export interface ProcessUsage {
  /** User and system time of all its threads since it was started. */
  processorMs: number;
  residentBytes: number;
}

/** What a process of this machine has used, by proc(5); undefined on other systems than Linux, and once it is gone. */
export function usageOf(pid: number): ProcessUsage | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // Its second field, a name in parentheses, may have anything in it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = Number(fields[11]) + Number(fields[12]);
    const resident = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'));
    return { processorMs: (ticks / TICKS_PER_S) * 1000, residentBytes: Number(resident?.[1] ?? 0) * 1024 };
  } catch {
    return undefined;
  }
}
