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
  readonly #foot = make('div', { class: 'foot' });
  #caption = '';
  #notice = '';

  constructor(root: ShadowRoot, { onStart, onMute, onCaptions }: ViewEvents) {
    // Not a <style>, which a content security policy may forbid.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    this.#start.addEventListener('click', onStart);
    this.#poster.addEventListener('error', () => this.#showPoster(null));
    this.#mute.addEventListener('click', onMute);
    this.#captions.addEventListener('click', onCaptions);
    this.#bar.append(this.#captions, this.#mute);
    this.#text.append(this.#line);
    this.#foot.append(this.#start, this.#text);
    root.append(this.video, this.canvas, this.#poster, this.#bar, this.#foot);
    this.#showText();
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
    this.#poster.removeAttribute('crossorigin');
    this.#showPoster(url);
  }

  /** In place of a poster: a picture of another server, which may want to be asked as CORS does. */
  set preview(url: string) {
    this.#poster.crossOrigin = 'anonymous';
    this.#showPoster(url);
  }

  #showPoster(url: string | null): void {
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

  set caption(text: string) {
    this.#caption = text;
    this.#showText();
  }

  /** What goes on or went wrong; before any caption. */
  set notice(text: string) {
    this.#notice = text;
    this.#showText();
  }

  #showText(): void {
    const text = this.#notice || this.#caption;
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
