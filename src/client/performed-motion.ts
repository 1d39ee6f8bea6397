import type { PerformedFrame } from '../contract/performed-motion.ts';

/** A frame of a performer's motion; `timeMs` is now where it is not given. */
export type PerformedMotion = Omit<PerformedFrame, 'timeMs'> & Partial<Pick<PerformedFrame, 'timeMs'>>;
