/** Folds of a face's skin, and with which motion coefficients they deepen, after anatomy. */

/** Logarithm of the luma's factor to a step of the maps. */
export const FOLD_STEP = 1 / 400;

export interface FoldMaps {
  /** Of each fold, in the order of `FOLDS`, when it is as deep as it gets: `Int8Array [folds·rows·columns]`, `FOLD_STEP`s. */
  maps: Int8Array;
  /** Where each point of the skin lies in them: `Float32Array [468·2]`, see canonical-frame.ts. */
  places: Float32Array;
}

/** How deep a fold gets by each whole coefficient, of one without sides or of the fold's own side; 1 is as deep as it gets. */
export type Depths = Readonly<Record<string, number>>;

const NASOLABIAL: Depths = {
  mouthSmile: 1,
  mouthUpperUp: 0.5,
  noseSneer: 0.5,
  mouthStretch: 0.4,
  cheekSquint: 0.4,
  jawOpen: 0.2,
};
const CROWS_FEET: Depths = { cheekSquint: 1, eyeSquint: 0.8, mouthSmile: 0.4 };
const FOREHEAD: Depths = { browInnerUp: 0.8, browOuterUp: 0.5 };
const FROWN: Depths = { browDown: 1, noseSneer: 0.3 };

export const FOLDS = [NASOLABIAL, CROWS_FEET, FOREHEAD, FROWN] as const;
