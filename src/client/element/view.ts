import { STYLE } from './style.ts';

interface ViewEvents {
  onStart: () => void;
  onMute: () => void;
  onCaptions: () => void;
}

/** What the element shows: the poster, then the avatar on a video or a canvas; buttons, and a line of text. */
export class AvatarView {
  readonly video = make('video', { playsinline: '', part: 'picture' });
  readonly canvas = make('canvas', { part: 'picture' });
  readonly #poster = make('img', { alt: '', part: 'poster' });
  readonly #start = make('button', { type: 'button', class: 'start', part: 'start' }, 'Start');
  readonly #mute = make('button', { type: 'button', part: 'mute' }, 'Mute');
  readonly #captions = make('button', { type: 'button', part: 'captions', 'aria-label': 'Captions' }, 'CC');
  readonly #bar = make('div', { class: 'bar', part: 'bar' });
  readonly #text = make('p', { class: 'text', part: 'caption', role: 'status' });
  readonly #line = make('span');

  constructor(root: ShadowRoot, { onStart, onMute, onCaptions }: ViewEvents) {
    // Not a <style>, which a content security policy may forbid.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    this.#start.addEventListener('click', onStart);
    this.#mute.addEventListener('click', onMute);
    this.#captions.addEventListener('click', onCaptions);
    this.#bar.append(this.#captions, this.#mute);
    this.#text.append(this.#line);
    root.append(this.video, this.canvas, this.#poster, this.#start, this.#bar, this.#text);
    this.show('poster');
  }

  /** `starting`: the poster, without the button. */
  show(what: 'poster' | 'starting' | 'video' | 'canvas'): void {
    const live = what === 'video' || what === 'canvas';
    this.video.hidden = what !== 'video';
    this.canvas.hidden = what !== 'canvas';
    this.#poster.hidden = live || !this.#poster.getAttribute('src');
    this.#start.hidden = what !== 'poster';
    this.#bar.hidden = !live;
  }

  set poster(url: string | null) {
    if (url) this.#poster.src = url;
    else this.#poster.removeAttribute('src');
    if (this.#bar.hidden) this.#poster.hidden = !url;
  }

  set muted(muted: boolean) {
    this.video.muted = muted;
    this.#mute.setAttribute('aria-pressed', String(muted));
  }

  set captions(shown: boolean) {
    this.#captions.setAttribute('aria-pressed', String(shown));
  }

  /** A caption, or what went wrong. */
  set text(text: string) {
    this.#line.textContent = text;
    this.#text.hidden = text === '';
  }
}

function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Record<string, string> = {},
  text = '',
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = text;
  return made;
}
