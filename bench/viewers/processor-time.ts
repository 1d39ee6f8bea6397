import { readFileSync } from 'node:fs';

/** Linux counts in hundredths of a second, whatever the kernel's own ticks. */
const TICK_MS = 10;

/** Of other processes of this machine, milliseconds since their start (proc(5), `utime` and `stime`); Linux only. */
export function processorMs(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return sum + TICK_MS * (Number(fields[11]) + Number(fields[12]));
  }, 0);
}
