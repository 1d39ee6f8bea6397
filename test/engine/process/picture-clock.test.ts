import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { LATENCY_MODES, USUAL_DELAY_MS } from '../../../src/contract/latency.ts';
import { motionPlan } from '../../../src/engine/process/motion-plan.ts';
import { PictureClock } from '../../../src/engine/process/picture-clock.ts';
import { BUILTIN_PACK, parseManifest } from '../../../src/model/pack.ts';

it.each(LATENCY_MODES)('holds %s back by as much as the table of delays says', (latency) => {
  const manifest = parseManifest(readFileSync(join(BUILTIN_PACK, 'pack.json')));
  const plan = motionPlan(latency, manifest);
  expect(new PictureClock({ fps: 25 }, plan).holdMs).toBe(USUAL_DELAY_MS[latency]);
  expect(new PictureClock({ fps: 30 }, plan).holdMs).toBe(USUAL_DELAY_MS[latency] + 40);
});
