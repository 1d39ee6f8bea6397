/** Processor time and memory of a process together with all that it has started; Linux only, NaN elsewhere. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';

const TICKS_PER_SECOND = 100;

/** So far. */
export function processorSeconds(pid: number): number {
  return sumOver(pid, (each) => {
    const fields = statOf(each);
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  });
}

/** What they share, such as libraries, is counted once. */
export function residentMb(pid: number): number {
  return sumOver(pid, (each) => {
    const proportional = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${each}/smaps_rollup`, 'utf8'));
    return Number(proportional?.[1]) / 1024;
  });
}

function sumOver(pid: number, figure: (pid: number) => number): number {
  if (!existsSync('/proc/self/stat')) return Number.NaN;
  return familyOf(pid).reduce((sum, each) => sum + figure(each), 0);
}

function familyOf(pid: number): number[] {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const children = all.map(Number).filter((each) => parentOf(each) === pid);
  return [pid, ...children.flatMap(familyOf)];
}

function parentOf(pid: number): number | undefined {
  try {
    return Number(statOf(pid)[1]);
  } catch {
    return undefined; // It has just ended.
  }
}

/** The fields of `/proc/…/stat` (proc_pid_stat(5)) from the third on. */
function statOf(pid: number): string[] {
  return readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
}
