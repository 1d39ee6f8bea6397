/**
 * Work that is done in pieces of some milliseconds: whoever has others to serve does that in between, on the same
 * thread.
 */
export type InPieces<Result> = Generator<void, Result>;

/** For whoever has nothing else to do. */
export function atOnce<Result>(work: InPieces<Result>): Result {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}
