import type { SessionSettings } from '../../src/client/index.ts';
import { SIZES, type Size } from './formats.ts';

/** What the page remembers from visit to visit. */
export interface Settings {
  route: 'webrtc' | 'websocket';
  size: Size;
  fit: SessionSettings['fit'];
  fps: SessionSettings['fps'];
  codec: SessionSettings['codec'];
  latency: SessionSettings['latency'];
  background: SessionSettings['background'];
  draw: SessionSettings['draw'];
  theme: 'system' | 'light' | 'dark';
  volume: number;
  avatarId: string;
}

const DEFAULTS: Readonly<Settings> = {
  route: 'webrtc',
  size: '512×512',
  fit: 'portrait',
  fps: 25,
  codec: 'auto',
  latency: 'balanced',
  background: 'keep',
  draw: 'server',
  theme: 'system',
  volume: 0.9,
  avatarId: '',
};
const STORAGE_KEY = 'vultus';

export const settings: Settings = { ...DEFAULTS, ...stored() };
// Of an older page.
if (!SIZES.includes(settings.size)) settings.size = DEFAULTS.size;

export function change(part: Partial<Settings>): void {
  Object.assign(settings, part);
  try {
    localStorage.setItem(STORAGE_KEY, JSON.stringify(settings));
  } catch {
    // Storage is blocked: settings last as long as the page.
  }
}

function stored(): Partial<Settings> {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? '{}');
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
