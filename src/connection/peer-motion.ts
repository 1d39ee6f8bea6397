import type { PerformedFrame } from '../contract/performed-motion.ts';
import type { Warning } from '../contract/session-events.ts';
import type { SessionApi } from '../session/session-api.ts';

/** What the face of one peer does; the peer is told once where somebody else moves the avatar's. */
export class PeerMotion {
  readonly #session: SessionApi;
  readonly #warn: (warning: Warning) => void;
  #told = false;

  constructor(session: SessionApi, warn: (warning: Warning) => void) {
    this.#session = session;
    this.#warn = warn;
  }

  /** Throws `session_closed`. */
  take({ timeMs, shapes, head }: PerformedFrame): void {
    const shown = this.#session.setMotion({ timeMs, shapes, head }, this);
    if (!shown && !this.#told)
      this.#warn({
        code: 'not_performing',
        message:
          'Somebody else moves the face: your motion is shown once nothing of theirs has come for a second.',
      });
    this.#told = !shown;
  }
}
