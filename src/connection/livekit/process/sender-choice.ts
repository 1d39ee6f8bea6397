/** Of the agent that an avatar speaks for, in the avatar's own token. */
const PUBLISH_ON_BEHALF = 'lk.publish_on_behalf';
/** `ParticipantKind.AGENT` of LiveKit's protocol. */
const AGENT_KIND = 4;

interface Participant {
  readonly identity: string;
  readonly kind: number;
  readonly attributes: Readonly<Record<string, string>>;
}

/**
 * Who is served in a room: the one whom the request or our token names, else the agent that was there first; nobody
 * else ever after.
 */
export class SenderChoice {
  #identity: string | undefined;
  #present = false;

  constructor(identity: string | undefined) {
    this.#identity = identity;
  }

  get identity(): string | undefined {
    return this.#identity;
  }

  /** Ours: they come from whoever made the token. */
  ownAttributes(attributes: Readonly<Record<string, string>>): void {
    this.#identity ??= attributes[PUBLISH_ON_BEHALF] || undefined;
  }

  /**
   * `others`: who is there now by identity, in the order in which they came; `candidates`: those of them of whom it is not
   * known yet who they are.
   */
  look(
    others: ReadonlyMap<string, Participant>,
    candidates: Iterable<Participant> = others.values(),
  ): { changed: boolean; identity: string | undefined; present: boolean } {
    if (this.#identity === undefined)
      for (const { identity, kind, attributes } of candidates) {
        // Another avatar is an agent by its kind too.
        if (kind !== AGENT_KIND || attributes[PUBLISH_ON_BEHALF]) continue;
        this.#identity = identity;
        break;
      }
    const identity = this.#identity;
    const present = identity !== undefined && others.has(identity);
    const changed = present !== this.#present;
    this.#present = present;
    return { changed, identity, present };
  }
}
