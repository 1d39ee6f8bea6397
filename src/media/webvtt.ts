/** WebVTT (W3C): captions as text, for players, editors and `<track>`. */

/** Something to read, from one time to another. */
export interface Cue {
  text: string;
  startMs: number;
  endMs: number;
}

/** What a file begins with (§4.1). */
export const WEBVTT_HEADER = 'WEBVTT\n\n';

/** One cue block with the blank line that ends it; a file is the header and these. */
export function cueBlock({ text, startMs, endMs }: Cue): string {
  const from = Math.round(Math.max(0, startMs));
  // A cue without duration is never shown.
  const to = Math.max(from + 1, Math.round(endMs));
  return `${timestamp(from)} --> ${timestamp(to)}\n${escaped(text)}\n\n`;
}

/** @returns what `cueBlock` has written; undefined where it is none of its blocks */
export function parseCueBlock(block: string): Cue | undefined {
  const [times, ...lines] = block.trimEnd().split('\n');
  const [startMs, endMs] = (times.split(' --> ') as (string | undefined)[]).map(millisecondsOf);
  if (startMs === undefined || endMs === undefined || lines.length === 0) return undefined;
  return { text: unescaped(lines.join('\n')), startMs, endMs };
}

/** @param cues in the order of their beginnings */
export function webVtt(cues: readonly Cue[]): string {
  return WEBVTT_HEADER + cues.map(cueBlock).join('');
}

/** §4.2.1: hours as needed, two digits or more. */
function timestamp(ms: number): string {
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  return `${two(ms / 3_600_000)}:${two((ms / 60_000) % 60)}:${two((ms / 1000) % 60)}.${String(ms % 1000).padStart(3, '0')}`;
}

/** §4.2.2: no markup, no arrow, no blank line that would end the cue. */
function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .split(/[\r\n]+/)
    .filter((line) => line.trim() !== '')
    .join('\n');
}

function millisecondsOf(timestamp: string | undefined): number | undefined {
  const [, hours, minutes, seconds, ms] = timestamp?.match(/^(\d{2,}):(\d\d):(\d\d)\.(\d{3})$/) ?? [];
  if (ms === undefined) return undefined;
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + Number(ms);
}

function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
