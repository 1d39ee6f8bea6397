/**
 * Motion frames as the CSV that Apple's Live Link Face app records, which animation programs read: time code,
 * count, 52 blendshapes, head and eye rotation in radians.
 */
import { BLENDSHAPES, CHANNEL } from '../contract/motion-frame.ts';

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
/** Rotation of an eye whose eyeLook coefficient is 1, radians: ARKit's documentation gives none; 30° is common. */
const EYE_RANGE = Math.PI / 6;

export function liveLinkHeader(): string {
  const names = BLENDSHAPES.map((name) => name[0].toUpperCase() + name.slice(1));
  return ['Timecode', 'BlendShapeCount', ...names, ...EXTRA].join(',');
}

/** One row. @param frame see motion-frame.ts @param index picture index @param fps pictures per second */
export function liveLinkRow(frame: Float32Array, index: number, fps: number): string {
  const shape = (name: keyof typeof CHANNEL) => frame[CHANNEL[name]];
  const eye = (side: 'Left' | 'Right') => {
    // Looking outwards is towards the avatar's left for the left eye, towards its right for the right one.
    const outward = shape(`eyeLookOut${side}`) - shape(`eyeLookIn${side}`);
    const yaw = side === 'Left' ? outward : -outward;
    const pitch = shape(`eyeLookDown${side}`) - shape(`eyeLookUp${side}`);
    return [yaw * EYE_RANGE, pitch * EYE_RANGE, 0];
  };
  const numbers = [
    ...frame.subarray(0, BLENDSHAPES.length),
    shape('headYaw'),
    shape('headPitch'),
    shape('headRoll'),
    ...eye('Left'),
    ...eye('Right'),
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
