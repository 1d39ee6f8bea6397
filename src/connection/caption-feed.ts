import type { WordEvent } from '../contract/session-events.ts';
import type { ServerMessage } from '../contract/wire.ts';
import { CaptionCues } from '../media/caption-cues.ts';
import { type Cue, cueBlock } from '../media/webvtt.ts';
import type { SessionListeners } from './attachment.ts';

/** What is heard in a session as WebVTT cues on its media clock, each as soon as it is complete. */
export class CaptionFeed {
  /** Whether the peer wants it. */
  wanted = false;
  readonly #cues = new CaptionCues();
  readonly #post: (message: ServerMessage) => void;
  #last: WordEvent | undefined;

  constructor(post: (message: ServerMessage) => void) {
    this.#post = post;
  }

  get listeners(): Partial<SessionListeners> {
    return {
      'speech.word': (word) => {
        this.#last = word;
        const { text, startMs, endMs, mediaTimeMs } = word;
        this.#tell(this.#cues.push({ text, startMs: mediaTimeMs, endMs: mediaTimeMs + endMs - startMs }));
      },
      'speech.stalled': () => this.#tell(this.#cues.flush()),
      'speech.paused': ({ mediaTimeMs }) => this.#tell(this.#cues.flush(mediaTimeMs)),
      'speech.ended': ({ utterance, playedMs }) => {
        const last = this.#last?.utterance === utterance ? this.#last : undefined;
        this.#tell(this.#cues.flush(last && last.mediaTimeMs + playedMs - last.startMs));
      },
    };
  }

  #tell(cue: Cue | undefined): void {
    if (!cue || !this.wanted) return;
    this.#post({ type: 'caption', mediaTimeMs: cue.startMs, data: cueBlock(cue) });
  }
}
