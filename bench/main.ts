/**
 * `npm run bench [-- name …] [--json file]`: measures lip sync (A), stages, delay (D) and sessions (E) on the
 * streaming path, prints tables and writes JSON.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { benchInterruption } from './interruption.ts';
import { benchLatency } from './latency.ts';
import { benchLipSync } from './lip-sync.ts';
import { benchRender } from './render.ts';
import { machine, printReport, type Report } from './report.ts';
import { benchSessions } from './sessions.ts';

const BENCHES: Record<string, () => Promise<Report>> = {
  render: benchRender,
  latency: benchLatency,
  interruption: benchInterruption,
  sessions: benchSessions,
  'lip-sync': benchLipSync,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'string', default: 'bench/results/bench.json' } },
});
const unknown = positionals.filter((name) => !(name in BENCHES));
if (unknown.length > 0) {
  console.error(`There is no bench "${unknown[0]}"; there are ${Object.keys(BENCHES).join(', ')}.`);
  process.exit(1);
}

const host = machine();
console.log(`${host.cores} × ${host.cpu}, Node ${host.node}`);
const reports: Report[] = [];
for (const name of positionals.length > 0 ? positionals : Object.keys(BENCHES)) {
  const report = await BENCHES[name]();
  printReport(report);
  reports.push(report);
}
await mkdir(dirname(values.json), { recursive: true });
await writeFile(
  values.json,
  `${JSON.stringify({ date: new Date().toISOString(), host, reports }, null, 2)}\n`,
);
console.log(`\nJSON: ${values.json}`);
