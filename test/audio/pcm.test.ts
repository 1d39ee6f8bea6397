import { describe, expect, it } from 'vitest';
import { floatToS16le, S16leReader, s16leToFloat } from '../../src/audio/pcm.ts';

describe('s16le', () => {
  it('goes there and back', () => {
    const samples = Float32Array.of(0, 0.5, -0.5, 32767 / 32768, -1);
    expect(s16leToFloat(floatToS16le(samples))).toEqual(samples);
  });

  it('clips, and turns NaN into silence', () => {
    expect([...s16leToFloat(floatToS16le(Float32Array.of(2, -2, Number.NaN)))]).toEqual([
      32767 / 32768,
      -1,
      0,
    ]);
  });

  it('reads a stream that is cut inside samples', () => {
    const bytes = floatToS16le(Float32Array.from({ length: 50 }, (_, i) => i / 100 - 0.25));
    const reader = new S16leReader();
    const samples: number[] = [];
    for (let at = 0, size = 1; at < bytes.length; at += size, size = (size % 5) + 1)
      samples.push(...reader.read(bytes.subarray(at, at + size)));
    expect(samples).toEqual([...s16leToFloat(bytes)]);
  });

  it('forgets half a sample on reset', () => {
    const reader = new S16leReader();
    expect(reader.read(Uint8Array.of(1)).length).toBe(0);
    reader.reset();
    expect([...reader.read(Uint8Array.of(0, 64))]).toEqual([0.5]);
  });
});
