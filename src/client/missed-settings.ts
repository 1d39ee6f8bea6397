import { type ControlsPatch, joinPatches } from '../contract/controls.ts';
import type { ClientMessageInput } from '../contract/wire/client-messages.ts';

/** What was said while a connection was lost, and still holds afterwards. */
export class MissedSettings {
  #controls: ControlsPatch | undefined;
  #background: string | undefined;

  note(message: ClientMessageInput): void {
    if (message.type === 'control') this.#controls = joinPatches(this.#controls ?? {}, message.controls);
    else if (message.type === 'background') this.#background = message.background;
  }

  /** To be said now; each once. */
  take(): ClientMessageInput[] {
    const [controls, background] = [this.#controls, this.#background];
    this.#controls = undefined;
    this.#background = undefined;
    return [
      ...(controls ? [{ type: 'control' as const, controls }] : []),
      ...(background === undefined ? [] : [{ type: 'background' as const, background }]),
    ];
  }
}
