import { type AvatarInfo, type Vultus, VultusClientError } from '../../src/client/index.ts';
import type { FacePoints } from '../../src/contract/face-points.ts';
import { byId, element, icon } from './dom.ts';
import { FaceSetter } from './face-setter.ts';

interface UploadEvents {
  onAvatar: (avatar: AvatarInfo) => void;
  /** A sound file was dropped or pasted. */
  onSound: (file: File) => void;
}

/** A picture by button, drop or paste; the server's answer is shown below the button. */
export class Upload {
  readonly #vultus: Vultus;
  readonly #events: UploadEvents;
  readonly #button = byId<HTMLButtonElement>('upload');
  readonly #message = byId('upload-message');
  #busy = false;
  #setter: FaceSetter | undefined;

  constructor(vultus: Vultus, events: UploadEvents) {
    this.#vultus = vultus;
    this.#events = events;
    const input = byId<HTMLInputElement>('upload-file');
    this.#button.addEventListener('click', () => input.click());
    input.addEventListener('change', () => {
      const file = input.files?.[0];
      if (file) void this.#send(file);
      input.value = '';
    });
    this.#acceptDrops();
    document.addEventListener('paste', (event) => {
      const file = event.clipboardData?.files[0];
      if (file) this.#take(file);
    });
  }

  #acceptDrops(): void {
    const carriesFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    const mark = (on: boolean) => document.body.classList.toggle('dragging', on);
    document.addEventListener('dragover', (event) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      mark(true);
    });
    document.addEventListener('dragleave', (event) => {
      if (event.relatedTarget === null) mark(false);
    });
    document.addEventListener('drop', (event) => {
      mark(false);
      const file = event.dataTransfer?.files[0];
      if (!file) return;
      event.preventDefault();
      this.#take(file);
    });
  }

  #take(file: File): void {
    if (file.type.startsWith('audio/')) this.#events.onSound(file);
    else void this.#send(file);
  }

  /** `points`: where a person has set eyes, mouth and chin. */
  async #send(file: File, points?: FacePoints): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    this.#button.disabled = true;
    byId('upload-text').textContent = 'Looking for the face…';
    this.#setter?.close();
    this.#setter = undefined;
    this.#say('', []);
    try {
      const avatar = await this.#vultus.avatars.create(file, { name: nameOf(file), points });
      this.#report(avatar);
      this.#events.onAvatar(avatar);
    } catch (error) {
      const text = error instanceof VultusClientError ? error.message : 'The picture could not be sent.';
      this.#say('bad', [text]);
      if (error instanceof VultusClientError && error.code === 'portrait_no_face') this.#offerPoints(file);
    } finally {
      this.#busy = false;
      this.#button.disabled = false;
      byId('upload-text').textContent = 'Add a picture';
    }
  }

  #offerPoints(file: File): void {
    this.#setter = new FaceSetter(file, (points) => void this.#send(file, points));
    this.#message.append(this.#setter.element);
  }

  /** One friendly line; what was found, with its numbers, on demand. */
  #report({ quality }: AvatarInfo): void {
    if (!quality) return;
    this.#message.className = 'message';
    if (quality.findings.length === 0) {
      this.#message.replaceChildren(element('span', { class: 'hint' }, quality.summary));
      return;
    }
    const details = element(
      'details',
      { class: 'hint' },
      element('summary', {}, 'What will limit it'),
      element('ul', {}, ...quality.findings.map(({ sentence }) => element('li', {}, sentence))),
    );
    this.#message.replaceChildren(
      element('p', {}, icon('alert'), element('span', {}, quality.summary)),
      details,
    );
  }

  #say(kind: '' | 'bad', sentences: string[]): void {
    this.#message.className = `message ${kind}`;
    this.#message.replaceChildren(
      ...sentences.map((sentence) => element('p', {}, icon('alert'), element('span', {}, sentence))),
    );
  }
}

/** The file's name without its ending: what a person would call the picture. */
function nameOf(file: File): string {
  const name = file.name
    .replace(/\.[^.]*$/, '')
    .replace(/[_-]+/g, ' ')
    .trim();
  return name.slice(0, 60) || 'Portrait';
}
