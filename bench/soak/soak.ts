import { mkdir, writeFile } from 'node:fs/promises';
import { galleryRig, sampleVoices } from '../fixtures.ts';
import { atMost, RESULTS_FOLDER, type Report, type Row } from '../report.ts';
import { quantile } from '../statistics.ts';
import { soakInRealTime } from './real-time-part.ts';
import { plotSoak } from './soak-plot.ts';
import { type SoakPart, soakVirtually } from './virtual-part.ts';

export interface SoakOptions {
  /** Media time in all, and how much of it in real time; seconds. */
  mediaS: number;
  realS: number;
}

/** One picture at 25 per second. */
const FRAME_MS = 40;

/** QUALITY F: hours of speech, silence, interruptions, pauses and controls; sessions come and go. */
export async function benchSoak({ mediaS, realS }: SoakOptions): Promise<Report> {
  const voice = await sampleVoices();
  const log = (line: string) => console.log(`${new Date().toISOString()} ${line}`);
  const real = await soakInRealTime(realS, voice, log);
  const virtual = await soakVirtually(mediaS - realS, await galleryRig(), voice, log);
  await mkdir(RESULTS_FOLDER, { recursive: true });
  const memory = { realTime: real.memory.samples, virtual: virtual.memory.samples, faults: real.story };
  await writeFile(`${RESULTS_FOLDER}soak-memory.json`, `${JSON.stringify(memory)}\n`);
  await plotSoak({
    curves: {
      'memory of server and engines, MB': real.memory.samples.map((one) => [one.seconds, one.residentMb]),
      'memory of the server alone, MB': real.memory.samples.map((one) => [one.seconds, one.serverMb]),
      'picture against voice in the long session, ms (by 10 s)': real.watches
        .filter(({ name }) => name.startsWith('long'))
        .flatMap(({ offsets }) => offsets)
        .map(({ atMs, behindMs }) => [(atMs - real.startMs) / 1000, behindMs]),
    },
    faults: real.story,
  });
  const problems = [...real.watches, ...virtual.watches].flatMap((watch) => watch.problems);
  const warnings = [...real.warnings].map(([code, count]) => `${code} ×${count}`).join(', ') || 'none';
  return {
    name: `F. Soak: ${realS} s in real time, ${mediaS - realS} s on a clock of its own`,
    rows: [
      ...partRows('real time', real),
      atMost('real time: late pictures', (100 * real.late) / (real.sent + real.late), 1, '%'),
      { measure: 'real time: sessions refused, machine too busy', value: real.refused },
      { measure: 'real time: warnings', value: warnings },
      atMost(
        'real time: memory of the server alone grows, an hour',
        real.memory.growthPercentPerHour('serverMb'),
        5,
        '%',
      ),
      ...real.story.map(({ seconds, what }) => ({
        measure: `real time: fault after ${seconds} s`,
        value: what,
      })),
      ...real.explained.map((what) => ({ measure: 'real time: part of a fault', value: what })),
      ...partRows('own clock', virtual),
      atMost('unexplained problems', problems.length, 0),
      ...problems.slice(0, 20).map((problem) => ({ measure: 'problem', value: problem })),
    ],
  };
}

function partRows(label: string, { watches, memory }: SoakPart): Row[] {
  const offsets = watches.flatMap(({ offsetsMs }) => offsetsMs.map(Math.abs));
  const long = watches.filter(({ name }) => name.includes('long')).flatMap(({ offsetsMs }) => offsetsMs);
  const sum = (count: (watch: SoakPart['watches'][number]) => number) =>
    watches.reduce((all, watch) => all + count(watch), 0);
  const resident = memory.samples.map(({ residentMb }) => residentMb);
  const external = memory.samples.map(({ externalMb }) => externalMb);
  return [
    { measure: `${label}: sessions`, value: watches.length },
    { measure: `${label}: utterances`, value: sum(({ utterances }) => utterances) },
    { measure: `${label}: pictures`, value: sum(({ pictures }) => pictures) },
    atMost(`${label}: picture against voice, largest of all 10 s`, quantile(offsets, 1), FRAME_MS, 'ms'),
    atMost(`${label}: picture against voice, median`, quantile(offsets, 0.5), FRAME_MS, 'ms'),
    atMost(`${label}: picture against voice at the end`, Math.abs(long.at(-1) ?? Number.NaN), FRAME_MS, 'ms'),
    { measure: `${label}: resident memory, median`, value: quantile(resident, 0.5), unit: 'MB' },
    { measure: `${label}: resident memory, most`, value: Math.max(...resident), unit: 'MB' },
    { measure: `${label}: external memory, most`, value: Math.max(...external), unit: 'MB' },
    atMost(`${label}: resident memory grows, an hour`, memory.growthPercentPerHour(), 5, '%'),
  ];
}
