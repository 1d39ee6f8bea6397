import type { LiveConnection, SessionStats } from '../../src/client/index.ts';
import { byId, element } from './dom.ts';
import { Sparkline } from './sparkline.ts';

const FIGURES = [
  ['fps', 'Pictures / s'],
  ['delay', 'Delay p50 · p95'],
  ['late', 'Late'],
  ['bitrate', 'Bitrate'],
  ['queue', 'Voice queued'],
  ['roundTrip', 'Round trip'],
  ['route', 'Route'],
  ['provider', 'Runs on'],
] as const;
type Figure = (typeof FIGURES)[number][0];

const PING_EVERY_MS = 3000;
/** More late pictures than this, in reports one after the other, mean that the server cannot keep up. */
const OVERLOAD_SHARE = 0.2;
const OVERLOAD_REPORTS = 4;
const NOTHING = '–';

/** Figures of the live session: the server's own, and what arrives here. */
export class Statistics {
  readonly #values: Record<Figure, HTMLElement>;
  readonly #delayLine = new Sparkline();
  readonly #framesShown: () => number | undefined;
  readonly #onOverload: (lateShare: number) => void;
  #overloaded = 0;
  #last: SessionStats | undefined;
  #pings: ReturnType<typeof setInterval> | undefined;
  #shown: { frames: number; at: number } | undefined;

  /** `onOverload` is called once per session, when many pictures come late for a while. */
  constructor(framesShown: () => number | undefined, onOverload: (lateShare: number) => void) {
    this.#framesShown = framesShown;
    this.#onOverload = onOverload;
    const host = byId('figures');
    const values: Partial<Record<Figure, HTMLElement>> = {};
    for (const [key, label] of FIGURES) {
      const value = element('dd', {}, NOTHING);
      values[key] = value;
      const figure = element('div', { class: `figure figure-${key}` }, element('dt', {}, label), value);
      if (key === 'delay') figure.append(this.#delayLine.root);
      host.append(figure);
    }
    this.#values = values as Record<Figure, HTMLElement>;
  }

  attach(live: LiveConnection): void {
    this.detach();
    this.#set('route', live.route === 'webrtc' ? 'WebRTC' : 'WebSocket');
    live.on('stats', (stats) => this.#show(stats));
    const ping = async () => {
      const roundTripMs = await live.ping();
      this.#set('roundTrip', milliseconds(roundTripMs));
    };
    const tryPing = () => void ping().catch(() => {});
    tryPing();
    this.#pings = setInterval(tryPing, PING_EVERY_MS);
  }

  detach(): void {
    clearInterval(this.#pings);
    this.#shown = undefined;
    this.#last = undefined;
    this.#overloaded = 0;
    this.#delayLine.clear();
    for (const [key] of FIGURES) this.#set(key, NOTHING);
    for (const id of ['delay-stages', 'stage-times']) byId(id).replaceChildren();
  }

  #show(stats: SessionStats): void {
    this.#set('fps', `${stats.fps.toFixed(1)}${this.#shownFps()}`);
    this.#set('delay', `${Math.round(stats.delayMs.p50)} · ${milliseconds(stats.delayMs.p95)}`);
    this.#delayLine.push(stats.delayMs.p95);
    const pictures = stats.framesSent + stats.framesLate;
    const share = pictures > 0 ? (stats.framesLate / pictures) * 100 : 0;
    this.#set('late', `${stats.framesLate} · ${share.toFixed(share < 10 ? 1 : 0)} %`);
    this.#values.late.classList.toggle('poor', share >= 1);
    this.#set('bitrate', `${Math.round(stats.bitrateKbps)} kbit/s`);
    this.#set(
      'queue',
      stats.queuedMs >= 1000 ? `${(stats.queuedMs / 1000).toFixed(1)} s` : milliseconds(stats.queuedMs),
    );
    this.#set('provider', stats.provider.toUpperCase());
    this.#showStages('delay-stages', stats.delayStages);
    this.#showStages('stage-times', stats.stages);
    this.#watchLoad(stats);
  }

  #watchLoad(stats: SessionStats): void {
    const before = this.#last;
    this.#last = stats;
    if (!before) return;
    const late = stats.framesLate - before.framesLate;
    const share = late / Math.max(1, late + stats.framesSent - before.framesSent);
    if (share < OVERLOAD_SHARE) this.#overloaded = 0;
    else if (++this.#overloaded === OVERLOAD_REPORTS) this.#onOverload(share);
  }

  /** What this page really showed, where it differs from what was sent. */
  #shownFps(): string {
    const frames = this.#framesShown();
    const before = this.#shown;
    const now = frames === undefined ? undefined : { frames, at: performance.now() };
    this.#shown = now;
    if (!now || !before || now.at - before.at < 500) return '';
    const fps = ((now.frames - before.frames) * 1000) / (now.at - before.at);
    return ` · ${Math.max(0, fps).toFixed(0)} shown`;
  }

  #showStages(host: string, stages: SessionStats['stages']): void {
    const entries = Object.entries(stages);
    const most = Math.max(1, ...entries.map(([, { p95 }]) => p95));
    byId(host).replaceChildren(
      ...entries.map(([name, { p50, p95 }]) => {
        const bar = element('span', { class: 'bar-track' }, element('span', { class: 'bar-median' }));
        bar.style.setProperty('--p50', `${(p50 / most) * 100}%`);
        bar.style.setProperty('--p95', `${(p95 / most) * 100}%`);
        return element(
          'div',
          { class: 'stage-time' },
          element('span', {}, name),
          bar,
          element('span', { class: 'value' }, `${p50.toFixed(1)} · ${p95.toFixed(1)} ms`),
        );
      }),
    );
  }

  #set(figure: Figure, text: string): void {
    this.#values[figure].textContent = text;
  }
}

function milliseconds(value: number): string {
  return `${Math.round(value)} ms`;
}
