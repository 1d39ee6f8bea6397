/** What a connection may do in its session: everything, or take outputs and hear events, and nothing else. */
export const ROLES = ['control', 'view'] as const;
export type Role = (typeof ROLES)[number];
