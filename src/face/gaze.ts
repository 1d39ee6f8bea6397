import { CHANNEL } from '../contract/motion-frame.ts';

/** Rotation of an eye whose eyeLook coefficient is 1: ARKit's documentation gives none; 30° is common. */
export const EYE_LOOK_RADIANS = Math.PI / 6;

/** Gaze of one eye of a motion frame, radians: +yaw to the avatar's left, +pitch up. */
export function gazeOf(frame: Float32Array, side: 'left' | 'right'): { yaw: number; pitch: number } {
  const at = (name: 'In' | 'Out' | 'Up' | 'Down') =>
    frame[CHANNEL[`eyeLook${name}${side === 'left' ? 'Left' : 'Right'}`]];
  // Outwards is towards the avatar's left for the left eye, towards its right for the right one.
  const outwards = at('Out') - at('In');
  return {
    yaw: EYE_LOOK_RADIANS * (side === 'left' ? outwards : -outwards),
    pitch: EYE_LOOK_RADIANS * (at('Up') - at('Down')),
  };
}
