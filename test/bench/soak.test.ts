import { describe, expect, it } from 'vitest';
import { conversation } from '../../bench/soak/conversation.ts';
import { MemoryWatch } from '../../bench/soak/memory-watch.ts';
import { SessionWatch } from '../../bench/soak/session-watch.ts';
import { randomNumbers } from '../../src/random.ts';

describe('SessionWatch', () => {
  it('sees what may never happen', () => {
    const watch = new SessionWatch('s');
    watch.speechStarted(1);
    watch.speechEnded(1, 100);
    watch.speechEnded(2, 0);
    expect(watch.problems).toEqual([]);
    watch.speechEnded(1, 100);
    watch.speechStarted(3);
    watch.speechStarted(4);
    watch.voice({ mediaTimeMs: 0, epoch: 0 }, 0);
    watch.voice({ mediaTimeMs: 40, epoch: 0 }, 40);
    watch.voice({ mediaTimeMs: 80, epoch: 1 }, 80);
    watch.voice({ mediaTimeMs: 80, epoch: 1 }, 80);
    watch.picture({ mediaTimeMs: 40, epoch: 0 }, 0);
    watch.picture({ mediaTimeMs: 40, epoch: 0 }, 0);
    expect(watch.problems).toHaveLength(5);
  });

  it('measures by how much pictures leave behind the voice', () => {
    const watch = new SessionWatch('s');
    for (let ms = 0; ms < 25_000; ms += 20) {
      watch.voice({ mediaTimeMs: ms, epoch: 0 }, ms + 195);
      if (ms % 40 === 0) watch.picture({ mediaTimeMs: ms, epoch: 0 }, ms + 190 + (ms < 10_000 ? 0 : 12));
    }
    expect(watch.offsetsMs).toEqual([-5, 7]);
  });
});

it('MemoryWatch: tells growth from noise', () => {
  const growth = (slope: number) => {
    const watch = new MemoryWatch();
    const random = randomNumbers(1);
    for (let i = 0; i < 200; i++) {
      // Megabytes after i · 10 s; the first quarter may do what it wants.
      const residentMb = i < 50 ? 100 + i : 400 + 40 * random() + (slope * i) / 360;
      watch.samples.push({ seconds: 10 * i, residentMb, serverMb: residentMb, heapMb: 0, externalMb: 0 });
    }
    return watch.growthPercentPerHour();
  };
  expect(Math.abs(growth(0))).toBeLessThan(2);
  expect(growth(42)).toBeGreaterThan(8);
});

it('conversation: repeats itself from its seed and has all kinds of acts', () => {
  const acts = (seed: number) => {
    const calls: string[] = [];
    const speaker = new Proxy({} as Parameters<ReturnType<typeof next>['run']>[0], {
      get: (_, name) => () => calls.push(String(name)),
    });
    const talk = conversation(randomNumbers(seed), new Float32Array(480_000));
    const next = () => talk.next().value;
    for (let i = 0; i < 300; i++) next().run(speaker);
    return calls;
  };
  expect(acts(3)).toEqual(acts(3));
  expect(new Set(acts(3))).toEqual(
    new Set(['speak', 'endSpeech', 'interrupt', 'pause', 'resume', 'setControls']),
  );
});
