/**
 * The Vultus client for browsers and Node ≥ 20. It shares only `contract/` with the server.
 * Parts of their own: `web-codecs.ts`, `overlay.ts`, `element.ts`.
 */

export { CONTROL_RANGES, type ControlsPatch } from '../contract/controls.ts';
export type { AudioFormat } from '../contract/formats.ts';
export { USUAL_DELAY_MS } from '../contract/latency.ts';
export type { Word } from '../contract/speech.ts';
export type { SessionStats } from '../contract/stats.ts';
export type { Avatars, CreateAvatarOptions, Picture } from './avatars.ts';
export { backgroundPicture } from './background-picture.ts';
export { type ClientErrorCode, isWebRtcBlocked, type Problem, VultusClientError } from './client-error.ts';
export type {
  AvatarInfo,
  Health,
  PushInfo,
  PushTarget,
  SessionInfo,
  SessionOptions,
  SessionSettings,
} from './http-types.ts';
export type {
  LiveConnection,
  LiveEvents,
  MotionEvent,
  ReadyInfo,
  UtteranceOptions,
} from './live-connection.ts';
export { captureMicrophone, type MicrophoneCapture, preferredSampleRateHz } from './microphone-capture.ts';
export { type PacedVoiceOptions, speakPaced } from './paced-voice.ts';
export { toS16le } from './pcm.ts';
export type { PerformedMotion, SeenUserFace } from './performed-motion.ts';
export type { Pushes } from './pushes.ts';
export { type ConnectOptions, Session } from './session.ts';
export type { SessionUrls } from './session-urls.ts';
export type { Sessions } from './sessions.ts';
export { Vultus, type VultusOptions } from './vultus.ts';
export type { WebRtcConnection, WebRtcOptions } from './webrtc-connection.ts';
export type { WebSocketConnection, WebSocketOptions } from './websocket-connection.ts';
