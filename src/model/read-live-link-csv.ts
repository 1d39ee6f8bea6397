/** A recorded performance: the CSV of Apple's Live Link Face app, or of `--motion` (see live-link-csv.ts). */
import { BLENDSHAPES } from '../contract/motion-frame.ts';
import { PERFORMED_RANGES, type PerformedFrame } from '../contract/performed-motion.ts';
import { performedFrameSchema } from '../contract/performed-motion-schema.ts';
import { VultusError } from '../errors.ts';
import { clamp } from '../image/planes.ts';

const HEAD = ['headyaw', 'headpitch', 'headroll'] as const;
/** Hours, minutes, seconds, and frames in them, of which the app writes a part after the point. */
const TIMECODE = /^(\d\d):(\d\d):(\d\d):(\d\d(?:\.\d{1,6})?)$/;
/** Whatever counts frames in a second counts to one of these. */
const FRAME_RATES = [24, 25, 30, 48, 50, 60, 120];
const DAY_S = 86_400;

/**
 * Its frames in order, `timeMs` from the first one on. Any subset of the columns is fine, in any order; without one of
 * the head's three its head stays the avatar's own.
 * @throws VultusError `invalid_request` with the first row that is wrong
 */
export function readLiveLinkCsv(text: string): PerformedFrame[] {
  const [header, ...rows] = text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .map((line) => line.split(',').map((cell) => cell.trim()));
  const column = new Map(header?.map((name, i) => [name.toLowerCase(), i]));
  const shapes = BLENDSHAPES.filter((name) => column.has(name.toLowerCase()));
  const hasHead = HEAD.every((name) => column.has(name));
  if (!column.has('timecode') || (shapes.length === 0 && !hasHead)) {
    throw new VultusError('invalid_request', 'its first line has not the names of a Live Link Face CSV');
  }
  if (rows.length === 0) throw new VultusError('invalid_request', 'it has no frames');
  const times = secondsOf(rows.map((cells) => cells[column.get('timecode')!] ?? ''));
  return rows.map((cells, i) => {
    // Apps that retarget recordings write what lies beyond.
    const at = (name: string, [least, greatest]: readonly [number, number]) =>
      clamp(Number(cells[column.get(name.toLowerCase())!] || Number.NaN), least, greatest);
    const [yaw, pitch, roll] = HEAD.map((name) => at(name, PERFORMED_RANGES.angleRadians));
    const { data, error } = performedFrameSchema.safeParse({
      timeMs: 1000 * (times[i] - times[0]),
      shapes: Object.fromEntries(shapes.map((name) => [name, at(name, [0, 1])])),
      head: hasHead ? { yaw, pitch, roll } : undefined,
    });
    if (data) return data;
    const [{ path, message }] = error.issues;
    throw new VultusError('invalid_request', `row ${i + 2}: ${[...path, message].join(' ')}`);
  });
}

/** Times of day, going on through midnight. @throws VultusError `invalid_request` */
function secondsOf(timecodes: readonly string[]): number[] {
  const parts = timecodes.map((text, i) => {
    const match = TIMECODE.exec(text);
    if (match) return match.slice(1).map(Number);
    throw new VultusError('invalid_request', `row ${i + 2}: "${text}" is no time code like 00:00:01:24.000`);
  });
  const last = Math.max(...parts.map(([, , , frame]) => Math.floor(frame)));
  const rate = FRAME_RATES.find((frames) => frames > last) ?? last + 1;
  let days = 0;
  let before = Number.NEGATIVE_INFINITY;
  return parts.map(([hours, minutes, seconds, frame]) => {
    const ofDay = 3600 * hours + 60 * minutes + seconds + frame / rate;
    if (ofDay < before - DAY_S / 2) days++;
    before = ofDay;
    return DAY_S * days + ofDay;
  });
}
