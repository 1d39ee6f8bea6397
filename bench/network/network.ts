import { findBrowser, launchBrowser } from '../../test/support/browser.ts';
import { galleryRig, sampleVoice, startEngine } from '../fixtures.ts';
import { atMost, type Report, type Row } from '../report.ts';
import { figures, type NetworkFigures, rampS, recoveryS } from './figures.ts';
import { plotRecording } from './plot-recording.ts';
import { type Recording, runScenario } from './run-scenario.ts';
import { BOTTLENECK_CHANGE, OUTAGE, type Scenario, STEADY } from './scenarios.ts';
import { voiceInRows } from './voice-in.ts';

/** All is well again when there is so much of what there was before. */
const RECOVERED = 0.8;
const RECOVERY_BAR_S = 4;

/** QUALITY F: what a user in a real browser gets over bad networks, and what of the user's voice arrives. */
export async function benchNetwork(): Promise<Report> {
  const rows: Row[] = [];
  const skipped: string[] = [];
  const recordings: Recording[] = [];
  if (findBrowser()) {
    recordings.push(...(await record([...STEADY, OUTAGE, BOTTLENECK_CHANGE])));
    rows.push(...recordings.flatMap(rowsOf));
    const [outage, change] = recordings.slice(-2);
    rows.push(...outageRows(outage), ...changeRows(change));
    for (const recording of [outage, change])
      rows.push({ measure: `plot: ${recording.scenario.name}`, value: await plotRecording(recording) });
    const busy = recordings.filter(({ warnings }) => warnings.some((code) => MACHINE_WARNINGS.has(code)));
    if (busy.length > 0)
      skipped.push(`nothing, but in ${busy.length} scenarios the machine was too busy for all pictures`);
  } else skipped.push('pictures: there is no Chrome or Chromium');
  rows.push(...voiceInRows(await sampleVoice()));
  const details = recordings.map((recording) => ({
    scenario: recording.scenario.name,
    ...figures(recording, recording.scenario.settleS),
  }));
  return { name: 'F. Networks, 512×512, 25 fps, H.264 up to 1.5 Mbit/s', rows, skipped, details };
}

const MACHINE_WARNINGS = new Set(['rate_reduced', 'size_reduced', 'overloaded']);

async function record(scenarios: readonly Scenario[]): Promise<Recording[]> {
  const engine = await startEngine(1);
  const browser = await launchBrowser();
  const recordings: Recording[] = [];
  try {
    const stage = { browser, engine, rig: await galleryRig(), voice: await sampleVoice() };
    for (const scenario of scenarios) recordings.push(await runScenario(stage, scenario));
  } finally {
    await browser.close();
    await engine.close();
  }
  return recordings;
}

function rowsOf(recording: Recording): Row[] {
  const { scenario, survived } = recording;
  return [
    {
      measure: scenario.name,
      value: inWords(figures(recording, scenario.settleS)),
      bar: 'lives',
      met: survived,
    },
  ];
}

function inWords(f: NetworkFigures): string {
  return [
    `${f.sentKbps.toFixed(0)} kbit/s`,
    `${f.framesPerS.toFixed(1)} fps`,
    `${f.freezes} freezes ${f.frozenMs.toFixed(0)} ms`,
    `qp ${f.qp.toFixed(0)} at ${f.width}`,
    `queue ${f.queueMs.toFixed(0)} ms`,
    `buffer ${f.bufferMs.toFixed(0)} ms`,
    `picture − voice ${f.offsetMs.toFixed(0)} ms`,
    `voice made up ${f.concealedPercent.toFixed(1)} %`,
  ].join(', ');
}

function outageRows(recording: Recording): Row[] {
  const endS = OUTAGE.steps[2].fromS;
  const before = figures(recording, OUTAGE.settleS, OUTAGE.steps[1].fromS);
  const fluent = recoveryS(recording, endS, RECOVERED * before.framesPerS);
  const ample = rampS(recording, endS, RECOVERED * before.pictureKbps);
  return [
    atMost('outage: pictures again after', seconds(fluent), RECOVERY_BAR_S, 's'),
    { measure: 'outage: bitrate again after', value: seconds(ample), unit: 's' },
  ];
}

function changeRows(recording: Recording): Row[] {
  const [, narrow, wide] = BOTTLENECK_CHANGE.steps;
  const before = figures(recording, BOTTLENECK_CHANGE.settleS, narrow.fromS);
  const atOnce = figures(recording, narrow.fromS, narrow.fromS + 2);
  const after = figures(recording, narrow.fromS + 2, wide.fromS);
  return [
    { measure: '2000 → 500: queue in the first 2 s', value: atOnce.queueMs, unit: 'ms' },
    atMost('2000 → 500: queue afterwards', after.queueMs, 150, 'ms'),
    atMost('2000 → 500: frozen', atOnce.frozenMs + after.frozenMs, 500, 'ms'),
    {
      measure: '500 → 2000: bitrate again after',
      value: seconds(rampS(recording, wide.fromS, RECOVERED * before.pictureKbps)),
      unit: 's',
    },
  ];
}

/** What did not come within the recording never came. */
function seconds(value: number | undefined): number {
  return value ?? Number.POSITIVE_INFINITY;
}
