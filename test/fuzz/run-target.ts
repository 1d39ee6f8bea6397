import fc from 'fast-check';
import { readCorpus, storeInput } from './corpus.ts';
import { FuzzedServer } from './fuzzed-server.ts';
import type { Finding, FuzzTarget, OpenTarget, StoredInput } from './target.ts';

/** Of one try, of all threads together: far above what any honest input takes, far below what a neighbour notices. */
const MOST_PROCESSOR_MS = 2000;
/** By how much one try may raise the highest memory of the process. */
const MOST_MEMORY_BYTES = 512 * 2 ** 20;

export interface FuzzRun {
  seed: number;
  /** Tries at most; without it as many as there is time for. */
  runs?: number;
  limitMs?: number;
  /** A running one, where the target needs it; without it one is started. */
  server?: FuzzedServer;
  /** Sees every input before it is tried: whoever is ended by it tells others. */
  before?: (input: StoredInput) => void;
}

/**
 * Tries what once failed, then inputs that follow from the seed, until one does something wrong; that one is made as
 * small as can be. The same seed and number of runs try the same inputs.
 * @returns undefined where all is well
 */
export async function runTarget(target: FuzzTarget, run: FuzzRun): Promise<Finding | undefined> {
  const server = target.onServer && !run.server ? await FuzzedServer.start() : run.server;
  try {
    const open = await target.open(server);
    try {
      return await runOpenTarget(target.name, open, run);
    } finally {
      await open.close?.();
    }
  } finally {
    if (server !== run.server) await server?.close();
  }
}

async function runOpenTarget(
  name: string,
  open: OpenTarget,
  { seed, runs = Number.MAX_SAFE_INTEGER, limitMs, before }: FuzzRun,
): Promise<Finding | undefined> {
  const finding = (input: unknown, cause: unknown): Finding => ({
    target: name,
    seed,
    input: storeInput(input),
    message: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause),
  });
  const attempt = async (input: unknown) => {
    before?.(storeInput(input));
    await withinBounds(() => open.attempt(input));
  };
  for (const { input } of readCorpus(name)) {
    try {
      await attempt(input);
    } catch (cause) {
      return finding(input, cause);
    }
  }
  const result = await fc.check(fc.asyncProperty(open.inputs, attempt), {
    seed,
    numRuns: runs,
    ...(limitMs !== undefined && { interruptAfterTimeLimit: limitMs, markInterruptAsFailure: false }),
  });
  // Where there was no time for any, none failed.
  return result.counterexample ? finding(result.counterexample[0], result.errorInstance) : undefined;
}

/** @throws Error where the work takes too much processor time or memory, beside what it throws itself */
async function withinBounds(work: () => Promise<void> | void): Promise<void> {
  const memoryBefore = process.resourceUsage().maxRSS;
  const timeBefore = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(timeBefore);
  const processorMs = (user + system) / 1000;
  if (processorMs > MOST_PROCESSOR_MS)
    throw new Error(`took ${Math.round(processorMs)} ms of processor time`);
  const bytes = (process.resourceUsage().maxRSS - memoryBefore) * 1024;
  if (bytes > MOST_MEMORY_BYTES) throw new Error(`took ${Math.round(bytes / 2 ** 20)} MB of memory`);
}
