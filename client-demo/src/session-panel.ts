import { backgroundChoice } from './background-choice.ts';
import { byId, element } from './dom.ts';
import { describeSize, SIZES } from './formats.ts';
import { segments } from './segments.ts';
import { change, type Settings, settings } from './settings.ts';

const FITS = { portrait: 'Portrait', shoulders: 'Shoulders', head: 'Head' } as const;
const DRAWERS = { server: 'By the server', client: 'Here (WebSocket)' } as const;
const ANSWERS = { low: 'Soonest', balanced: 'Soon', quality: 'Smoothest' } as const;

/** Route and session settings; they hold from the next start on, but route and background at once. */
export class SessionPanel {
  readonly #route: { select(value: Settings['route']): void };

  readonly #onSize: () => void;
  readonly #onDraw: () => void;

  /** `onBackground`: with the one before. */
  constructor(
    onRoute: () => void,
    onSize: () => void,
    onBackground: (former: string) => void,
    onDraw: () => void,
  ) {
    this.#onSize = onSize;
    this.#onDraw = onDraw;
    const webCodecs = typeof VideoDecoder !== 'undefined' && typeof AudioDecoder !== 'undefined';
    const routes = element('div', { class: 'segments', role: 'radiogroup', 'aria-label': 'Route' });
    this.#route = segments<Settings['route']>(
      routes,
      [
        { value: 'webrtc', label: 'WebRTC' },
        { value: 'websocket', label: 'WebSocket' },
      ],
      settings.route,
      (route) => {
        change({ route });
        onRoute();
      },
    );
    byId('session-settings').append(
      routes,
      element(
        'p',
        { class: 'hint' },
        webCodecs
          ? 'WebRTC suits calls and bad networks. WebSocket passes every firewall; the page decodes with WebCodecs.'
          : 'This browser has no WebCodecs here (it needs HTTPS or localhost), so only WebRTC can show a picture.',
      ),
      element(
        'details',
        { class: 'more' },
        element('summary', {}, 'Picture'),
        element(
          'div',
          { class: 'more-body pairs' },
          this.#select('Size', 'size', [...SIZES], describeSize),
          this.#select('Shows', 'fit', ['portrait', 'shoulders', 'head'], (value) => FITS[value]),
          this.#select('Pictures per second', 'fps', [25, 30, 40, 50, 60], String),
          this.#select('Codec', 'codec', ['auto', 'h264', 'vp8', 'vp9', 'av1'], (value) =>
            value === 'h264' ? 'H.264' : value.toUpperCase(),
          ),
          this.#select('Answers', 'latency', ['low', 'balanced', 'quality'], (value) => ANSWERS[value]),
          this.#select('Drawn', 'draw', ['server', 'client'], (value) => DRAWERS[value]),
          backgroundChoice(onBackground),
          element('p', { class: 'hint' }, 'The background changes at once, the rest with the next start.'),
        ),
      ),
    );
    if (!webCodecs) {
      const input = routes.querySelector<HTMLInputElement>('input[value=websocket]');
      if (input) input.disabled = true;
      this.useRoute('webrtc');
    }
  }

  useRoute(route: Settings['route']): void {
    this.#route.select(route);
    change({ route });
  }

  #select<Key extends 'size' | 'fit' | 'fps' | 'codec' | 'latency' | 'draw'>(
    label: string,
    key: Key,
    values: Settings[Key][],
    text: (value: Settings[Key]) => string,
  ): HTMLElement {
    const select = element('select', {
      onchange: () => {
        change({ [key]: values[select.selectedIndex] });
        if (key === 'size') this.#onSize();
        if (key === 'draw') this.#onDraw();
      },
    });
    for (const value of values) {
      select.append(element('option', { selected: value === settings[key] }, text(value)));
    }
    return element('label', { class: 'select' }, element('span', {}, label), select);
  }
}
