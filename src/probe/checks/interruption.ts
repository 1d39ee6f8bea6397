import { setTimeout as sleep } from 'node:timers/promises';
import type { Endpoint } from '../endpoint.ts';
import type { Recorder } from '../measure/recorder.ts';
import type { Finding } from '../report.ts';
import type { TestVoice } from '../voice.ts';

const TIMES = 3;
const PIECE_MS = 6000;
/** From its first sound on. */
const CLEAR_AFTER_MS = 1200;
const WATCH_MS = 1500;
const END_LIMIT_MS = 5000;
/** As much of the loudest that was heard is silence (−40 dB). */
const SILENT_SHARE = 0.01;
const MOST_SILENT_MS = 150;

/** Clears in the middle of a piece: when the last sound of it is heard, and whether its end is told, once. */
export async function checkInterruption(
  endpoint: Endpoint,
  recorder: Recorder,
  voice: TestVoice,
): Promise<Finding[]> {
  const silences: number[] = [];
  const errors: number[] = [];
  let wrongEnds = 0;
  for (let i = 0; i < TIMES && recorder.lostWhy === undefined; i++) {
    await sleep(WATCH_MS / 2);
    recorder.clean();
    const before = recorder.ends.length;
    const piece = voice.cut(2000 * i, PIECE_MS);
    for (const chunk of piece.chunks) await endpoint.say(chunk);
    await endpoint.endSegment();
    const loud = () => 0.2 * Math.max(...piece.envelope);
    if (!(await recorder.until(() => recorder.sounds.some(({ value }) => value > loud()), END_LIMIT_MS)))
      continue;
    const beganMs = recorder.sounds.find(({ value }) => value > loud())!.atMs;
    await sleep(CLEAR_AFTER_MS);
    const clearMs = performance.now();
    await endpoint.clear();
    await recorder.until(() => recorder.ends.length > before, END_LIMIT_MS);
    await sleep(WATCH_MS);
    const most = Math.max(...recorder.sounds.map(({ value }) => value));
    const last = recorder.sounds.findLast(({ value }) => value > SILENT_SHARE * most);
    silences.push(Math.max(0, (last?.atMs ?? clearMs) - clearMs));
    const ends = recorder.ends.slice(before);
    if (ends.length !== 1 || !ends[0].interrupted) wrongEnds++;
    else errors.push(Math.abs(ends[0].playedMs - ((last?.atMs ?? clearMs) - beganMs)));
  }
  const worst = (values: number[]) => (values.length > 0 ? Math.max(...values) : undefined);
  return [
    {
      name: 'clear → silent, worst',
      value: worst(silences),
      unit: 'ms',
      bar: MOST_SILENT_MS,
      note: `of ${silences.length}, to −40 dB`,
    },
    { name: 'clears without one end that says so', value: wrongEnds, unit: '', bar: 0 },
    { name: 'position told against heard, worst', value: worst(errors), unit: 'ms' },
  ];
}
