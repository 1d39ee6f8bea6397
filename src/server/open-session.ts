import type { z } from 'zod';
import type { WorkQueue } from '../budget/work-queue.ts';
import type { Config } from '../config.ts';
import { DEFAULT_SETTINGS, type SessionSettings } from '../contract/session-settings.ts';
import { VultusError } from '../errors.ts';
import { type PictureQueue, readBackdrop } from '../image/backdrop-picture.ts';
import type { SessionApi } from '../session/session-api.ts';
import type { ServerContext } from './context.ts';
import type { Log } from './log.ts';
import type { newSessionSchema } from './schemas.ts';

/** What a session is asked for with, by whichever door. */
export type NewSession = z.output<typeof newSessionSchema>;

/**
 * Opens a session, and has it watched, counted and told of in the log.
 * @param log of the request
 * @throws VultusError `format_not_allowed`, `drawing_not_allowed`, `avatar_not_found`, `at_capacity`, `server_busy`, `shutting_down`,
 * `engine_failed`, and what its background is refused with
 */
export async function openSession(
  { avatars, sessions, metrics, connections, budgets, config, sessionLog }: ServerContext,
  { controls, background, ...format }: NewSession,
  log: Pick<Log, 'info'>,
): Promise<SessionApi> {
  const wanted = settingsOf(format);
  assertAllowed({ ...DEFAULT_SETTINGS, ...wanted }, config);
  if (wanted.draw === 'client') await assertDrawable(avatars, wanted.avatarId);
  const stopTimer = metrics.sessionStartSeconds.startTimer();
  const session = await sessions.create(wanted, {
    controls,
    background:
      background === undefined
        ? undefined
        : (assertRoom) => readBackdrop(background, asking(budgets.backgrounds, assertRoom)),
  });
  stopTimer();
  sessionLog.opened(session, log);
  metrics.observe(session);
  connections.watch(session);
  return session;
}

/** What is asked for, with `size` as the square that it is short for. */
export function settingsOf({ size, ...settings }: Omit<NewSession, 'controls' | 'background'>) {
  return size === undefined ? settings : { ...settings, width: size, height: size };
}

/** @throws VultusError `format_not_allowed` where the operator does not want to make such pictures */
function assertAllowed(
  { width, height, fps }: Pick<SessionSettings, 'width' | 'height' | 'fps'>,
  { maxSize, maxFps }: Pick<Config, 'maxSize' | 'maxFps'>,
): void {
  if (Math.max(width, height) <= maxSize && fps <= maxFps) return;
  const detail = `${width} × ${height} at ${fps} a second; at most ${maxSize} pixels a side and ${maxFps} a second`;
  throw new VultusError('format_not_allowed', detail);
}

/** @throws VultusError `drawing_not_allowed` where its owner does not want its rig to be given away */
async function assertDrawable(avatars: ServerContext['avatars'], id: string): Promise<void> {
  const { clientDrawing = true } = await avatars.get(id);
  if (!clientDrawing) throw new VultusError('drawing_not_allowed', 'the avatar forbids it');
}

/** A queue that does nothing any more for a session for which there is no room by then. */
function asking(queue: WorkQueue, assertRoom: () => void): PictureQueue {
  return {
    run: (work) =>
      queue.run(async () => {
        assertRoom();
        return work();
      }),
  };
}
