/** What a session is opened with; it keeps all but the background as long as it runs. */
import { type Backdrop, KEEP } from './backdrop.ts';
import type { Drawer } from './drawing.ts';
import type { CodecChoice, PictureFormat } from './formats.ts';
import type { LatencyMode } from './latency.ts';

export interface SessionSettings extends PictureFormat {
  avatarId: string;
  fps: 25 | 30 | 40 | 50 | 60;
  codec: CodecChoice;
  bitrateKbps: number;
  /** Same seed, same voice, same controls: same motion. */
  seed: number;
  latency: LatencyMode;
  /** What stands behind the avatar; with `matte`, pictures are sent twice as high. */
  background: Backdrop;
  /** With `client`, viewers get the rig and draw by themselves; those who cannot, or do not want to, get pictures. */
  draw: Drawer;
}

export const DEFAULT_SETTINGS: Omit<SessionSettings, 'avatarId' | 'seed'> = Object.freeze({
  width: 512,
  height: 512,
  fit: 'portrait',
  fps: 25,
  codec: 'auto',
  bitrateKbps: 1500,
  latency: 'balanced',
  background: KEEP,
  draw: 'server',
});
