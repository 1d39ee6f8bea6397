import { checkInterruption } from './checks/interruption.ts';
import { checkOrders } from './checks/orders.ts';
import { checkSpeaking } from './checks/speaking.ts';
import { ContainedEndpoint } from './contained-endpoint.ts';
import type { Endpoint } from './endpoint.ts';
import { Mouth } from './measure/mouth.ts';
import { Recorder } from './measure/recorder.ts';
import { type Finding, type Report, reportOf } from './report.ts';
import type { TestVoice } from './voice.ts';

export interface ProbeOptions {
  voice: TestVoice;
  /** Of speaking, in which drift is looked for. */
  minutes: number;
  /** Random orders of segments and clears. */
  orders: number;
  seed: number;
  /** Hears what is done next. */
  onStep?: (what: string) => void;
}

const PICTURE_LIMIT_MS = 30_000;

/**
 * Tries an endpoint from joining to its last end. It is closed in any case.
 * @throws what its `join` does; whatever goes wrong later is in the report
 */
export async function probe(tried: Endpoint, options: ProbeOptions): Promise<Report> {
  const { voice, minutes, orders, seed, onStep } = options;
  const endpoint = new ContainedEndpoint(tried);
  const recorder = new Recorder();
  const mouth = await Mouth.open();
  const findings: Finding[] = [];
  try {
    onStep?.('joining');
    const beganMs = performance.now();
    await endpoint.join(recorder);
    const joinedMs = performance.now() - beganMs;
    await recorder.until(() => recorder.firstPictureMs !== undefined, PICTURE_LIMIT_MS);
    const { firstPictureMs } = recorder;
    const pictureMs = firstPictureMs === undefined ? undefined : firstPictureMs - beganMs;
    findings.push(
      { name: 'joined', value: joinedMs, unit: 'ms', note: 'until its tracks are there' },
      { name: 'first picture', value: pictureMs, unit: 'ms', bar: PICTURE_LIMIT_MS },
    );
    onStep?.(`speaking for ${minutes} min`);
    findings.push(...(await checkSpeaking(endpoint, recorder, { voice, mouth, minutes })));
    onStep?.('interrupting');
    findings.push(...(await checkInterruption(endpoint, recorder, voice)));
    onStep?.(`${orders} random orders`);
    findings.push(...(await checkOrders(endpoint, recorder, { voice, orders, seed })));
    if (recorder.lostWhy)
      findings.push({ name: 'lost', value: undefined, unit: '', bar: 0, note: recorder.lostWhy });
    const { strays } = endpoint;
    if (strays.length > 0)
      findings.push({
        name: 'errors that its client let go',
        value: strays.length,
        unit: '',
        note: strays[0],
      });
    return reportOf(endpoint.name, findings);
  } finally {
    await endpoint.close();
    await mouth.close();
  }
}
