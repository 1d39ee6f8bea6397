/** LiveKit gives no more jobs to a worker that says to be busier than this (its `target_load`). */
const NO_MORE = 0.7;

/**
 * What a worker says of itself, 0..1: LiveKit draws among workers by `1 − load`.
 * @param used sessions that run or are promised
 * @param free how many more would be taken
 */
export function dispatchLoad(used: number, free: number): number {
  return free > 0 ? (NO_MORE * used) / (used + free) : 1;
}
