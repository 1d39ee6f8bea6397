import type { ProviderName } from './provider-table.ts';
import { ReusedArrays } from './reused-arrays.ts';

/** How many sessions may share a run of a graph: few sizes, so that TensorRT builds few engines. */
export const BATCHES: readonly number[] = [1, 2, 4, 8];
/** Processors build nothing: a run of five costs them 14 ms, one of four and one alone 19. */
const PROCESSOR_BATCHES: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8];

/** The largest batch that `count` sessions (at least one) fill. */
export function filledBatch(count: number, provider?: ProviderName): number {
  const batches = provider === 'cpu' ? PROCESSOR_BATCHES : BATCHES;
  return batches.findLast((batch) => batch <= count)!;
}

/** The inputs of several sessions, all of one length, one after the other; in an array of this name if one is reused. */
export function joinBatch(
  parts: readonly Float32Array[],
  reused = new ReusedArrays(),
  name = '',
): Float32Array {
  if (parts.length === 1) return parts[0];
  const whole = reused.of(name, parts.length * parts[0].length);
  for (const [i, part] of parts.entries()) whole.set(part, i * part.length);
  return whole;
}

/** What a run made, apart again for its `batch` sessions. */
export function splitBatch<Data extends Float32Array | Uint8Array>(whole: Data, batch: number): Data[] {
  const length = whole.length / batch;
  return Array.from({ length: batch }, (_, i) => whole.slice(i * length, (i + 1) * length) as Data);
}
