/** How long a connection may take to mend itself before another way is looked for. */
const DISCONNECTED_MS = 1500;
/** Between two attempts. */
const RETRY_MS = 3000;
/** After so long in vain it is given up. */
const GIVE_UP_MS = 20_000;

/**
 * Looks for another way through the network when the one in use is gone, or the network has changed (ICE restart,
 * RFC 8445 §9).
 */
export class IceRestart {
  readonly #peer: RTCPeerConnection;
  readonly #restart: () => Promise<void>;
  readonly #giveUp: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lostAtMs: number | undefined;
  readonly #onNetworkChange = (): void => this.#attempt();

  /** `restart`: makes a new offer and applies the answer. */
  constructor(peer: RTCPeerConnection, options: { restart: () => Promise<void>; giveUp: () => void }) {
    this.#peer = peer;
    this.#restart = options.restart;
    this.#giveUp = options.giveUp;
    peer.addEventListener('iceconnectionstatechange', () => this.#onState());
    globalThis.addEventListener?.('online', this.#onNetworkChange);
    networkInformation()?.addEventListener('change', this.#onNetworkChange);
  }

  close(): void {
    clearTimeout(this.#timer);
    globalThis.removeEventListener?.('online', this.#onNetworkChange);
    networkInformation()?.removeEventListener('change', this.#onNetworkChange);
  }

  #onState(): void {
    clearTimeout(this.#timer);
    const state = this.#peer.iceConnectionState;
    if (state === 'connected' || state === 'completed') this.#lostAtMs = undefined;
    else if (state === 'disconnected') this.#schedule(DISCONNECTED_MS);
    else if (state === 'failed') this.#schedule(0);
    else if (this.#lostAtMs !== undefined) this.#schedule(RETRY_MS);
  }

  #schedule(delayMs: number): void {
    this.#lostAtMs ??= performance.now();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#attempt(), delayMs);
  }

  #attempt(): void {
    if (this.#lostAtMs !== undefined && performance.now() - this.#lostAtMs > GIVE_UP_MS) {
      this.#giveUp();
      return;
    }
    // Where it is not connected yet, the first offer is still under way.
    if (this.#peer.signalingState !== 'stable' || !this.#peer.remoteDescription) return;
    if (this.#lostAtMs !== undefined) this.#schedule(RETRY_MS);
    // Without a network the request fails too: it is tried again.
    this.#restart().catch(() => {});
  }
}

/** Chromium tells when the kind of network changes. */
function networkInformation(): EventTarget | undefined {
  return (globalThis.navigator as { connection?: EventTarget } | undefined)?.connection;
}
