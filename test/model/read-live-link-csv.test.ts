import { describe, expect, it } from 'vitest';
import { CHANNEL, MOTION_SIZE } from '../../src/contract/motion-frame.ts';
import { liveLinkHeader, liveLinkRow } from '../../src/model/live-link-csv.ts';
import { readLiveLinkCsv } from '../../src/model/read-live-link-csv.ts';

describe('a Live Link Face CSV', () => {
  it('comes back as it was written', () => {
    const frames = Array.from({ length: 60 }, (_, i) => {
      const frame = new Float32Array(MOTION_SIZE);
      frame[CHANNEL.jawOpen] = i / 60;
      frame[CHANNEL.headYaw] = -i / 100;
      return frame;
    });
    const rows = frames.map((frame, i) => liveLinkRow(frame, i, 25));
    const read = readLiveLinkCsv([liveLinkHeader(), ...rows].join('\r\n'));
    expect(read).toHaveLength(60);
    for (const [i, { timeMs, shapes, head }] of read.entries()) {
      expect(timeMs).toBeCloseTo(40 * i, 6);
      expect(shapes?.jawOpen).toBeCloseTo(i / 60, 6);
      expect(head).toEqual({ yaw: expect.closeTo(-i / 100, 6), pitch: 0, roll: 0 });
    }
  });

  it('counts the frames of the app, also when midnight is in between', () => {
    const codes = ['23:59:59:57.500', '23:59:59:59.500', '00:00:00:01.500'];
    const read = readLiveLinkCsv(['Timecode,TongueOut', ...codes.map((code) => `${code},1`)].join('\n'));
    expect(read.map(({ timeMs }) => Math.round(timeMs))).toEqual([0, 33, 67]);
    expect(read[0]).toEqual({ timeMs: 0, shapes: { tongueOut: 1 } });
  });

  it('keeps what lies a little beyond within its range', () => {
    const [{ shapes }] = readLiveLinkCsv('Timecode,JawOpen,MouthClose\n00:00:00:00.0,1.02,-0.01\n');
    expect(shapes).toEqual({ jawOpen: 1, mouthClose: 0 });
  });

  it.each([
    ['', 'its first line has not the names'],
    ['JawOpen\n1', 'its first line has not the names'],
    ['Timecode,JawOpen\n', 'it has no frames'],
    ['Timecode,JawOpen\n1.5,1', 'row 2: "1.5" is no time code'],
    ['Timecode,JawOpen\n00:00:00:00.0,1\n00:00:00:01.0,', 'row 3: shapes jawOpen'],
    ['Timecode,JawOpen\n00:00:00:00.0,wide', 'row 2: shapes jawOpen'],
  ])('is refused where it is wrong: %j', (text, told) => {
    expect(() => readLiveLinkCsv(text)).toThrow(told);
  });
});
