import { setTimeout as sleep } from 'node:timers/promises';
import { randomNumbers } from '../../random.ts';
import type { Endpoint } from '../endpoint.ts';
import type { Recorder } from '../measure/recorder.ts';
import type { Finding } from '../report.ts';
import type { TestVoice } from '../voice.ts';
import { sendPiece } from './speaking.ts';

/** What an agent does, one after the other. */
export type Step = { do: 'say'; durationMs: number } | { do: 'clear' } | { do: 'wait'; forMs: number };

/** For its last end, beyond what was said. */
const END_LIMIT_MS = 5000;
/** One that comes twice would come by then. */
const TWICE_MS = 300;

/** A random order of short segments, clears and pauses. */
export function drawOrder(draw: () => number): Step[] {
  const between = (least: number, most: number) => least + draw() * (most - least);
  return Array.from({ length: 2 + Math.floor(5 * draw()) }, (): Step => {
    const kind = draw();
    if (kind < 0.5) return { do: 'say', durationMs: between(60, 700) };
    return kind < 0.75 ? { do: 'clear' } : { do: 'wait', forMs: between(0, 400) };
  });
}

/** Whether each segment has exactly one end, in whatever order segments and clears come. */
export async function checkOrders(
  endpoint: Endpoint,
  recorder: Recorder,
  { voice, orders, seed }: { voice: TestVoice; orders: number; seed: number },
): Promise<Finding[]> {
  const draw = randomNumbers(seed);
  let [wrong, missing, tooMany, segments] = [0, 0, 0, 0];
  for (let i = 0; i < orders && recorder.lostWhy === undefined; i++) {
    const before = recorder.ends.length;
    let said = 0;
    let saidMs = 0;
    for (const step of drawOrder(draw)) {
      if (step.do === 'wait') await sleep(step.forMs);
      else if (step.do === 'clear') await endpoint.clear();
      else {
        said++;
        saidMs += step.durationMs;
        await sendPiece(endpoint, voice.cut(700 * said, step.durationMs));
      }
    }
    await recorder.until(() => recorder.ends.length >= before + said, saidMs + END_LIMIT_MS);
    await sleep(TWICE_MS);
    const difference = recorder.ends.length - before - said;
    segments += said;
    if (difference !== 0) wrong++;
    if (difference < 0) missing -= difference;
    else tooMany += difference;
  }
  return [
    {
      name: 'random orders with a wrong number of ends',
      value: recorder.lostWhy === undefined ? wrong : undefined,
      unit: '',
      bar: 0,
      note: `of ${orders} (seed ${seed}), ${segments} segments: ${missing} ends missing, ${tooMany} too many`,
    },
  ];
}
