import type { FuzzTarget } from './target.ts';
import { aiortcPeer } from './targets/aiortc-peer.ts';
import { config } from './targets/config.ts';
import { dialledHosts } from './targets/dialled-hosts.ts';
import { forms } from './targets/forms.ts';
import { http } from './targets/http.ts';
import { offers } from './targets/offers.ts';
import { openapi } from './targets/openapi.ts';
import { packManifest } from './targets/pack-manifest.ts';
import { connectedPeer, connectingPeer } from './targets/peer.ts';
import { pictures } from './targets/pictures.ts';
import { requests } from './targets/requests.ts';
import { rigs } from './targets/rigs.ts';
import { sdp } from './targets/sdp.ts';
import { soundFiles } from './targets/sound-files.ts';
import { voice } from './targets/voice.ts';
import { websocket } from './targets/websocket.ts';
import { whip } from './targets/whip.ts';
import { wireBytes } from './targets/wire-bytes.ts';
import { wireMessages } from './targets/wire-messages.ts';

/** All that can be fuzzed, in the order of the rounds. */
export const TARGETS = [
  wireMessages,
  wireBytes,
  requests,
  forms,
  dialledHosts,
  config,
  packManifest,
  rigs,
  pictures,
  soundFiles,
  voice,
  sdp,
  offers,
  http,
  openapi,
  whip,
  websocket,
  connectedPeer,
  connectingPeer,
  aiortcPeer,
] as readonly FuzzTarget[];
