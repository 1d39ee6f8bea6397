import type { AvatarInfo, Vultus } from '../../src/client/index.ts';
import { byId, element, icon } from './dom.ts';

interface GalleryEntry {
  file: string;
  name: string;
  description: string;
  licence: string;
}

interface GalleryEvents {
  onSelect: (avatar: AvatarInfo, note: string, licence: string) => void;
  onEmpty: () => void;
  onError: (error: unknown) => void;
}

const [REST_POLL_MS, MOST_REST_POLLS] = [2000, 60];

/** The portraits of the server, those that ship with it first; one of them is chosen. */
export class Gallery {
  readonly #vultus: Vultus;
  readonly #events: GalleryEvents;
  readonly #host = byId('gallery');
  readonly #previews = new Map<string, Promise<string>>();
  #avatars: AvatarInfo[] = [];
  #entries: GalleryEntry[] = [];
  #selected: string;

  constructor(vultus: Vultus, selected: string, events: GalleryEvents) {
    this.#vultus = vultus;
    this.#selected = selected;
    this.#events = events;
    this.#host.append(...Array.from({ length: 4 }, () => element('span', { class: 'tile placeholder' })));
  }

  get selected(): AvatarInfo | undefined {
    return this.#avatars.find(({ id }) => id === this.#selected);
  }

  /** @throws VultusClientError when the server does not answer */
  async load(): Promise<void> {
    const [avatars, entries] = await Promise.all([this.#vultus.avatars.list(), descriptions()]);
    this.#entries = entries;
    this.#avatars = inOrder(avatars);
    this.#show();
    const first = this.selected ?? this.#avatars[0];
    if (first) this.#select(first);
    else this.#events.onEmpty();
    this.#awaitRest();
  }

  /** A server that was never started before analyses its own portraits one by one. */
  #awaitRest(polls = MOST_REST_POLLS): void {
    if (polls === 0) return;
    if (this.#avatars.filter(({ gallery }) => gallery).length >= this.#entries.length) return;
    setTimeout(async () => {
      const avatars = await this.#vultus.avatars.list().catch(() => undefined);
      const known = new Set(this.#avatars.map(({ id }) => id));
      const more = avatars?.filter(({ id, gallery }) => gallery && !known.has(id)) ?? [];
      if (more.length > 0) {
        this.#avatars = inOrder([...this.#avatars, ...more]);
        this.#show();
      }
      if (avatars) this.#awaitRest(polls - 1);
    }, REST_POLL_MS);
  }

  add(avatar: AvatarInfo): void {
    // The same picture is the same avatar, however often it is sent.
    this.#avatars = [...this.#avatars.filter(({ id }) => id !== avatar.id), avatar];
    this.#show();
    this.#select(avatar);
  }

  /** Address of the avatar's still picture in this page; fetched once, with the key that a bare `<img>` lacks. */
  previewOf({ id }: AvatarInfo): Promise<string> {
    const known = this.#previews.get(id);
    if (known) return known;
    const url = this.#vultus.avatars.preview(id).then(
      (picture) => URL.createObjectURL(picture),
      () => '',
    );
    this.#previews.set(id, url);
    return url;
  }

  #show(): void {
    if (this.#avatars.length === 0) {
      this.#host.replaceChildren(
        element('p', { class: 'hint' }, 'No portraits yet. Add a picture of a face.'),
      );
      return;
    }
    this.#host.replaceChildren(...this.#avatars.map((avatar) => this.#tile(avatar)));
  }

  #tile(avatar: AvatarInfo): HTMLElement {
    const input = element('input', {
      type: 'radio',
      name: 'portrait',
      class: 'visually-hidden',
      value: avatar.id,
    });
    input.checked = avatar.id === this.#selected;
    input.addEventListener('change', () => this.#select(avatar));
    const picture = element('img', {
      alt: '',
      draggable: 'false',
    });
    void this.previewOf(avatar).then((url) => {
      picture.src = url;
    });
    const tile = element(
      'div',
      { class: 'tile' },
      element(
        'label',
        { title: avatar.name },
        input,
        picture,
        element('span', { class: 'tile-name' }, avatar.name),
      ),
    );
    if (!avatar.gallery) {
      const rename = element(
        'button',
        {
          class: 'tile-rename',
          type: 'button',
          'aria-label': `Rename ${avatar.name}`,
          onclick: () => this.#askForName(tile, avatar),
        },
        icon('pen'),
      );
      const remove = element(
        'button',
        {
          class: 'tile-remove',
          type: 'button',
          'aria-label': `Delete ${avatar.name}`,
          onclick: () => void this.#remove(avatar),
        },
        icon('close'),
      );
      tile.append(rename, remove);
    }
    return tile;
  }

  #select(avatar: AvatarInfo): void {
    this.#selected = avatar.id;
    const input = this.#host.querySelector<HTMLInputElement>(`input[value="${CSS.escape(avatar.id)}"]`);
    if (input) input.checked = true;
    const entry = this.#entries.find(({ name }) => avatar.gallery && name === avatar.name);
    const note = entry?.description ?? (avatar.gallery ? '' : 'Your picture');
    this.#events.onSelect(avatar, note, entry?.licence ?? '');
  }

  /** In place of the name in its tile; Enter or leaving the field takes it, Escape does not. */
  #askForName(tile: HTMLElement, avatar: AvatarInfo): void {
    const field = element('input', {
      class: 'tile-name',
      value: avatar.name,
      maxlength: 100,
      'aria-label': `Name of ${avatar.name}`,
    });
    field.addEventListener('keydown', ({ key }) => {
      if (key === 'Escape') field.value = avatar.name;
      if (key === 'Escape' || key === 'Enter') field.blur();
    });
    field.addEventListener('blur', () => void this.#rename(avatar, field.value.trim()), { once: true });
    tile.append(field);
    field.select();
  }

  async #rename(avatar: AvatarInfo, name: string): Promise<void> {
    let renamed = avatar;
    try {
      if (name && name !== avatar.name) renamed = await this.#vultus.avatars.rename(avatar.id, name);
    } catch (error) {
      this.#events.onError(error);
    }
    this.#avatars = this.#avatars.map((one) => (one.id === avatar.id ? renamed : one));
    this.#show();
    if (renamed.id === this.#selected) this.#select(renamed);
  }

  async #remove(avatar: AvatarInfo): Promise<void> {
    try {
      await this.#vultus.avatars.delete(avatar.id);
    } catch (error) {
      this.#events.onError(error);
      return;
    }
    const wasSelected = avatar.id === this.#selected;
    this.#avatars = this.#avatars.filter(({ id }) => id !== avatar.id);
    this.#show();
    if (!wasSelected) return;
    if (this.#avatars[0]) this.#select(this.#avatars[0]);
    else this.#events.onEmpty();
    this.#host.querySelector<HTMLInputElement>('input:checked')?.focus();
  }
}

async function descriptions(): Promise<GalleryEntry[]> {
  try {
    const response = await fetch('./gallery/gallery.json');
    return response.ok ? ((await response.json()) as GalleryEntry[]) : [];
  } catch {
    return [];
  }
}

/** Those of the gallery first, then by time. */
function inOrder(avatars: AvatarInfo[]): AvatarInfo[] {
  return avatars.toSorted(
    (a, b) => Number(b.gallery) - Number(a.gallery) || a.createdAt.localeCompare(b.createdAt),
  );
}
