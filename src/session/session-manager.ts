import { randomInt, randomUUID } from 'node:crypto';
import type { AvatarStore } from '../avatar/avatar-store.ts';
import type { Backdrop } from '../contract/backdrop.ts';
import type { ControlsPatch } from '../contract/controls.ts';
import { DEFAULT_SETTINGS, type SessionSettings } from '../contract/session-settings.ts';
import type { EnginePool } from '../engine/pool/engine-pool.ts';
import { VultusError } from '../errors.ts';
import { Session } from './session.ts';

/** All live sessions of a server, within what it can carry. */
export class SessionManager {
  readonly #engine: EnginePool;
  readonly #avatars: AvatarStore;
  readonly #maxSessions: number;
  readonly #sessions = new Map<string, Session>();
  #opening = 0;
  #drain: Promise<void> | undefined;

  constructor(engine: EnginePool, avatars: AvatarStore, options: { maxSessions: number }) {
    this.#engine = engine;
    this.#avatars = avatars;
    this.#maxSessions = options.maxSessions;
  }

  /**
   * Opens a session; what is not given gets a default (the seed: a random one).
   * @param options `background`: one that is read only if there is room for the session and its avatar exists; while it
   * waits it may ask again whether there is
   * @throws VultusError `at_capacity`, `avatar_not_found`, `engine_failed`, `shutting_down`, and what `background` throws
   */
  async create(
    wanted: Partial<SessionSettings> & { avatarId: string },
    {
      controls,
      background,
    }: { controls?: ControlsPatch; background?: (assertRoom: () => void) => Promise<Backdrop> } = {},
  ): Promise<Session> {
    if (this.#drain) throw new VultusError('shutting_down');
    if (this.#sessions.size + this.#opening >= this.#maxSessions) {
      const most = this.#maxSessions;
      throw this.#engine.admission.refusal(
        most === 1
          ? 'one session runs, which is all that is allowed'
          : `${most} sessions run, which is all that are allowed`,
      );
    }
    this.#opening++;
    try {
      const rig = await this.#avatars.rig(wanted.avatarId);
      const settings: SessionSettings = {
        ...DEFAULT_SETTINGS,
        seed: randomInt(2 ** 31),
        ...definedOnly(wanted),
      };
      const assertRoom = () => this.#engine.assertRoom(settings);
      assertRoom();
      if (background) settings.background = await background(assertRoom);
      const session = await Session.open(this.#engine, randomUUID(), rig, settings, controls);
      this.#sessions.set(session.id, session);
      session.once('closed', () => this.#sessions.delete(session.id));
      if (this.#drain) {
        session.close();
        throw new VultusError('shutting_down');
      }
      return session;
    } finally {
      this.#opening--;
    }
  }

  /** @throws VultusError `session_not_found` */
  get(id: string): Session {
    const session = this.#sessions.get(id);
    if (!session) throw new VultusError('session_not_found');
    return session;
  }

  list(): Session[] {
    return [...this.#sessions.values()];
  }

  /** Whether no new sessions are taken, because the server is about to end. */
  get draining(): boolean {
    return this.#drain !== undefined;
  }

  /**
   * Takes no new sessions, tells the running ones, and resolves when they have ended by themselves, or after
   * `timeoutMs`: those that are left then are closed with `shutting_down`. Idempotent.
   */
  drain(timeoutMs: number): Promise<void> {
    this.#drain ??= this.#letFinish(timeoutMs);
    return this.#drain;
  }

  async #letFinish(timeoutMs: number): Promise<void> {
    const message = `The server is shutting down; this session can go on for ${Math.round(timeoutMs / 1000)} s.`;
    const running = this.list();
    const ends = running.map(
      (session) => new Promise<void>((resolve) => session.once('closed', () => resolve())),
    );
    for (const session of running) session.emit('warning', { code: 'shutting_down', message });
    const timer = setTimeout(() => {
      for (const session of running) session.close(new VultusError('shutting_down'));
    }, timeoutMs);
    await Promise.all(ends);
    clearTimeout(timer);
  }

  /** Ends all sessions; connections tell their peers the reason. Idempotent. */
  async close(reason?: VultusError): Promise<void> {
    for (const session of this.list()) session.close(reason);
  }
}

function definedOnly<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as T;
}
