/** What both ends of the wire go by; see ../wire.ts for its rules. */

export type WireVersion = 1 | 2;
/** The newest; all from 1 on are answered. */
export const WIRE_VERSION = 2;
/** Label of the WebRTC data channel that carries these messages. */
export const CONTROL_CHANNEL = 'vultus';

/** Of one `audio` message: over a second at 48 kHz, and little enough to be resampled in passing. */
export const MAX_AUDIO_BYTES = 1 << 17;
