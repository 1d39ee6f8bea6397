import { expect, it } from 'vitest';
import { CHANNEL, MOTION_SIZE } from '../../src/contract/motion-frame.ts';
import { liveLinkHeader, liveLinkRow } from '../../src/model/live-link-csv.ts';

it('writes the header of the Live Link Face app and one value under each name', () => {
  const header = liveLinkHeader();
  expect(header.startsWith('Timecode,BlendShapeCount,EyeBlinkLeft,EyeLookDownLeft,EyeLookInLeft')).toBe(true);
  expect(
    header.endsWith(
      'TongueOut,HeadYaw,HeadPitch,HeadRoll,LeftEyeYaw,LeftEyePitch,LeftEyeRoll,RightEyeYaw,RightEyePitch,RightEyeRoll',
    ),
  ).toBe(true);
  const frame = new Float32Array(MOTION_SIZE);
  frame[CHANNEL.jawOpen] = 0.5;
  frame[CHANNEL.headYaw] = -0.25;
  frame[CHANNEL.eyeLookOutLeft] = 1;
  frame[CHANNEL.eyeLookInRight] = 1;
  const row = Object.fromEntries(
    liveLinkRow(frame, 51, 25)
      .split(',')
      .map((value, i) => [header.split(',')[i], value]),
  );
  expect(row).toMatchObject({ Timecode: '00:00:02:01.000', BlendShapeCount: '61', JawOpen: '0.5000000000' });
  expect(Number(row.HeadYaw)).toBe(-0.25);
  expect(Number(row.LeftEyeYaw)).toBeCloseTo(Math.PI / 6, 5);
  expect(Number(row.RightEyeYaw)).toBeCloseTo(Math.PI / 6, 5);
});
