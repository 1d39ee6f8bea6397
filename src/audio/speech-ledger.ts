export type SpeechEvent =
  | { type: 'speech.started'; utterance: number; position: number }
  | { type: 'speech.ended'; utterance: number; playedSamples: number; interrupted: boolean };

interface Entry {
  utterance: number;
  /** Where its voice lies on the timeline: [from, to) at 48 kHz; gaps are underruns. */
  spans: { from: number; to: number }[];
  started: boolean;
  /** All of its voice is on the timeline. */
  complete: boolean;
  /** Samples that were played before the first of the spans. */
  playedBefore: number;
}

/**
 * Which part of the timeline belongs to which utterance, so that `speech.started` is told when its first
 * sample leaves and `speech.ended` exactly once, never before its last sample has left, with what was really
 * played. Positions and counts are samples at 48 kHz.
 */
export class SpeechLedger {
  readonly #entries: Entry[] = [];

  /** What it holds. */
  get spanCount(): number {
    return this.#entries.reduce((sum, { spans }) => sum + spans.length, 0);
  }

  add(utterance: number, from: number, to: number): void {
    let entry = this.#entries.at(-1);
    if (entry?.utterance !== utterance) {
      entry = { utterance, spans: [], started: false, complete: false, playedBefore: 0 };
      this.#entries.push(entry);
    }
    const last = entry.spans.at(-1);
    if (last?.to === from) last.to = to;
    else entry.spans.push({ from, to });
  }

  /** Goes on with an utterance that was started elsewhere; what is left of it comes from `position` on. */
  resume(utterance: number, playedBefore: number, position: number): void {
    const spans = [{ from: position, to: position }];
    this.#entries.push({ utterance, spans, started: true, complete: false, playedBefore });
  }

  /** The utterance that is told of next, and what of it has left before `position`; undefined where there is none. */
  current(position: number): { utterance: number; playedSamples: number } | undefined {
    const [entry] = this.#entries;
    return entry && { utterance: entry.utterance, playedSamples: playedUntil(entry, position) };
  }

  /** Samples that lie behind `position`. */
  unplayed(position: number): number {
    const behind = ({ from, to }: Entry['spans'][number]) => Math.max(0, to - Math.max(from, position));
    return this.#entries.flatMap(({ spans }) => spans).reduce((sum, span) => sum + behind(span), 0);
  }

  complete(utterance: number): void {
    const entry = this.#entries.find((candidate) => candidate.utterance === utterance);
    if (entry) entry.complete = true;
  }

  /** Tells what has happened now that everything before `position` has left. */
  leaveUntil(position: number): SpeechEvent[] {
    const events: SpeechEvent[] = [];
    for (const entry of [...this.#entries]) {
      const { utterance, spans } = entry;
      if (!entry.started && spans[0].from < position) {
        entry.started = true;
        events.push({ type: 'speech.started', utterance, position: spans[0].from });
      }
      forgetGaps(entry, position);
      if (!entry.complete || spans.at(-1)!.to > position) break;
      this.#entries.shift();
      const playedSamples = playedUntil(entry, position);
      events.push({ type: 'speech.ended', utterance, playedSamples, interrupted: false });
    }
    return events;
  }

  /**
   * Forgets all voice from `position` on, which will be played later: what it was, in order. What has been
   * started stays so.
   */
  takeBack(position: number): { utterance: number; from: number; to: number; complete: boolean }[] {
    const taken: ReturnType<SpeechLedger['takeBack']> = [];
    for (const entry of this.#entries.splice(0)) {
      const { utterance, spans, complete } = entry;
      const later = spans.filter(({ to }) => to > position);
      if (later.length > 0) {
        for (const { from, to } of later) {
          taken.push({ utterance, from: Math.max(from, position), to, complete });
        }
        entry.complete = false;
        entry.spans = spans
          .filter(({ from }) => from < position)
          .map(({ from, to }) => ({ from, to: Math.min(to, position) }));
      }
      if (entry.spans.length > 0) this.#entries.push(entry);
    }
    return taken;
  }

  /**
   * Ends every utterance at `position`: what lies behind it will never be played. So do those that `wait` and of
   * which nothing has come to the timeline: whoever sent one is told once that it is over.
   */
  interrupt(position: number, waiting: readonly number[] = []): SpeechEvent[] {
    const events = this.leaveUntil(position);
    const known = new Set(this.#entries.map(({ utterance }) => utterance));
    for (const utterance of waiting) {
      if (known.has(utterance)) continue;
      this.#entries.push({ utterance, spans: [], started: false, complete: false, playedBefore: 0 });
    }
    for (const entry of this.#entries.splice(0)) {
      const { utterance } = entry;
      const playedSamples = playedUntil(entry, position);
      events.push({ type: 'speech.ended', utterance, playedSamples, interrupted: true });
    }
    return events;
  }
}

/** An utterance of an hour with gaps in it is no longer than one without. */
function forgetGaps(entry: Entry, position: number): void {
  const { spans } = entry;
  const left = spans.findIndex(({ to }) => to > position);
  const gone = spans.splice(0, left < 0 ? spans.length - 1 : left);
  for (const { from, to } of gone) entry.playedBefore += to - from;
}

function playedUntil({ spans, playedBefore }: Entry, position: number): number {
  return spans.reduce((sum, { from, to }) => sum + Math.max(0, Math.min(to, position) - from), playedBefore);
}
