import { byId } from './dom.ts';

export type Phase = 'empty' | 'ready' | 'connecting' | 'live';

interface Portrait {
  name: string;
  note: string;
  licence: string;
  /** Address of the still picture, when it has come. */
  picture: Promise<string>;
}

const STATE_TEXT = { speaking: 'Speaking', listening: 'Listening', idle: 'Live' } as const;

/** The picture in the middle: the still portrait, then the live one on a video or a canvas. */
export class Stage {
  readonly video = byId<HTMLVideoElement>('stage-video');
  /** Replaced for each session, because a canvas keeps its context for good. */
  canvas = byId<HTMLCanvasElement>('stage-canvas');
  /** Where a session without background is put together. */
  readonly overlay = byId<HTMLCanvasElement>('stage-overlay');
  readonly #root = byId('stage');
  readonly #preview = byId<HTMLImageElement>('stage-preview');
  readonly #film = byId<HTMLVideoElement>('stage-film');
  #picture: Promise<string> | undefined;
  #note = '';

  showPortrait({ name, note, licence, picture }: Portrait): void {
    this.#picture = picture;
    void picture.then((url) => {
      if (this.#picture === picture) this.#preview.src = url;
    });
    this.#preview.alt = `Portrait: ${name}`;
    byId('portrait-name').textContent = name;
    this.#note = note;
    byId('portrait-note').textContent = note;
    byId('portrait-note').title = licence;
    this.#endFilm();
    this.video.setAttribute('aria-label', `${name}, live`);
    if (this.phase === 'empty') this.phase = 'ready';
  }

  /** For who has never chosen a portrait: what those of the gallery look like when they speak, until one is chosen. */
  showFilm(): void {
    if (this.phase !== 'ready') return;
    this.#film.hidden = false;
    byId('portrait-note').textContent = 'Synthetic portraits from the gallery, animated by Vultus.';
    // Who wants less motion sees its first picture.
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    this.#film.src = './film.webm';
    void this.#film.play().catch(() => {});
  }

  #endFilm(): void {
    if (this.#film.hidden) return;
    this.#film.hidden = true;
    this.#film.removeAttribute('src');
    this.#film.load();
    byId('portrait-note').textContent = this.#note;
  }

  showNone(): void {
    this.phase = 'empty';
    byId('portrait-name').textContent = '';
    byId('portrait-note').textContent = '';
  }

  get phase(): Phase {
    return this.#root.dataset.phase as Phase;
  }

  set phase(phase: Phase) {
    this.#root.dataset.phase = phase;
    if (phase !== 'ready') this.#endFilm();
    byId('stage-empty').hidden = phase !== 'empty';
    this.#preview.hidden = phase === 'empty';
    byId('stage-busy').hidden = phase !== 'connecting';
    byId('stage-state').hidden = phase !== 'live';
    byId('stage-ai').hidden = phase !== 'live';
    if (phase !== 'live') {
      this.video.hidden = true;
      this.canvas.hidden = true;
      this.overlay.hidden = true;
      this.caption = '';
    }
  }

  /** Of the pictures that are shown. */
  set shape({ width, height }: { width: number; height: number }) {
    this.#root.style.setProperty('--shape', String(width / height));
  }

  set busy(text: string) {
    byId('stage-busy-text').textContent = text;
  }

  set state(state: keyof typeof STATE_TEXT) {
    byId('stage-state').dataset.state = state;
    byId('stage-state-text').textContent = STATE_TEXT[state];
  }

  /** Shows the live picture; the still one stays below until the first frame covers it. */
  reveal(what: 'video' | 'canvas' | 'overlay'): void {
    // Nothing may shine through what has no background.
    this.#preview.hidden = what === 'overlay';
    this.overlay.hidden = what !== 'overlay';
    this.video.hidden = what !== 'video';
    this.canvas.hidden = what !== 'canvas';
  }

  freshCanvas(): HTMLCanvasElement {
    const fresh = this.canvas.cloneNode() as HTMLCanvasElement;
    this.canvas.replaceWith(fresh);
    this.canvas = fresh;
    return fresh;
  }

  /** What is being said, where its words are known; empty where not. */
  set caption(text: string) {
    byId('stage-caption').hidden = text === '';
    byId('stage-caption').firstElementChild!.textContent = text;
  }

  set progress(share: number) {
    byId('progress').style.transform = `scaleX(${share.toFixed(4)})`;
  }
}
