import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';

/** Results, beside the JSON; not in the repository. */
export const RESULTS_FOLDER = fileURLToPath(new URL('results/', import.meta.url));

export interface Row {
  measure: string;
  value: number | string;
  unit?: string;
  /** What it should be, in words, e.g. "≤ 170". */
  bar?: string;
  /** Whether the bar is met; absent where there is none. */
  met?: boolean;
}

export interface Report {
  name: string;
  rows: Row[];
  /** Why a part was left out, for instance because its data is not there. */
  skipped?: string[];
  /** More figures, for the JSON only. */
  details?: unknown;
}

export function atMost(measure: string, value: number, limit: number, unit = ''): Row {
  return { measure, value, unit, bar: `≤ ${limit}`, met: value <= limit };
}

export function atLeast(measure: string, value: number, limit: number, unit = ''): Row {
  return { measure, value, unit, bar: `≥ ${limit}`, met: value >= limit };
}

export function within(measure: string, value: number, from: number, to: number, unit = ''): Row {
  return { measure, value, unit, bar: `${from} … ${to}`, met: value >= from && value <= to };
}

export function printReport({ name, rows, skipped = [] }: Report): void {
  console.log(`\n${name}`);
  const text = (value: Row['value']) => (typeof value === 'number' ? formatNumber(value) : value);
  const width = Math.max(...rows.map((row) => row.measure.length), 10);
  for (const row of rows) {
    const bar = row.bar ? `  (bar ${row.bar}: ${row.met ? 'met' : 'MISSED'})` : '';
    console.log(`  ${row.measure.padEnd(width)}  ${text(row.value).padStart(9)} ${row.unit ?? ''}${bar}`);
  }
  for (const line of skipped) console.log(`  skipped: ${line}`);
}

function formatNumber(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return Math.abs(value) >= 100
    ? value.toFixed(0)
    : Math.abs(value) >= 10
      ? value.toFixed(1)
      : value.toFixed(3);
}

export function machine(): { cpu: string; cores: number; node: string } {
  return { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, node: process.version };
}
