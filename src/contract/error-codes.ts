import type { ErrorKind } from './error-kind.ts';
import { PEER_ERRORS } from './peer-errors.ts';

/**
 * The one catalogue of errors that Vultus reports to a caller.
 *
 * Each code has an HTTP status (RFC 9457 problem+json), a WebSocket close code (RFC 6455 §7.4, 4000–4999 are
 * ours) and one helpful sentence. Codes are part of the public interface: never rename one.
 */

export const ERRORS = {
  // Portraits
  portrait_not_an_image: {
    status: 415,
    closeCode: 4015,
    help: 'The file is not a picture that can be read; send PNG, JPEG, WebP or AVIF.',
  },
  portrait_too_many_bytes: {
    status: 413,
    closeCode: 4013,
    help: 'The picture file is too large; send at most 20 MB.',
  },
  portrait_too_many_pixels: {
    status: 413,
    closeCode: 4013,
    help: 'The picture has too many pixels; send at most 50 megapixels.',
  },
  portrait_no_face: {
    status: 422,
    closeCode: 4022,
    help: 'No face was found, photographed or drawn; use a picture that shows one from the front, at least 64 pixels wide, or say where its eyes, mouth and chin are (`points`).',
  },
  portrait_several_faces: {
    status: 422,
    closeCode: 4022,
    help: 'Several faces were found; crop the picture to one, or choose one by index.',
  },
  portrait_face_too_small: {
    status: 422,
    closeCode: 4022,
    help: 'The face is too small; use a picture in which it is at least 64 pixels wide.',
  },
  portrait_turned_away: {
    status: 422,
    closeCode: 4022,
    help: 'The face is turned too far away; use a picture from the front (within about 30°).',
  },
  portrait_unreachable: {
    status: 422,
    closeCode: 4022,
    help: 'The picture could not be fetched from its address: it has to come within 10 s, by http or https, and be at most 20 MB.',
  },
  portrait_too_complex: {
    status: 422,
    closeCode: 4022,
    help: 'The picture takes more time or memory than its analysis may; save it as an ordinary PNG or JPEG.',
  },
  // Avatars and sessions
  avatar_not_found: { status: 404, closeCode: 4004, help: 'There is no avatar with this id.' },
  session_not_found: {
    status: 404,
    closeCode: 4004,
    help: 'There is no session with this id, or it has ended.',
  },
  session_closed: { status: 410, closeCode: 4010, help: 'The session has ended.' },
  session_idle: {
    status: 410,
    closeCode: 4010,
    help: 'The session has ended because nobody was connected to it.',
  },
  session_taken_over: {
    status: 409,
    closeCode: 4009,
    help: 'A newer connection of the same kind controls the session; to watch beside it, connect with role=view.',
  },
  too_many_viewers: {
    status: 503,
    closeCode: 4029,
    help: 'The session already has as many viewers as the server allows; try again later.',
    retryAfterS: 10,
  },
  view_only: {
    status: 403,
    closeCode: 4003,
    help: 'This connection only watches; voice and controls come from the one without role=view.',
  },
  background_fixed: {
    status: 409,
    closeCode: 4009,
    help: 'A running session keeps the height of its pictures; for a matte, or none, open another session.',
  },
  drawing_not_allowed: {
    status: 403,
    closeCode: 4003,
    help: 'The rig of this avatar is not given away: open the session with draw: client, and an avatar that allows it.',
  },
  at_capacity: {
    status: 503,
    closeCode: 4029,
    help: 'The server runs as many sessions as it can keep in time; try again later.',
    retryAfterS: 5,
  },
  shutting_down: {
    status: 503,
    closeCode: 1001,
    help: 'The server is shutting down; try again in a moment, or use another one.',
    retryAfterS: 10,
  },
  starting: {
    status: 503,
    closeCode: 1013,
    help: 'The server is still loading its models; try again in a moment.',
    retryAfterS: 2,
  },
  server_busy: {
    status: 503,
    closeCode: 1013,
    help: 'The server has its hands full with what others have asked for; try again in a moment.',
    retryAfterS: 2,
  },
  too_many_requests: {
    status: 429,
    closeCode: 1008,
    help: 'More came from here than one may send; slow down, or wait as long as Retry-After says.',
    retryAfterS: 1,
  },
  too_many_bad_messages: {
    status: 400,
    closeCode: 1008,
    help: 'Too many messages in a row did not fit their schema; the errors before this one say why.',
  },
  request_too_slow: {
    status: 408,
    closeCode: 4008,
    help: 'The body of the request came too slowly; send it in one go, or make it smaller.',
  },
  format_not_allowed: {
    status: 403,
    closeCode: 4003,
    help: 'This server makes no pictures that large or that frequent; its operator sets --max-size and --max-fps.',
  },
  avatar_in_gallery: {
    status: 409,
    closeCode: 4009,
    help: 'The avatars of the gallery belong to the server and can be neither renamed nor deleted.',
  },
  storage_full: {
    status: 507,
    closeCode: 1011,
    help: 'The server has no room for another avatar; delete some that are not needed, or tell its operator.',
  },
  // Input
  invalid_request: { status: 400, closeCode: 4000, help: 'The request does not fit its schema.' },
  invalid_message: { status: 400, closeCode: 4000, help: 'The message does not fit its schema.' },
  unsupported_audio: {
    status: 415,
    closeCode: 4015,
    help: 'The audio format is not supported; send s16le at 8–48 kHz or Opus.',
  },
  audio_buffer_full: {
    status: 429,
    closeCode: 4029,
    help: 'More voice waits than the session keeps; slow down or wait for speech.ended.',
  },
  words_buffer_full: {
    status: 429,
    closeCode: 4029,
    help: 'More words wait to be heard than the session keeps; send them nearer to their voice.',
  },
  audio_unreadable: {
    status: 422,
    closeCode: 4022,
    help: 'The sound file cannot be decoded; use WAV, FLAC, Ogg or MP3.',
  },
  unauthorized: {
    status: 401,
    closeCode: 4001,
    help: 'This server asks for its API key: send it as "Authorization: Bearer <key>".',
  },
  host_not_allowed: {
    status: 421,
    closeCode: 4021,
    help: 'This server does not answer to this host name; its operator can add it with --allowed-hosts.',
  },
  origin_not_allowed: {
    status: 403,
    closeCode: 4003,
    help: 'Pages of this origin may not ask for this; the operator can let them, with --cors-origins.',
  },
  request_aborted: {
    status: 400,
    closeCode: 4000,
    help: 'The client went away before it was answered.',
  },
  not_found: { status: 404, closeCode: 4004, help: 'There is nothing at this address.' },
  protocol_violated: {
    status: 400,
    closeCode: 1002,
    help: 'The peer sent what its protocol does not allow, and its connection was closed.',
  },
  connection_too_slow: {
    status: 408,
    closeCode: 4008,
    help: 'The connection takes less than the session sends; lower bitrateKbps or size.',
  },
  // Rooms and files elsewhere
  address_not_allowed: {
    status: 403,
    closeCode: 4003,
    help: 'This server does not connect to that address; its operator can allow it with --livekit-hosts, --portrait-hosts or --push-hosts.',
  },
  address_unknown: {
    status: 422,
    closeCode: 4022,
    help: 'The address names a host that is not known, or cannot be read.',
  },
  room_refused: {
    status: 403,
    closeCode: 4003,
    help: 'The LiveKit server does not take this token; it needs the grant roomJoin for a room, and may have expired.',
  },
  room_unreachable: {
    status: 502,
    closeCode: 4008,
    help: 'The LiveKit server of this room cannot be reached, or has not answered in time.',
  },
  session_unreachable: {
    status: 502,
    closeCode: 4008,
    help: 'The session cannot be watched: its server cannot be reached, or does not let this viewer in.',
  },
  room_left: {
    status: 410,
    closeCode: 4010,
    help: 'The room is closed, or its agent has gone for good.',
  },
  room_flooded: {
    status: 429,
    closeCode: 1008,
    help: 'Somebody in the room sends more than an avatar takes; it has left.',
  },
  push_not_found: { status: 404, closeCode: 4004, help: 'There is no push of this id, or it has ended.' },
  push_refused: {
    status: 422,
    closeCode: 4022,
    help: 'The WHIP endpoint does not take this session; its token may be wrong, or it shows neither the codec nor Opus.',
  },
  push_unreachable: {
    status: 502,
    closeCode: 4008,
    help: 'The WHIP endpoint cannot be reached, or no media gets through to it.',
  },
  room_failed: { status: 500, closeCode: 1011, help: 'The process that sits in LiveKit rooms failed.' },
  ...PEER_ERRORS,
  // Runtime
  file_unusable: {
    status: 400,
    closeCode: 4000,
    help: 'A file that was named cannot be used.',
  },
  config_invalid: {
    status: 500,
    closeCode: 1011,
    help: 'The configuration cannot be used.',
  },
  dependency_unsupported: {
    status: 500,
    closeCode: 1011,
    help: 'A library is not as Vultus was tested with it; install what package-lock.json says (npm ci).',
  },
  pack_invalid: {
    status: 500,
    closeCode: 1011,
    help: 'The model pack is damaged or does not fit this version.',
  },
  provider_unavailable: {
    status: 500,
    closeCode: 1011,
    help: 'The execution provider that was demanded cannot be loaded on this machine.',
  },
  encoder_failed: { status: 500, closeCode: 1011, help: 'The media encoder failed.' },
  motion_failed: { status: 500, closeCode: 1011, help: 'The motion model failed in this session.' },
  render_failed: { status: 500, closeCode: 1011, help: 'A picture of this session could not be drawn.' },
  analysis_failed: { status: 500, closeCode: 1011, help: 'The analysis of the portrait failed.' },
  storage_failed: {
    status: 500,
    closeCode: 1011,
    help: 'The folder in which the server keeps avatars could not be read or written.',
  },
  engine_failed: { status: 500, closeCode: 1011, help: 'The engine process of this session failed.' },
  internal: { status: 500, closeCode: 1011, help: 'Something went wrong inside the server.' },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof ERRORS;
