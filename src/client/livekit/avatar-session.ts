import { type AgentSession, AvatarSession as BaseAvatarSession, log } from '@livekit/agents';
import type { Room } from '@livekit/rtc-node';
import { AccessToken } from 'livekit-server-sdk';
import { VultusClientError } from '../client-error.ts';
import { Http } from '../http.ts';
import type { AvatarInfo, SessionInfo, SessionOptions } from '../http-types.ts';
import { Session } from '../session.ts';
import { wait } from '../wait.ts';
import { AvatarOutput } from './avatar-output.ts';

const [FIRST_WAIT_MS, LONGEST_WAIT_MS] = [250, 4000];

export interface AvatarSessionOptions {
  /** Default: the first of the server's gallery. */
  avatarId?: string;
  /** Of the Vultus server; default `VULTUS_URL`, else http://localhost:8080. */
  url?: string;
  /** Default `VULTUS_API_KEY`. */
  apiKey?: string;
  settings?: Omit<SessionOptions, 'avatarId'>;
  avatarParticipantIdentity?: string;
  avatarParticipantName?: string;
}

/** Of the LiveKit server; each by default from the environment, as the agent has it. */
export interface LiveKitKeys {
  livekitUrl?: string;
  livekitApiKey?: string;
  livekitApiSecret?: string;
}

/**
 * An avatar of a Vultus server that speaks for an agent in its room (`@livekit/agents`). Where it goes away, another one
 * is asked for until it is there; what it had to say is told as interrupted.
 */
export class AvatarSession extends BaseAvatarSession {
  readonly #http: Http;
  readonly #options: AvatarSessionOptions;
  readonly #closing = new AbortController();
  #session: Session | undefined;

  constructor(options: AvatarSessionOptions = {}) {
    super();
    this.#options = options;
    const apiKey = options.apiKey ?? environment('VULTUS_API_KEY');
    const url = options.url ?? environment('VULTUS_URL') ?? 'http://localhost:8080';
    this.#http = new Http(url, apiKey ? { authorization: `Bearer ${apiKey}` } : {});
  }

  override get avatarIdentity(): string {
    return this.#options.avatarParticipantIdentity ?? 'vultus-avatar';
  }

  override get provider(): string {
    return 'vultus';
  }

  /**
   * Resolves when the avatar is in the room. Call it before the agent session is started.
   * @throws VultusClientError, and `TypeError` where LiveKit's url or keys are neither given nor in the environment
   */
  override async start(agentSession: AgentSession, room: Room, keys: LiveKitKeys = {}): Promise<void> {
    const url = keys.livekitUrl ?? needed('LIVEKIT_URL');
    const apiKey = keys.livekitApiKey ?? needed('LIVEKIT_API_KEY');
    const apiSecret = keys.livekitApiSecret ?? needed('LIVEKIT_API_SECRET');
    await super.start(agentSession, room);
    const agentIdentity = room.localParticipant?.identity ?? '';
    const output = new AvatarOutput(room, this.avatarIdentity);
    const join = async () => {
      const identity = this.avatarIdentity;
      const attributes = { 'lk.publish_on_behalf': agentIdentity };
      const name = this.#options.avatarParticipantName ?? identity;
      const token = new AccessToken(apiKey, apiSecret, { identity, name, attributes });
      token.addGrant({ roomJoin: true, room: room.name ?? '' });
      token.kind = 'agent';
      const roomOptions = { url, token: await token.toJwt(), agentIdentity };
      this.#session = await this.#open(roomOptions);
      return this.#session;
    };
    agentSession.output.audio = output;
    void this.#keep(await join(), output, join);
  }

  /** The avatar leaves. Idempotent. */
  override async aclose(): Promise<void> {
    this.#closing.abort();
    const session = this.#session;
    this.#session = undefined;
    // A server that is not there has no avatar in the room either.
    await session?.close().catch(() => {});
    await super.aclose();
  }

  async #open(room: { url: string; token: string; agentIdentity: string }): Promise<Session> {
    const { avatarId = await this.#firstAvatar(), settings } = this.#options;
    const body = { ...settings, ...room, avatarId };
    const info = await this.#http.postJson<SessionInfo>('/v1/livekit/sessions', body);
    return new Session(this.#http, info, info.token);
  }

  async #firstAvatar(): Promise<string> {
    const { avatars } = await this.#http.json<{ avatars: AvatarInfo[] }>('GET', '/v1/avatars');
    if (!avatars[0]) throw new VultusClientError('avatar_not_found', 'The server has no avatars.');
    return avatars[0].id;
  }

  /** Watches the session, which ends when the avatar has left; then asks for another one. */
  async #keep(first: Session, output: AvatarOutput, join: () => Promise<Session>): Promise<void> {
    const { signal } = this.#closing;
    for (let session = first; ; ) {
      const why = await ended(session, signal);
      if (signal.aborted) return;
      log().warn({ code: why?.code }, 'the avatar has gone, another one is asked for');
      output.avatarLeft();
      for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)) {
        try {
          session = await join();
          break;
        } catch (error) {
          if (signal.aborted) return;
          log().warn({ error: String(error) }, 'no avatar yet');
          await wait(waitMs, signal).catch(() => {});
          if (signal.aborted) return;
        }
      }
      if (signal.aborted) return void session.close().catch(() => {});
      output.avatarJoined();
    }
  }
}

/** Resolves with what a session has ended with. */
async function ended(session: Session, signal: AbortSignal): Promise<VultusClientError | undefined> {
  try {
    const live = await session.connectWebSocket({ role: 'view', outputs: {}, signal });
    const stop = () => live.close();
    signal.addEventListener('abort', stop, { once: true });
    const { error } = await new Promise<{ error: VultusClientError | undefined }>((resolve) =>
      live.once('closed', resolve),
    );
    signal.removeEventListener('abort', stop);
    return error;
  } catch (error) {
    return error instanceof VultusClientError ? error : undefined;
  }
}

function environment(name: string): string | undefined {
  const { process } = globalThis as { process?: { env: Record<string, string | undefined> } };
  return process?.env[name] || undefined;
}

function needed(name: string): string {
  const value = environment(name);
  if (!value) throw new TypeError(`${name} is not set, and not given`);
  return value;
}
