import { describe, expect, it } from 'vitest';
import { SpeechQueue } from '../../src/audio/speech-queue.ts';

const ramp = (length: number, start = 0) => Float32Array.from({ length }, (_, i) => start + i);
const finished = (...utterances: number[]) =>
  utterances.map((utterance) => ({ utterance, end: 'completed' as const }));
const takeAll = (queue: SpeechQueue, count: number) => {
  const taken: number[] = [];
  for (let piece = queue.take(count); piece; piece = queue.take(count)) taken.push(...piece.samples);
  return taken;
};

describe('SpeechQueue', () => {
  it('gives back in order what was pushed, however it is cut', () => {
    const queue = new SpeechQueue();
    queue.push(1, ramp(7), 0);
    queue.push(1, ramp(5, 7), 0);
    expect(takeAll(queue, 4)).toEqual([...ramp(12)]);
    expect(queue.queuedSamples).toBe(0);
  });

  it('separates utterances and reports each as finished once', () => {
    const queue = new SpeechQueue();
    queue.push(1, ramp(3), 0);
    queue.end(1, 'completed');
    queue.push(2, ramp(2), 0);
    expect(queue.take(10)).toMatchObject({ utterance: 1, samples: { length: 3 } });
    expect(queue.takeFinished()).toEqual(finished(1));
    expect(queue.takeFinished()).toEqual([]);
    expect(queue.take(10)).toMatchObject({ utterance: 2, samples: { length: 2 } });
    expect(queue.takeFinished()).toEqual([]);
    queue.end(2, 'underrun');
    expect(queue.takeFinished()).toEqual([{ utterance: 2, end: 'underrun' }]);
  });

  it('takes voice of several utterances in turn, and gives them one after the other', () => {
    const queue = new SpeechQueue();
    queue.begin(1);
    queue.push(2, ramp(2, 100), 0);
    queue.push(1, ramp(2), 0);
    queue.push(2, ramp(2, 102), 0);
    queue.end(2, 'completed');
    expect(takeAll(queue, 10)).toEqual([0, 1]);
    // The second waits until the first is over.
    expect([queue.dryUtterance, queue.take(10)]).toEqual([1, undefined]);
    queue.push(1, ramp(1, 2), 0);
    queue.end(1, 'completed');
    expect(takeAll(queue, 10)).toEqual([2, 100, 101, 102, 103]);
    expect(queue.takeFinished()).toEqual(finished(1, 2));
    queue.end(3, 'completed');
    expect(queue.takeFinished()).toEqual(finished(3));
  });

  it('shortens the pauses of a microphone that has fallen behind, and bounds what waits', () => {
    const queue = new SpeechQueue();
    const loud = () => new Float32Array(960).fill(0.1);
    const silent = () => new Float32Array(960).fill(0.001);
    for (let i = 0; i < 10; i++) queue.push(1, loud(), 0, true);
    expect(queue.queuedSamples).toBe(9600);
    // All that is pushed now comes as fast as it is taken, so without its pauses the backlog would stay.
    for (let i = 0; i < 10; i++) {
      queue.push(1, silent(), 20 * i, true);
      queue.take(960);
    }
    expect(queue.queuedSamples).toBeLessThanOrEqual(4 * 960);
    for (let i = 0; i < 100; i++) queue.push(1, loud(), 200, true);
    expect(queue.queuedSamples).toBeLessThanOrEqual(16 * 960);
    // Voice from a program may wait.
    for (let i = 0; i < 100; i++) queue.push(1, silent(), 200);
    expect(queue.queuedSamples).toBeGreaterThan(100 * 960);
  });

  it('forgets what is dropped, and keeps the rest', () => {
    const queue = new SpeechQueue();
    for (const utterance of [1, 2, 3]) {
      queue.push(utterance, ramp(5, 10 * utterance), 0);
      queue.end(utterance, 'completed');
    }
    queue.take(2);
    queue.drop([1, 3, 4]);
    expect(queue.queuedSamples).toBe(5);
    expect(takeAll(queue, 2)).toEqual([...ramp(5, 20)]);
    expect(queue.takeFinished()).toEqual(finished(2));
  });

  it('takes back what had been taken, also when its utterance had ended and the next had begun', () => {
    const queue = new SpeechQueue();
    queue.push(1, ramp(6), 0);
    queue.end(1, 'completed');
    queue.push(2, ramp(5, 6), 0);
    queue.take(9);
    queue.take(2);
    expect(queue.takeFinished()).toEqual(finished(1));
    queue.putBack({ utterance: 2, samples: ramp(2, 6) }, undefined);
    queue.putBack({ utterance: 1, samples: ramp(4, 2) }, 'completed');
    expect(queue.queuedSamples).toBe(9);
    queue.end(2, 'completed');
    expect(takeAll(queue, 3)).toEqual([...ramp(9, 2)]);
    expect(queue.takeFinished()).toEqual(finished(1, 2));
  });

  it('keeps the order of voice in crumbs', () => {
    const queue = new SpeechQueue();
    for (let i = 0; i < 2000; i++) queue.push(1, ramp(1, i), 0);
    expect(takeAll(queue, 700)).toEqual([...ramp(2000)]);
  });
});
