import type { FuzzTarget } from './target.ts';
import { connectedPeer, connectingPeer } from './targets/peer.ts';
import { websocket } from './targets/websocket.ts';
import { wireBytes } from './targets/wire-bytes.ts';
import { wireMessages } from './targets/wire-messages.ts';

/** All that can be fuzzed, in the order of the rounds. */
export const TARGETS = [
  wireMessages,
  wireBytes,
  websocket,
  connectedPeer,
  connectingPeer,
] as readonly FuzzTarget[];
