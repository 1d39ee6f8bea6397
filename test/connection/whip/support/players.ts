/** Clients of WHIP and WHEP that are not ours, as a page has them. */
export { WebRTCPlayer } from '@eyevinn/webrtc-player';
export { WHIPClient as EyevinnWhip } from '@eyevinn/whip-web-client';
export { WHEPClient } from 'whip-whep/whep.js';
export { WHIPClient } from 'whip-whep/whip.js';
