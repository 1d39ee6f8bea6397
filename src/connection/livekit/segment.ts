/** Rates that voices come at (contract/format-choice.ts), and as many channels as anybody has. */
const RATES_HZ = { least: 8000, most: 48_000 };
const MOST_CHANNELS = 8;

/** s16le, interleaved. */
export interface SegmentFormat {
  sampleRateHz: number;
  channels: number;
}

/** What one byte stream brings: from its header until its end has been told to the sender. */
export interface Segment {
  /** Counts the headers of a sender. */
  readonly number: number;
  readonly stream: number;
  /** Undefined where it cannot be said, because of `fault`. */
  readonly format: SegmentFormat | undefined;
  readonly fault: string | undefined;
  /** Whether more of it is taken. */
  input: 'open' | 'over';
  /** Not yet given to the session. */
  waiting: Uint8Array[];
  /** Something was given to the session, so that it tells the end. */
  begun: boolean;
  /** The session knows all of it, or will never hear of it. */
  handed: boolean;
  /** The sender was told that it is heard. */
  started: boolean;
  end: { playedMs: number; interrupted: boolean } | undefined;
  lastInputMs: number;
  /** Since when there is a newer one. */
  supersededMs: number | undefined;
}

/** `attributes`: `sample_rate` and `num_channels`, in decimal digits. */
export function segmentOf({
  number,
  stream,
  attributes,
  nowMs,
}: {
  number: number;
  stream: number;
  attributes: Readonly<Record<string, string>>;
  nowMs: number;
}): Segment {
  const sampleRateHz = wholeNumber(attributes.sample_rate);
  const channels = wholeNumber(attributes.num_channels);
  const { least, most } = RATES_HZ;
  const fits = sampleRateHz >= least && sampleRateHz <= most && channels >= 1 && channels <= MOST_CHANNELS;
  return {
    number,
    stream,
    format: fits ? { sampleRateHz, channels } : undefined,
    fault: fits ? undefined : `a segment of ${sampleRateHz} Hz and ${channels} channels`,
    input: 'open',
    waiting: [],
    begun: false,
    handed: false,
    started: false,
    end: undefined,
    lastInputMs: nowMs,
    supersededMs: undefined,
  };
}

function wholeNumber(text: string | undefined): number {
  return text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
}
