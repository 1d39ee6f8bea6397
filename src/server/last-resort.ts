import { Containment } from '../containment.ts';
import { toVultusError } from '../errors.ts';
import type { Log } from './log.ts';

export interface LastResort {
  log: Pick<Log, 'error' | 'fatal'>;
  /** Has to end the server: nobody knows what state it is in. Called at most once. */
  end: () => void;
}

/**
 * Hears of every exception and rejection of this process that nobody has caught. What began within the walls of a
 * peer, a session or an engine process ends that one; anything else ends the server.
 * @returns what stops listening
 */
export function installLastResort({ log, end }: LastResort): () => void {
  let ending = false;
  const onUncaught = (cause: unknown) => {
    // What has failed already, or is about to end, says nothing new; and to say it might fail too.
    if (ending) return;
    const owner = Containment.current;
    if (owner?.failed) return;
    if (owner) {
      log.error({ err: cause }, 'nobody caught it: what it belongs to is closed');
      owner.fail(cause);
      return;
    }
    ending = true;
    log.fatal({ err: cause, code: toVultusError(cause).code }, 'nobody caught it: the server ends');
    end();
  };
  process.on('uncaughtException', onUncaught).on('unhandledRejection', onUncaught);
  return () => {
    process.off('uncaughtException', onUncaught).off('unhandledRejection', onUncaught);
  };
}
