/** The plain shapes of the HTTP API (OpenAPI at `/docs`). */
import type { ControlsPatch } from '../contract/controls.ts';
import type { LatencyMode } from '../contract/latency.ts';
import type { SessionStats } from '../contract/stats.ts';

export interface AvatarInfo {
  id: string;
  name: string;
  /** True for the portraits that ship with the server. */
  gallery: boolean;
  /** ISO 8601. */
  createdAt: string;
  width: number;
  height: number;
  /** What could make the avatar look less good than it might, in sentences. */
  warnings: string[];
  /** The same with codes and numbers; absent for avatars of an older version that nobody has used since. */
  quality?: PortraitQuality;
  /** Whether viewers may draw it by themselves (absent from servers of before). */
  clientDrawing?: boolean;
  previewUrl: string;
}

/** What will limit the avatar that a portrait gives. */
export interface PortraitQuality {
  verdict: 'good' | 'fair' | 'poor';
  summary: string;
  /** Worst first. */
  findings: { code: string; severity: 'minor' | 'major'; sentence: string }[];
  /** Named with their units; OpenAPI says what each one means. */
  measures: Record<string, number>;
}

export interface SessionSettings {
  /** Pixels, multiples of 16 or 1080, 256 or more, up to 1920×1080 and 1080×1920. */
  width: number;
  height: number;
  /** How much of the person is seen: the portrait in its whole height (default), head and shoulders, or the head. */
  fit: 'portrait' | 'shoulders' | 'head';
  fps: 25 | 30 | 40 | 50 | 60;
  /** `auto` (default): for each connection what it can show, H.264 first, which costs the server least. */
  codec: 'auto' | 'h264' | 'vp8' | 'vp9' | 'av1';
  bitrateKbps: number;
  /** Same seed, same voice, same controls: same motion. */
  seed: number;
  /** `low` answers soonest, `quality` plans furthest ahead (`USUAL_DELAY_MS`; `ready.delayMs` of a connection). */
  latency: LatencyMode;
  /**
   * `keep` (default), `blur`, `#rrggbb`, a picture as a data URL (told back as `picture`), or `matte`: pictures
   * twice as high, for `attachOverlay`.
   */
  background: string;
  /** `client`: browsers that watch it draw, and get what draws the avatar, portrait included; default `server`. */
  draw: 'server' | 'client';
}

export interface SessionOptions extends Partial<SessionSettings> {
  avatarId: string;
  /** Width and height of a square picture, instead of these. */
  size?: number | undefined;
  controls?: ControlsPatch;
}

export interface SessionInfo {
  id: string;
  avatarId: string;
  settings: SessionSettings;
  streamUrl: string;
  webrtcUrl: string;
  /** For publishers of a voice (WHIP), and for players (WHEP); absent from servers of before. */
  whipUrl?: string;
  whepUrl?: string;
  /** Enough to connect to this session, in place of the API key; told to whoever opened it. */
  token?: string;
  /** ISO 8601. */
  createdAt: string;
  state?: 'speaking' | 'listening' | 'idle';
  stats?: SessionStats;
}

export interface Health {
  status: string;
  /** Execution provider that is live: `tensorrt`, `cuda` or `cpu`. */
  provider: string;
  version: string;
  sessions: number;
}

/** Where a session is published to (WHIP, RFC 9725). */
export interface PushTarget {
  /** Of the endpoint: http or https. */
  url: string;
  /** What the endpoint asks for, without the word Bearer; it goes to that address's origin alone. */
  bearerToken?: string;
}

export interface PushInfo {
  id: string;
  url: string;
  /** `lost`: the endpoint is gone, and is tried again. */
  state: 'live' | 'lost';
  /** Of the pictures, where they go out. */
  codec?: 'h264' | 'vp8' | 'vp9' | 'av1';
  /** Of the pictures, as the network carries them now. */
  bitrateKbps?: number;
  /** ISO 8601. */
  startedAt: string;
}
