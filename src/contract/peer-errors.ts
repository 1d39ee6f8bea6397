import type { ErrorKind } from './error-kind.ts';

/** Of offers and of the peers that come by HTTP, as the catalogue has them. */
export const PEER_ERRORS = {
  invalid_offer: {
    status: 400,
    closeCode: 4000,
    help: 'The SDP offer cannot be used; offer H.264 or VP8 video and Opus audio.',
  },
  offer_unsupported: {
    status: 422,
    closeCode: 4022,
    help: 'The SDP offer is not what WHIP and WHEP allow: one track of a kind, in one bundle, sent or received.',
  },
  invalid_fragment: {
    status: 400,
    closeCode: 4000,
    help: 'The SDP fragment cannot be read; RFC 8840 says how ICE is told.',
  },
  restart_failed: {
    status: 422,
    closeCode: 4022,
    help: 'ICE cannot be restarted so; what there is goes on, and a new connection can be made.',
  },
  precondition_required: {
    status: 428,
    closeCode: 4028,
    help: 'Say in If-Match which ICE session is meant: its ETag, or * to restart it.',
  },
  precondition_failed: {
    status: 412,
    closeCode: 4012,
    help: 'That ICE session is over; the ETag of the last answer names the one of now.',
  },
  peer_not_found: { status: 404, closeCode: 4004, help: 'There is no peer at this address, or it has left.' },
  session_not_live: {
    status: 409,
    closeCode: 4009,
    help: 'The session has no pictures at this moment; try again in a moment.',
    retryAfterS: 1,
  },
  unsupported_media_type: {
    status: 415,
    closeCode: 4015,
    help: 'The body is of a type that is not taken here; the documentation at /docs says which one is.',
  },
  method_not_allowed: {
    status: 405,
    closeCode: 4005,
    help: 'This cannot be done here; the header Allow says what can.',
  },
} as const satisfies Record<string, ErrorKind>;
