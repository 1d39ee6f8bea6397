import type { SpeechEnd } from '../contract/speech.ts';

export type SpeechEvent =
  | { type: 'speech.started' | 'speech.continued'; utterance: number; position: number }
  | { type: 'speech.ended'; utterance: number; playedSamples: number; reason: SpeechEnd };

/** A part of the timeline: [from, to) at 48 kHz. */
interface Span {
  from: number;
  to: number;
}

interface Entry {
  utterance: number;
  /** Where its voice lies on the timeline; gaps are underruns. */
  spans: Span[];
  started: boolean;
  /** Where it was when it was told to have stalled, until it goes on. */
  stalledAt: number | undefined;
  /** Set where all of its voice is on the timeline. */
  end: SpeechEnd | undefined;
  /** Samples that were played before the first of the spans. */
  playedBefore: number;
}

/**
 * Which part of the timeline belongs to which utterance, so that `speech.started` is told when its first
 * sample leaves and `speech.ended` exactly once, never before its last sample has left, with what was really
 * played. Utterances are told of in the order of their numbers. Positions and counts are samples at 48 kHz.
 */
export class SpeechLedger {
  readonly #entries: Entry[] = [];

  /** What it holds. */
  get spanCount(): number {
    return this.#entries.reduce((sum, { spans }) => sum + spans.length, 0);
  }

  /** It is told of after those with lower numbers. */
  begin(utterance: number): void {
    this.#find(utterance);
  }

  add(utterance: number, from: number, to: number): void {
    const { spans } = this.#find(utterance);
    const last = spans.at(-1);
    if (last?.to === from) last.to = to;
    else spans.push({ from, to });
  }

  /** Goes on with an utterance that was started elsewhere; what is left of it comes from `position` on. */
  resume(utterance: number, playedBefore: number, position: number, stalled: boolean): void {
    const entry = this.#find(utterance);
    Object.assign(entry, { started: true, playedBefore, stalledAt: stalled ? position : undefined });
  }

  /**
   * The utterance that is told of next, what of it has left before `position`, and the position where that ends;
   * undefined where there is none.
   */
  current(position: number): { utterance: number; playedSamples: number; until: number } | undefined {
    const [entry] = this.#entries;
    if (!entry) return undefined;
    const last = entry.spans.findLast(({ from }) => from < position);
    const until = Math.min(last?.to ?? position, position);
    return { utterance: entry.utterance, playedSamples: playedUntil(entry, position), until };
  }

  /** Samples that lie behind `position`, of all utterances or of these. */
  unplayed(position: number, utterances?: readonly number[]): number {
    return this.#entries
      .filter(({ utterance }) => utterances?.includes(utterance) ?? true)
      .flatMap(({ spans }) => spans)
      .reduce((sum, { from, to }) => sum + Math.max(0, to - Math.max(from, position)), 0);
  }

  /** Whether voice goes on over `position`. */
  flowsOver(position: number): boolean {
    return this.#entries.some(({ spans }) => spans.some(({ from, to }) => from < position && to > position));
  }

  complete(utterance: number, end: SpeechEnd): void {
    this.#find(utterance).end ??= end;
  }

  /** No voice of it comes now that all before `position` has left. @returns false where that was known already */
  stall(utterance: number, position: number): boolean {
    const entry = this.#find(utterance);
    if (entry.stalledAt !== undefined) return false;
    entry.stalledAt = position;
    return true;
  }

  /** Tells what has happened now that everything before `position` has left. */
  leaveUntil(position: number): SpeechEvent[] {
    const events: SpeechEvent[] = [];
    for (const entry of [...this.#entries]) {
      const { utterance, spans, stalledAt } = entry;
      if (!entry.started && spans.length > 0 && spans[0].from < position) {
        entry.started = true;
        events.push({ type: 'speech.started', utterance, position: spans[0].from });
      }
      const goesOn = spans.find(
        ({ from }) => stalledAt !== undefined && from >= stalledAt && from < position,
      );
      if (goesOn) {
        entry.stalledAt = undefined;
        events.push({ type: 'speech.continued', utterance, position: goesOn.from });
      }
      forgetGaps(entry, position);
      if (!entry.end || (spans.at(-1)?.to ?? 0) > position) break;
      this.#entries.shift();
      const playedSamples = playedUntil(entry, position);
      events.push({ type: 'speech.ended', utterance, playedSamples, reason: entry.end });
    }
    return events;
  }

  /**
   * Forgets all voice from `position` on, which will be played later: what it was, in order. What has been
   * started stays so.
   */
  takeBack(position: number): (Span & { utterance: number; end: SpeechEnd | undefined })[] {
    const taken: ReturnType<SpeechLedger['takeBack']> = [];
    for (const entry of this.#entries) {
      const { utterance, spans, end } = entry;
      const later = spans.filter(({ to }) => to > position);
      if (later.length === 0) continue;
      for (const { from, to } of later) taken.push({ utterance, from: Math.max(from, position), to, end });
      entry.end = undefined;
      entry.spans = before(position, spans);
    }
    return taken;
  }

  /** Ends these utterances at `position`: what lies behind it will never be played. */
  interrupt(utterances: readonly number[], position: number): SpeechEvent[] {
    const events = this.leaveUntil(position);
    for (const utterance of utterances) {
      const entry = this.#find(utterance);
      entry.spans = before(position, entry.spans);
      entry.end = 'interrupted';
    }
    return [...events, ...this.leaveUntil(position)];
  }

  #find(utterance: number): Entry {
    const at = this.#entries.findLastIndex((entry) => entry.utterance <= utterance);
    const found = this.#entries[at];
    if (found?.utterance === utterance) return found;
    const nothing = { started: false, stalledAt: undefined, end: undefined, playedBefore: 0 };
    const entry: Entry = { utterance, spans: [], ...nothing };
    this.#entries.splice(at + 1, 0, entry);
    return entry;
  }
}

function before(position: number, spans: readonly Span[]): Span[] {
  return spans
    .filter(({ from }) => from < position)
    .map(({ from, to }) => ({ from, to: Math.min(to, position) }));
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
