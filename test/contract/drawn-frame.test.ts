import { describe, expect, it } from 'vitest';
import { DrawnFrameReader, DrawnFrameWriter, roundFrame } from '../../src/contract/drawn-frame.ts';
import { MOTION_SIZE } from '../../src/contract/motion-frame.ts';
import { parseServerMessage, serializeServerMessage } from '../../src/contract/wire.ts';

/** Some that follow one another as a face's do. */
const frames = Array.from({ length: 60 }, (_, n) =>
  Float32Array.from({ length: MOTION_SIZE }, (_, channel) =>
    channel < 52 ? Math.max(0, Math.sin(n / 9 + channel)) : 0.3 * Math.sin(n / 20 + channel),
  ),
);

describe('what pictures are drawn of, on its way', () => {
  it('arrives as it is rounded, in little more than a byte a channel', () => {
    const [writer, reader] = [new DrawnFrameWriter(), new DrawnFrameReader()];
    let bytes = 0;
    for (const frame of frames) {
      const written = writer.write(frame);
      bytes += written.length;
      expect(reader.read(written)).toEqual(roundFrame(frame));
      // What is rounded already stays as it is: server and client draw the same.
      expect(roundFrame(roundFrame(frame))).toEqual(roundFrame(frame));
      for (const [channel, value] of roundFrame(frame).entries())
        expect(Math.abs(value - frame[channel])).toBeLessThanOrEqual(1 / 8192);
    }
    expect(bytes / frames.length).toBeLessThan(1.8 * MOTION_SIZE);
  });

  it('waits for a whole frame after a gap', () => {
    const [writer, reader] = [new DrawnFrameWriter(), new DrawnFrameReader()];
    const written = frames.map((frame) => writer.write(frame));
    expect(reader.read(written[0])).toBeDefined();
    const read = written.slice(3).map((bytes) => reader.read(bytes));
    const first = read.findIndex((frame) => frame !== undefined);
    expect(first).toBe(22);
    for (const [i, frame] of read.entries()) if (i >= first) expect(frame).toEqual(roundFrame(frames[i + 3]));
  });

  it('refuses bytes that are cut off', () => {
    const written = new DrawnFrameWriter().write(frames[7]);
    expect(() => new DrawnFrameReader().read(written.subarray(0, 20))).toThrow(RangeError);
  });

  it('goes in a short message, as voice does', () => {
    const data = new DrawnFrameWriter().write(frames[7]);
    for (const type of ['drawn', 'voice'] as const) {
      const message = { type, epoch: 300, mediaTimeMs: 3_600_033.333, data };
      const bytes = serializeServerMessage(message, { compact: true });
      expect(bytes.length).toBeLessThan(data.length + 12);
      expect(parseServerMessage(bytes)).toEqual(message);
      expect(parseServerMessage(serializeServerMessage(message))).toMatchObject({ type, epoch: 300 });
      expect(() => parseServerMessage(bytes.subarray(0, 3))).toThrow(TypeError);
    }
  });
});
