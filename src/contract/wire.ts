/**
 * The messages between a client and a session: the same on the WebSocket (`/v1/sessions/:id/stream`) and on the WebRTC
 * data channel. Each is one MessagePack map with a `type`. [client-messages.ts](wire/client-messages.ts) and
 * [server-messages.ts](wire/server-messages.ts) describe them. Each end checks what it receives, with a MessagePack
 * library of its own: [server-end.ts](wire/server-end.ts) fast, [client-end.ts](wire/client-end.ts) small. The client
 * shares nothing else with the server. Messages are taken in their order.
 *
 * **Versions.** `hello` says which one the client speaks, and `ready` answers with it. Until then, and for a `hello` of
 * version 1, it is 1, of which the marks `2` below are left out. A data channel is `ready` with version 1 when it
 * opens, and once more after a `hello` of version 2.
 *
 * **Utterances.** Voice is spoken in utterances. The server numbers them as they begin (`utterance` in events); in
 * version 2 the client may name them too (`utterance` in its messages, `id` in events), each name once in a connection.
 * - `audio` with a new name begins an utterance, and completes the one before it on this connection. `audio` without
 *   a name belongs to the one that is being received, or begins one.
 * - `speech.end` completes it. `interrupt` without a name drops everything, of all connections; with one it drops that
 *   utterance alone, and does nothing where that is over. What follows on the same connection is new.
 * - Utterances are spoken one after the other, in the order in which they began, also those of several connections.
 *   A microphone (`live`, or a WebRTC track) gives way: what it hears is dropped while an utterance waits or is spoken.
 * - Each utterance has exactly one `speech.ended`, in order, also if it was dropped before its first sample
 *   (`playedMs` 0), with a reason: `completed`, `interrupted`, or `underrun` where its sender stopped without a word.
 *   One whose last voice was refused, by an `error`, ends as `interrupted`.
 *
 * **Late voice** (2). Voice with the name of an utterance that is over, however it ended, is dropped. Voice without a
 * name is dropped after somebody else has interrupted the utterance to which it belongs (the user by talking, or
 * another connection), until the sender sends `speech.end`, `interrupt` or a new name. The first piece that is dropped
 * is told by the warning `late_voice`. What a microphone hears is never late. The last 1000 names are remembered.
 *
 * **Words** (2). `words` says what is said in an utterance and when, counted from its first sample; it may come before,
 * with or after the voice, in any number of messages, also after `speech.end`. One with a new name begins an utterance,
 * as voice does, and late words are dropped as late voice is. `speech.word` is told when the first sample of a word
 * leaves, however the voice was held up until then, and `speech.ended` names the last one. A word that comes while it is
 * being heard is told at once; one that is over by then is dropped, with the warning `late_words`. Words that are never
 * heard, because their utterance is interrupted or ends before them, are never told. 2000 may wait (`words_buffer_full`).
 *
 * **Gaps** (2). Where voice does not come in time, the mouth closes and, after 300 ms without, `speech.stalled` is told;
 * with the next voice `speech.continued`. An utterance ends with the reason `underrun` 10 s after it has run dry, or
 * when its connection ends. In version 1, and for what a microphone hears, it is complete a second after its last voice.
 *
 * **Media and units.** All times are milliseconds; `mediaTimeMs` counts from the start of the session without gaps.
 * Angles of controls and motion frames are radians. `voice` is one Opus packet of 20 ms, 48 kHz, mono (RFC 6716). `video`
 * is one picture: H.264 as an Annex B byte stream, with its parameter sets before each key frame, so that WebCodecs
 * needs no `description`; of VP8 and VP9 one frame, of AV1 one temporal unit in the low-overhead format. Colours are
 * BT.601, limited range. With the background `matte` the upper half of a picture is the person over black, which is
 * premultiplied by the matte, and the grey of the lower half (as RGB, 0..1) is the matte: over a
 * ground, a pixel is `upper + (1 − matte) · ground`.
 *
 * **Pictures without a decoder.** With `outputs.picture` each picture comes whole (`rgb`, `i420` or `jpeg`), with
 * `outputs.voice: { encoding: 's16le', sampleRateHz }` the voice as samples. A picture of 512×512 has 786 kB, 393 kB or
 * about 30 kB. They are in step with the voice as `video` is. A reader that is behind by more than a picture is left out
 * of the next ones. Before the background `matte` they show the person over black.
 *
 * **Drawn by the client.** In a session with `draw: 'client'`, `outputs.drawing` brings what each picture is drawn of:
 * `drawn`, 58 channels in about 70 bytes ([drawn-frame.ts](drawn-frame.ts)), with `voice` in the short form of
 * [compact.ts](wire/compact.ts); `ready.drawing` says how, and `GET /v1/sessions/:id/rig` gives the avatar. With
 * `outputs.drawing` no video is sent until the client says `draw` by the `server`, and none any more after `draw` by the
 * `client`; `drawn` goes on all the time.
 *
 * **A performer's motion.** `motion` says what a camera or a tracker sees of a face at `timeMs` of its own clock: any of
 * the 52 ARKit coefficients and the head, as in a motion frame. The control `performer` says whose motion each part of
 * the face shows. A part of which nothing has come for a quarter of a second fades back to a life of its own, and with
 * `motion` without shapes and head at once; when it comes again it fades in. Motion is shown as it comes; that of the mouth
 * waits for the voice where a microphone speaks. One performer at a time moves the face, whoever began (`not_performing`
 * warns others).
 *
 * **The user's face.** `user.face` says what a camera sees of the user to whom the avatar listens, at `timeMs` of their own
 * clock: numbers that their browser has read, never pictures. A nod of somebody who is silent is nodded back, a smile
 * answered by a fainter one, a look that comes back is met, all but while the avatar speaks. One user at a time is seen.
 *
 * **The user's voice.** What a microphone hears with `voiceInput: 'listen'` (`live`, or a WebRTC track) is the user's. A
 * bot hears it too, by `outputs.userAudio` on a WebSocket: `user.audio`, 20 ms each at 16 kHz, s16le (`pcm`) or `opus`,
 * whichever connection it came by, so that speech recognition needs no way of its own. `mediaTimeMs` is that of the voice
 * which left the server as the user's came in; a jump is a gap: the microphone was gone, or the reader too slow. It is for
 * connections with the role `control`; viewers are refused with `view_only`. The server keeps none of it.
 */
export { parseServerMessage, serializeClientMessage } from './wire/client-end.ts';
export type { ClientMessage, ClientMessageInput } from './wire/client-messages.ts';
export { clientMessageSchema, wordSchema } from './wire/client-schema.ts';
export { CONTROL_CHANNEL, MAX_AUDIO_BYTES, WIRE_VERSION, type WireVersion } from './wire/protocol.ts';
export { parseClientMessage, serializeServerMessage } from './wire/server-end.ts';
export type { ServerMessage } from './wire/server-messages.ts';
