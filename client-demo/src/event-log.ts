import type { LiveConnection } from '../../src/client/index.ts';
import { byId, element } from './dom.ts';

const KEPT = 100;
const time = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });

/** What happens, in words: the last event in a line (read out by screen readers), all of them in a list. */
export class EventLog {
  readonly #line = byId('event-line');
  readonly #list = byId('log');

  say(text: string): void {
    this.#line.textContent = text;
    this.#list.prepend(
      element('li', {}, element('time', {}, time.format(new Date())), element('span', {}, text)),
    );
    while (this.#list.children.length > KEPT) this.#list.lastElementChild?.remove();
  }

  attach(live: LiveConnection): void {
    live.on('speech.started', ({ utterance }) => this.say(`Utterance ${utterance} began.`));
    live.on('speech.ended', ({ utterance, playedMs, interrupted }) => {
      const seconds = (playedMs / 1000).toFixed(1);
      this.say(
        interrupted
          ? `Utterance ${utterance} was interrupted after ${seconds} s.`
          : `Utterance ${utterance} ended: ${seconds} s were spoken.`,
      );
    });
    live.on('speech.stalled', ({ utterance }) => this.say(`Utterance ${utterance} waits for its voice.`));
    live.on('user.started', () => this.say('You are heard.'));
    live.on('reconnecting', ({ attempt }) => {
      if (attempt === 1) this.say('The connection broke; it is being made again.');
    });
    live.on('reconnected', () => this.say('Connected again.'));
    live.on('drawing', ({ by, reason }) =>
      this.say(`Drawn ${by === 'client' ? 'in this browser' : 'by the server'} (${reason})`),
    );
    live.on('warning', ({ code, message }) => this.say(`Warning: ${message} (${code})`));
    live.on('error', (error) => this.say(`Error: ${error.message} (${error.code})`));
  }
}
