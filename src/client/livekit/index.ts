/** For agents of `@livekit/agents`: `@vultus/client/livekit`. It needs `@livekit/agents`, which brings what else it needs. */
export { AvatarSession, type AvatarSessionOptions, type LiveKitKeys } from './avatar-session.ts';
