/** The rest pose of a rig with its blendshapes, each by its coefficient. */
import { BLENDSHAPES, type MotionChannel } from '../../../contract/motion-frame.ts';
import { LANDMARK_COUNT } from '../../../face/topology.ts';
import type { Kernels } from '../pixels/kernels.ts';
import type { Rig } from '../rig.ts';

/** Gives the landmarks `Float32Array [478·3]` for the coefficients of a motion frame, to be changed by whoever asks. */
export type Blend = (frame: Float32Array) => Float32Array;

type BlendedRig = Pick<Rig, 'rest' | 'deltas' | 'limits' | 'ownTeeth'>;

const STRIDE = 3 * LANDMARK_COUNT;
/** Coefficients below this move nothing. */
const UNSEEN = 1e-4;
/** Frames are stiff and hide most of what brows and lower lids do: how much of it is left with glasses. */
const WITH_GLASSES: Partial<Record<MotionChannel, number>> = {
  browDownLeft: 0.15,
  browDownRight: 0.15,
  browInnerUp: 0.15,
  browOuterUpLeft: 0.15,
  browOuterUpRight: 0.15,
  cheekSquintLeft: 0.4,
  cheekSquintRight: 0.4,
  noseSneerLeft: 0.4,
  noseSneerRight: 0.4,
};
/**
 * Who smiles in the portrait, and so on the avatar, smiles this much less more when told to, for the broadest smile and
 * for any that bares teeth.
 */
const SMILES_ALREADY = 0.8;

export function blendOf(rig: BlendedRig): Blend {
  const shares = sharesOf(rig);
  return (frame) => {
    const points = rig.rest.slice();
    for (let channel = 0; channel < shares.length; channel++) {
      const weight = shares[channel] * frame[channel];
      if (Math.abs(weight) < UNSEEN) continue;
      const deltas = rig.deltas.subarray(channel * STRIDE, (channel + 1) * STRIDE);
      for (let i = 0; i < STRIDE; i++) points[i] += weight * deltas[i];
    }
    return points;
  };
}

/** The same by the kernels, always in the same array. */
export function blendByKernels(rig: BlendedRig, kernels: Kernels): Blend {
  const shares = sharesOf(rig);
  const points = kernels.array(Float32Array, STRIDE);
  const deltas = kernels.array(Float32Array, shares.length * STRIDE);
  deltas.set(rig.deltas);
  return (frame) => {
    points.set(rig.rest);
    for (let channel = 0; channel < shares.length; channel++) {
      const weight = shares[channel] * frame[channel];
      if (Math.abs(weight) < UNSEEN) continue;
      kernels.run.addScaled(points.byteOffset, deltas.byteOffset + 4 * channel * STRIDE, STRIDE, weight);
    }
    return points;
  };
}

/** How much of each coefficient the portrait's face shows. */
export function sharesOf({ limits, ownTeeth }: BlendedRig): Float64Array {
  const smiles = 1 - SMILES_ALREADY * (ownTeeth ? 1 : limits.smile);
  return Float64Array.from(BLENDSHAPES, (name) => {
    const own = name === 'mouthSmileLeft' || name === 'mouthSmileRight' ? smiles : 1;
    return own * (1 - limits.glasses * (1 - (WITH_GLASSES[name] ?? 1)));
  });
}
