/** What the analysis of one portrait may take of the machine. */
import { VultusError } from '../errors.ts';
import { usageOf } from './process-usage.ts';

export interface AnalysisLimits {
  /** An ordinary portrait takes about a second. */
  deadlineS: number;
  /** The deadline where other processes left the analysis too little of the time until the usual one. */
  busyDeadlineS: number;
  /** Memory of the process meanwhile; an AVIF file of 49 megapixels takes 1260. */
  mostResidentMb: number;
  /** Memory of the process afterwards: one that keeps more is replaced. After ordinary portraits it is 340. */
  mostKeptMb: number;
}

export const ANALYSIS_LIMITS: AnalysisLimits = {
  deadlineS: 10,
  busyDeadlineS: 30,
  mostResidentMb: 2000,
  mostKeptMb: 800,
};

const CHECK_MS = 100;
/** Of the time until the deadline: an analysis that was given less is not to blame for being late. */
const FAIR_SHARE = 0.8;

/**
 * Watches a process that analyses a portrait from now on.
 * @param onExcess told once, with `portrait_too_complex` when the portrait takes more than it may, with `server_busy` when
 *   others left its analysis too little of the processor
 * @returns what ends the watch
 */
export function watchAnalysis(
  pid: number,
  limits: AnalysisLimits,
  onExcess: (error: VultusError) => void,
): () => void {
  const startMs = performance.now();
  const startProcessorMs = usageOf(pid)?.processorMs ?? 0;
  const check = () => {
    const elapsedMs = performance.now() - startMs;
    const usage = usageOf(pid);
    const excess = excessOf(limits, {
      elapsedMs,
      processorMs: usage ? usage.processorMs - startProcessorMs : elapsedMs,
      residentBytes: usage?.residentBytes ?? 0,
    });
    if (!excess) return;
    clearInterval(timer);
    onExcess(excess);
  };
  const timer = setInterval(check, CHECK_MS);
  return () => clearInterval(timer);
}

/** `processorMs`: what the analysis has had of `elapsedMs`. */
function excessOf(
  { deadlineS, busyDeadlineS, mostResidentMb }: AnalysisLimits,
  used: { elapsedMs: number; processorMs: number; residentBytes: number },
): VultusError | undefined {
  if (used.residentBytes > mostResidentMb * 1e6) {
    return new VultusError('portrait_too_complex', `it takes more than ${mostResidentMb} MB of memory`);
  }
  const elapsedS = used.elapsedMs / 1000;
  if (used.processorMs >= FAIR_SHARE * deadlineS * 1000) {
    if (elapsedS < deadlineS) return undefined;
    return new VultusError('portrait_too_complex', `it takes longer than ${deadlineS} s`);
  }
  if (elapsedS < busyDeadlineS) return undefined;
  const hadS = (used.processorMs / 1000).toFixed(1);
  return new VultusError(
    'server_busy',
    `the analysis had ${hadS} s of the processor in ${busyDeadlineS} s, and was ended`,
  );
}
