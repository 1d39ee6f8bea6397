import { expect, it } from 'vitest';
import { VoiceBatch } from '../../src/connection/voice-batch.ts';

const BOT = { live: false, id: undefined };
const MICROPHONE = { live: true, id: undefined };

function batch() {
  const pushed: { samples: number[]; live: boolean; id: string | undefined }[] = [];
  return {
    pushed,
    voice: new VoiceBatch((samples, label) => pushed.push({ samples: [...samples], ...label })),
  };
}

it('sends what comes in one turn in one piece', async () => {
  const { pushed, voice } = batch();
  for (let i = 0; i < 5; i++) voice.add(Float32Array.of(i), BOT);
  expect(pushed).toEqual([]);
  await new Promise(setImmediate);
  expect(pushed).toEqual([{ samples: [0, 1, 2, 3, 4], ...BOT }]);
});

it('keeps a microphone apart from a bot, and their order', () => {
  const { pushed, voice } = batch();
  voice.add(Float32Array.of(1), MICROPHONE);
  voice.add(Float32Array.of(2), BOT);
  voice.flush();
  voice.flush();
  expect(pushed).toEqual([
    { samples: [1], ...MICROPHONE },
    { samples: [2], ...BOT },
  ]);
});

it('does not hold back much, and says nothing that was dropped', async () => {
  const { pushed, voice } = batch();
  voice.add(new Float32Array(100_000), BOT);
  expect(pushed).toHaveLength(1);
  voice.add(Float32Array.of(1), BOT);
  voice.clear();
  await new Promise(setImmediate);
  expect(pushed).toHaveLength(1);
});

it('keeps utterances apart', () => {
  const { pushed, voice } = batch();
  for (const id of ['a', 'a', 'b', undefined]) voice.add(Float32Array.of(1), { live: false, id });
  voice.flush();
  expect(pushed.map(({ samples, id }) => [samples.length, id])).toEqual([
    [2, 'a'],
    [1, 'b'],
    [1, undefined],
  ]);
});
