import { expect, it } from 'vitest';
import { VoiceBatch } from '../../src/connection/voice-batch.ts';

function batch() {
  const pushed: { samples: number[]; live: boolean }[] = [];
  return { pushed, voice: new VoiceBatch((samples, live) => pushed.push({ samples: [...samples], live })) };
}

it('sends what comes in one turn in one piece', async () => {
  const { pushed, voice } = batch();
  for (let i = 0; i < 5; i++) voice.add(Float32Array.of(i), false);
  expect(pushed).toEqual([]);
  await new Promise(setImmediate);
  expect(pushed).toEqual([{ samples: [0, 1, 2, 3, 4], live: false }]);
});

it('keeps a microphone apart from a bot, and their order', () => {
  const { pushed, voice } = batch();
  voice.add(Float32Array.of(1), true);
  voice.add(Float32Array.of(2), false);
  voice.flush();
  voice.flush();
  expect(pushed).toEqual([
    { samples: [1], live: true },
    { samples: [2], live: false },
  ]);
});

it('does not hold back much, and says nothing that was dropped', async () => {
  const { pushed, voice } = batch();
  voice.add(new Float32Array(100_000), false);
  expect(pushed).toHaveLength(1);
  voice.add(Float32Array.of(1), false);
  voice.clear();
  await new Promise(setImmediate);
  expect(pushed).toHaveLength(1);
});
