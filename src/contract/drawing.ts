/** Who draws the pictures of a session: the server, or the browsers that watch it. */

export const DRAWERS = ['server', 'client'] as const;
export type Drawer = (typeof DRAWERS)[number];

/** Why it is another one from now on: `asked` by the page, or what was measured. */
export const DRAW_REASONS = [
  'asked',
  /** The browser can draw. */
  'ready',
  /** The device takes too long for a picture; or has been measured again, and does not any more. */
  'device_slow',
  'device_better',
  /** The network does not bring what draws the avatar in time. */
  'network_slow',
  /** The rig is not given. */
  'rig_unavailable',
  /** The browser cannot draw. */
  'unsupported',
  /** A picture is behind the avatar, which only the server has. */
  'background',
] as const;
export type DrawReason = (typeof DRAW_REASONS)[number];
