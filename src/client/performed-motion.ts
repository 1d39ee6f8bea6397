import type { PerformedFrame } from '../contract/performed-motion.ts';
import type { UserFace } from '../contract/user-face.ts';

/** With the time of now where none is given. */
type SeenAnyTime<Seen extends { timeMs: number }> = Omit<Seen, 'timeMs'> & Partial<Pick<Seen, 'timeMs'>>;

/** A frame of a performer's motion; `timeMs` is now where it is not given. */
export type PerformedMotion = SeenAnyTime<PerformedFrame>;
/** What is seen of the user's face; `timeMs` is now where it is not given. */
export type SeenUserFace = SeenAnyTime<UserFace>;
