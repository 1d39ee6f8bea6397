/**
 * Motion frames as the CSV that Apple's Live Link Face app records, which animation programs read: time code,
 * count, 52 blendshapes, head and eye rotation in radians.
 */
import { BLENDSHAPES, CHANNEL } from '../contract/motion-frame.ts';
import { gazeOf } from '../face/gaze.ts';

const EXTRA = [
  'HeadYaw',
  'HeadPitch',
  'HeadRoll',
  'LeftEyeYaw',
  'LeftEyePitch',
  'LeftEyeRoll',
  'RightEyeYaw',
  'RightEyePitch',
  'RightEyeRoll',
];

export function liveLinkHeader(): string {
  const names = BLENDSHAPES.map((name) => name[0].toUpperCase() + name.slice(1));
  return ['Timecode', 'BlendShapeCount', ...names, ...EXTRA].join(',');
}

/** One row. @param frame see motion-frame.ts @param index picture index @param fps pictures per second */
export function liveLinkRow(frame: Float32Array, index: number, fps: number): string {
  const shape = (name: keyof typeof CHANNEL) => frame[CHANNEL[name]];
  const eye = (side: 'left' | 'right') => {
    const { yaw, pitch } = gazeOf(frame, side);
    // As for the head, + looks down.
    return [yaw, -pitch, 0];
  };
  const numbers = [
    ...frame.subarray(0, BLENDSHAPES.length),
    shape('headYaw'),
    shape('headPitch'),
    shape('headRoll'),
    ...eye('left'),
    ...eye('right'),
  ];
  return [
    timecode(index, fps),
    BLENDSHAPES.length + EXTRA.length,
    ...numbers.map((value) => value.toFixed(10)),
  ].join(',');
}

/** HH:MM:SS:FF.mmm, as the app writes it. */
function timecode(index: number, fps: number): string {
  const seconds = Math.floor(index / fps);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60, index % fps];
  return `${parts.map((part) => String(part).padStart(2, '0')).join(':')}.000`;
}
