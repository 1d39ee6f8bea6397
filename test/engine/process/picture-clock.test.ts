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

it.each(LATENCY_MODES)('begins blocks of %s at the same times, whenever sessions began', (latency) => {
  const manifest = parseManifest(readFileSync(join(BUILTIN_PACK, 'pack.json')));
  const plan = motionPlan(latency, manifest);
  const clock = new PictureClock({ fps: 25 }, plan);
  const blockMs = 40 * plan.block;
  for (const nowMs of [0, 17, 5003.4]) {
    const startMs = clock.startMs(nowMs);
    const toGrid = (nowMs - startMs) / blockMs;
    expect(toGrid).toBeCloseTo(Math.round(toGrid), 9);
    // The first picture is due at once, and its voice, silence, is there.
    expect(startMs).toBeGreaterThanOrEqual(40 * Math.floor(clock.holdMs / 40));
    expect(startMs).toBeLessThan(40 * Math.floor(clock.holdMs / 40) + blockMs);
  }
});
