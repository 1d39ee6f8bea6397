import { describe, expect, it } from 'vitest';
import { SpeechQueue } from '../../src/audio/speech-queue.ts';

const ramp = (length: number, start = 0) => Float32Array.from({ length }, (_, i) => start + i);

describe('SpeechQueue', () => {
  it('gives back in order what was pushed, however it is cut', () => {
    const queue = new SpeechQueue(1);
    queue.push(ramp(7), 0);
    queue.push(ramp(5, 7), 0);
    const taken: number[] = [];
    for (let piece = queue.take(4, 0); piece; piece = queue.take(4, 0)) taken.push(...piece.samples);
    expect(taken).toEqual([...ramp(12)]);
    expect(queue.queuedSamples).toBe(0);
  });

  it('separates utterances and reports each as finished once', () => {
    const queue = new SpeechQueue(1);
    queue.push(ramp(3), 0);
    queue.end();
    queue.push(ramp(2), 0);
    expect(queue.take(10, 0)).toMatchObject({ utterance: 1, samples: { length: 3 } });
    expect(queue.takeFinished()).toEqual([1]);
    expect(queue.takeFinished()).toEqual([]);
    expect(queue.take(10, 0)).toMatchObject({ utterance: 2, samples: { length: 2 } });
    expect(queue.takeFinished()).toEqual([]);
    queue.end();
    expect(queue.takeFinished()).toEqual([2]);
  });

  it('shortens the pauses of a microphone that has fallen behind, and bounds what waits', () => {
    const queue = new SpeechQueue(10);
    const loud = () => new Float32Array(960).fill(0.1);
    const silent = () => new Float32Array(960).fill(0.001);
    for (let i = 0; i < 10; i++) queue.push(loud(), 0, true);
    expect(queue.queuedSamples).toBe(9600);
    // All that is pushed now comes as fast as it is taken, so without its pauses the backlog would stay.
    for (let i = 0; i < 10; i++) {
      queue.push(silent(), 20 * i, true);
      queue.take(960, 20 * i);
    }
    expect(queue.queuedSamples).toBeLessThanOrEqual(4 * 960);
    for (let i = 0; i < 100; i++) queue.push(loud(), 200, true);
    expect(queue.queuedSamples).toBeLessThanOrEqual(16 * 960);
    // Voice from a program may wait.
    for (let i = 0; i < 100; i++) queue.push(silent(), 200);
    expect(queue.queuedSamples).toBeGreaterThan(100 * 960);
  });

  it('ends an utterance by itself after a second without voice, not before', () => {
    const queue = new SpeechQueue(1);
    queue.push(ramp(3), 100);
    queue.take(3, 120);
    queue.take(3, 1050);
    expect(queue.takeFinished()).toEqual([]);
    queue.take(3, 1101);
    expect(queue.takeFinished()).toEqual([1]);
  });

  it('refuses more than it may hold and keeps what it has', () => {
    const queue = new SpeechQueue(0.001);
    queue.push(ramp(40), 0);
    expect(() => queue.push(ramp(9), 0)).toThrow(expect.objectContaining({ code: 'audio_buffer_full' }));
    expect(queue.queuedSamples).toBe(40);
  });

  it('forgets everything on clear', () => {
    const queue = new SpeechQueue(1);
    queue.push(ramp(5), 0);
    queue.take(2, 0);
    queue.clear();
    expect(queue.take(5, 0)).toBeUndefined();
    queue.push(ramp(2), 0);
    expect(queue.take(5, 0)).toMatchObject({ utterance: 2, samples: ramp(2) });
  });

  it('takes back what had been taken, also when its utterance had ended and the next had begun', () => {
    const queue = new SpeechQueue(1);
    queue.push(ramp(6), 0);
    queue.end();
    queue.push(ramp(5, 6), 0);
    queue.take(9, 0);
    queue.take(2, 0);
    expect(queue.takeFinished()).toEqual([1]);
    queue.putBack({ utterance: 2, samples: ramp(2, 6) }, false);
    queue.putBack({ utterance: 1, samples: ramp(4, 2) }, true);
    expect(queue.queuedSamples).toBe(9);
    queue.end();
    const taken: number[] = [];
    for (let piece = queue.take(3, 0); piece; piece = queue.take(3, 0)) taken.push(...piece.samples);
    expect(taken).toEqual([...ramp(9, 2)]);
    expect(queue.takeFinished()).toEqual([1, 2]);
  });

  it('keeps the order of voice in crumbs, and bounds how many utterances wait', () => {
    const queue = new SpeechQueue(1);
    for (let i = 0; i < 2000; i++) queue.push(ramp(1, i), 0);
    const taken: number[] = [];
    for (let piece = queue.take(700, 0); piece; piece = queue.take(700, 0)) taken.push(...piece.samples);
    expect(taken).toEqual([...ramp(2000)]);
    queue.end();
    const many = () => {
      for (let i = 0; i < 2000; i++) {
        queue.push(ramp(1), 0);
        queue.end();
      }
    };
    expect(many).toThrow(expect.objectContaining({ code: 'audio_buffer_full' }));
    expect(queue.queuedSamples).toBeLessThan(2000);
  });
});
