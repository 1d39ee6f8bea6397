import type { LinkConditions } from './link-conditions.ts';

export interface Scenario {
  name: string;
  /** Conditions from each second on; the connection is made under the first ones. */
  steps: readonly { fromS: number; conditions: LinkConditions }[];
  seconds: number;
  /** Figures are of what comes after. */
  settleS: number;
}

/** Each way; a connection across a continent has about 50 ms there and back. */
const DELAY_MS = 25;
const SECONDS = 20;
const SETTLE_S = 6;

function steady(name: string, conditions: LinkConditions): Scenario {
  const steps = [{ fromS: 0, conditions: { delayMs: DELAY_MS, ...conditions } }];
  return { name, steps, seconds: SECONDS, settleS: SETTLE_S };
}

export const STEADY: readonly Scenario[] = [
  steady('clean', {}),
  ...[1, 5, 10, 20, 30].map((percent) => steady(`loss ${percent} %`, { loss: percent / 100 })),
  ...[300, 800, 2000].map((kbps) => steady(`${kbps} kbit/s`, { kbps })),
  steady('delay 50 ± 10 ms', { delayMs: 50, jitterMs: 10 }),
  steady('delay 150 ± 20 ms', { delayMs: 150, jitterMs: 20 }),
  steady('delay 300 ± 30 ms', { delayMs: 300, jitterMs: 30 }),
  steady('reordered 10 %', { delayMs: 40, reorder: 0.1 }),
  steady('800 kbit/s, loss 5 %, delay 80 ± 15 ms', { kbps: 800, loss: 0.05, delayMs: 80, jitterMs: 15 }),
];

export const OUTAGE: Scenario = {
  name: 'outage of 5 s',
  steps: [
    { fromS: 0, conditions: { delayMs: DELAY_MS } },
    { fromS: 8, conditions: { down: true } },
    { fromS: 13, conditions: { delayMs: DELAY_MS } },
  ],
  seconds: 28,
  settleS: SETTLE_S,
};

export const BOTTLENECK_CHANGE: Scenario = {
  name: '2 Mbit/s → 500 kbit/s → 2 Mbit/s',
  steps: [
    { fromS: 0, conditions: { kbps: 2000, delayMs: DELAY_MS } },
    { fromS: 12, conditions: { kbps: 500, delayMs: DELAY_MS } },
    { fromS: 27, conditions: { kbps: 2000, delayMs: DELAY_MS } },
  ],
  seconds: 45,
  settleS: SETTLE_S,
};
