import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { benchVoices } from './held-out-voices.ts';
import { benchInterruption } from './interruption.ts';
import { benchLatency } from './latency.ts';
import { benchLife } from './life.ts';
import { benchLipSync } from './lip-sync.ts';
import { benchPeers } from './peers.ts';
import { benchPlots } from './plots/plots.ts';
import { benchRender } from './render.ts';
import { machine, printReport, type Report } from './report.ts';
import { benchSessions } from './sessions.ts';

const BENCHES: Record<string, { what: string; run: () => Promise<Report> }> = {
  'lip-sync': {
    what: 'A.1–A.4: lips against a human, phones, pictures and what is no speech',
    run: benchLipSync,
  },
  voices: {
    what: 'A.5: the same in ten languages, on synthesised voices (festival)',
    run: benchVoices,
  },
  peers: {
    what: 'A: a loudness jaw and recognised phones (pocketsphinx) by the same measures',
    run: benchPeers,
  },
  life: {
    what: 'B: blinks, head, gaze, brows, emotions, borders, half an hour without drift',
    run: benchLife,
  },
  plots: { what: 'pictures to look at, in bench/results/plots', run: benchPlots },
  render: { what: 'E: milliseconds of a picture', run: benchRender },
  latency: { what: 'D: from voice to encoded picture', run: benchLatency },
  interruption: { what: 'D: silent and shut after an interruption', run: benchInterruption },
  sessions: { what: 'E: how many sessions the machine carries', run: benchSessions },
};
const DEFAULT_JSON = 'bench/results/bench.json';
const HELP = `Usage: npm run bench -- [name …] [--json file]

Measures lips (A), life (B), delay (D) and throughput (E) on the path that serves live sessions, prints tables with\nwhat each figure should be, and writes JSON.
Without a name all of them run, one after the other (half an hour on two cores).

${Object.entries(BENCHES)
  .map(([name, { what }]) => `  ${name.padEnd(13)} ${what}`)
  .join('\n')}

Options:
  --json <file>  where the JSON goes (default: ${DEFAULT_JSON})
  --help         this text

Recordings and portraits of ../shared/data, festival and pocketsphinx are used where they are there; what is left
out without them is said.`;

const { json, help, names } = readArguments();
if (help) {
  console.log(HELP);
  process.exit(0);
}
const host = machine();
console.log(`${host.cores} × ${host.cpu}, Node ${host.node}`);
const reports: Report[] = [];
for (const name of names) {
  const report = await BENCHES[name].run();
  printReport(report);
  reports.push(report);
}
await mkdir(dirname(json), { recursive: true });
await writeFile(json, `${JSON.stringify({ date: new Date().toISOString(), host, reports }, null, 2)}\n`);
console.log(`\nJSON: ${json}`);

function readArguments(): { json: string; help: boolean; names: string[] } {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        json: { type: 'string', default: DEFAULT_JSON },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    const unknown = positionals.find((name) => !(name in BENCHES));
    if (unknown) throw new Error(`There is no bench "${unknown}".`);
    return { ...values, names: positionals.length > 0 ? positionals : Object.keys(BENCHES) };
  } catch (cause) {
    console.error(`${(cause as Error).message}\n\n${HELP}`);
    process.exit(2);
  }
}
