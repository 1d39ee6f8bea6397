import { type Backdrop, parseBackdrop } from '../../contract/backdrop.ts';
import type { Drawer, DrawReason } from '../../contract/drawing.ts';
import type { Drawing } from '../../contract/wire/server-messages.ts';
import { VultusClientError } from '../client-error.ts';
import type { MotionEvent } from '../live-connection.ts';
import type { WebSocketConnection } from '../websocket-connection.ts';
import { DrawingPace } from './drawing-pace.ts';
import { DrawingWorker, type DrawnPicture } from './drawing-worker.ts';
import { fetchRig } from './rig-source.ts';

/** What draws the avatar may take so long to come; then the server draws until it is there. */
const PATIENCE_MS = 1500;
/** A device that was too slow is measured again after so long, and each time after twice as long. */
const [FIRST_REST_MS, LONGEST_REST_MS] = [30_000, 480_000];

/**
 * Decides who draws the pictures of a connection, and draws where it is this browser. Whoever draws now goes on until the
 * other's first picture is there, so that none is missing.
 */
export class ClientDrawing {
  readonly #live: WebSocketConnection;
  readonly #show: (picture: DrawnPicture) => void;
  readonly #ends: (() => void)[];
  readonly #away = new AbortController();
  readonly #pace: DrawingPace;
  #worker: DrawingWorker | undefined;
  #by: Drawer = 'client';
  #reason: DrawReason = 'ready';
  /** What the page asked for. */
  #wish: Drawer = 'client';
  /** The other one draws until the first picture of this one is there. */
  #handing = false;
  #background: string;
  #restMs = FIRST_REST_MS;
  #rest: ReturnType<typeof setTimeout> | undefined;
  /** Draws what nobody sees, to be measured. */
  #measuring = false;

  /** `show`: puts a picture among those that wait to be shown; it is theirs from then on. */
  constructor(live: WebSocketConnection, drawing: Drawing, show: (picture: DrawnPicture) => void) {
    this.#live = live;
    this.#show = show;
    this.#background = drawing.background;
    this.#pace = new DrawingPace(1000 / live.ready.video.fps);
    this.#ends = [
      live.on('drawn', (frame) => this.#draw(frame)),
      live.on('background', ({ background }) => this.#setBackground(background)),
      // The server begins anew with what `hello` asked for.
      live.on('reconnected', () => this.#by === 'server' && live.setDrawer('server', this.#reason)),
    ];
    void this.#prepare(drawing);
  }

  /** Who draws what is shown. */
  get by(): Drawer {
    return this.#by;
  }

  /** What a picture takes here, in milliseconds; 0 until that is known. */
  get pictureMs(): number {
    return this.#pace.medianMs;
  }

  /** From now on this one draws, as far as it can. */
  drawBy(by: Drawer): void {
    this.#wish = by;
    this.#stopResting();
    if (by === 'server') this.#switch('server', 'asked');
    else if (this.#canDraw) this.#switch('client', 'asked');
  }

  /** A picture of the server is there: from here on it is the server's turn. */
  serverShows(): void {
    if (this.#by === 'server') this.#handing = false;
  }

  /** Idempotent. */
  close(): void {
    for (const end of this.#ends) end();
    this.#away.abort();
    this.#stopResting();
    this.#worker?.close();
    this.#worker = undefined;
  }

  get #canDraw(): boolean {
    return this.#worker !== undefined && backdropOf(this.#background) !== undefined;
  }

  async #prepare({ seed, width, height, fit }: Drawing): Promise<void> {
    const { signal } = this.#away;
    const impatient = setTimeout(() => this.#switch('server', 'network_slow'), PATIENCE_MS);
    try {
      const kit = await fetchRig((known) => this.#live.fetchRig(known, signal));
      const backdrop = backdropOf(this.#background) ?? { kind: 'keep' };
      const worker = await DrawingWorker.open(
        { kit, format: { width, height, fit }, seed, backdrop },
        {
          picture: (picture) => this.#drawn(picture),
          missed: () => this.#measure('missed'),
          failed: () => this.#giveUp('unsupported'),
        },
      );
      clearTimeout(impatient);
      if (signal.aborted) return worker.close();
      this.#worker = worker;
      // It may have changed meanwhile.
      this.#setBackground(this.#background);
      if (this.#canDraw && this.#wish === 'client') this.#switch('client', 'ready');
    } catch (error) {
      clearTimeout(impatient);
      const isHere = error instanceof VultusClientError && error.code === 'unsupported';
      if (!signal.aborted) this.#giveUp(isHere ? 'unsupported' : 'rig_unavailable');
    }
  }

  #draw({ frame, mediaTimeMs, epoch }: MotionEvent): void {
    if (this.#by === 'client' || this.#handing || this.#measuring)
      this.#worker?.draw(frame, { mediaTimeMs, epoch });
  }

  #drawn(picture: DrawnPicture): void {
    this.#measure(picture.tookMs);
    if (this.#by === 'server' && !this.#handing) {
      picture.image.close();
      return;
    }
    this.#show(picture);
    if (this.#by !== 'client' || !this.#handing) return;
    this.#handing = false;
    this.#live.setDrawer('client', this.#reason);
  }

  #switch(by: Drawer, reason: DrawReason): void {
    if (this.#live.closed || (by === this.#by && reason !== 'ready')) return;
    this.#by = by;
    this.#reason = reason;
    this.#measuring = false;
    this.#pace.reset();
    this.#handing = true;
    // The other way the server is told with the first picture that was drawn here.
    if (by === 'server') this.#live.setDrawer('server', reason);
  }

  #measure(tookMs: number | 'missed'): void {
    this.#pace.add(tookMs);
    const { slow } = this.#pace;
    if (slow === undefined) return;
    if (slow && this.#by === 'client') {
      this.#switch('server', 'device_slow');
      this.#restAWhile();
    } else if (this.#measuring) {
      this.#measuring = false;
      if (slow) this.#restAWhile();
      else if (this.#canDraw && this.#wish === 'client') this.#switch('client', 'device_better');
    }
  }

  #restAWhile(): void {
    this.#rest = setTimeout(() => {
      this.#pace.reset();
      this.#measuring = true;
    }, this.#restMs);
    this.#restMs = Math.min(LONGEST_REST_MS, 2 * this.#restMs);
  }

  #stopResting(): void {
    clearTimeout(this.#rest);
    this.#measuring = false;
  }

  #setBackground(background: string): void {
    this.#background = background;
    const backdrop = backdropOf(background);
    if (backdrop) this.#worker?.setBackdrop(backdrop);
    if (!backdrop) this.#switch('server', 'background');
    else if (this.#by === 'server' && this.#reason === 'background' && this.#canDraw)
      this.#switch('client', 'background');
  }

  #giveUp(reason: DrawReason): void {
    this.#worker?.close();
    this.#worker = undefined;
    this.#switch('server', reason);
  }
}

/** Undefined for a picture, which only the server has. */
function backdropOf(background: string): Backdrop | undefined {
  if (background === 'picture') return undefined;
  const choice = parseBackdrop(background);
  return choice.kind === 'file' ? undefined : choice;
}
