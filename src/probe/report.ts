/** One row of what was measured. */
export interface Finding {
  name: string;
  /** Undefined where it could not be measured, which counts as missed where there is a bar. */
  value: number | undefined;
  unit: 'ms' | '';
  /** The most that it may be. */
  bar?: number;
  /** In words: how it was measured, what else there was. */
  note?: string;
}

export interface Report {
  endpoint: string;
  /** UTC. */
  at: string;
  findings: Finding[];
  passed: boolean;
}

export function reportOf(endpoint: string, findings: Finding[], now = new Date()): Report {
  return { endpoint, at: now.toISOString(), findings, passed: findings.every(meetsBar) };
}

export function meetsBar({ value, bar }: Finding): boolean {
  return bar === undefined || (value !== undefined && Math.abs(value) <= bar);
}

/** A table for people. */
export function tableOf({ endpoint, findings, passed }: Report): string {
  const rows = findings.map((finding) => [
    finding.name,
    finding.value === undefined ? '—' : `${rounded(finding.value)} ${finding.unit}`.trim(),
    finding.bar === undefined ? '' : `≤ ${finding.bar} ${finding.unit}`.trim(),
    finding.bar === undefined ? '' : meetsBar(finding) ? 'met' : 'MISSED',
    finding.note ?? '',
  ]);
  const all = [['', 'measured', 'bar', '', ''], ...rows];
  const widths = all[0].map((_, column) => Math.max(...all.map((row) => row[column].length)));
  const lines = all.map((row) =>
    row
      .map((cell, column) =>
        column === 1 || column === 2 ? cell.padStart(widths[column]) : cell.padEnd(widths[column]),
      )
      .join('  ')
      .trimEnd(),
  );
  return [endpoint, ...lines, passed ? 'All bars are met.' : 'A bar is missed.'].join('\n');
}

function rounded(value: number): string {
  return Math.abs(value) >= 10 || Number.isInteger(value) ? value.toFixed(0) : value.toFixed(1);
}
