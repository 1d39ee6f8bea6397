"""One WebSocket of a session, which makes itself anew when it breaks."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Self

import aiohttp

from . import wire
from .errors import VultusError, error_from_close
from .events import Event, Problem, Ready, Reconnected, Reconnecting, Video, Voice, Word
from .formats import VoiceData, bytes_of
from .http import Http
from .inbox import Inbox
from .settings import Controls, PerformedHead, join_controls
from .wishes import Wishes

_FIRST_WAIT_S = 0.25
_LONGEST_WAIT_S = 8.0
# By so much each wait is longer or shorter by lot, so that the clients of one server do not all come at once.
_SPREAD = 0.3
# Longer than a server keeps a session without connections, unless it was told otherwise.
_GIVE_UP_S = 120.0
# From here on close codes are the server's own (RFC 6455 section 7.4.2): it has ended the connection.
_OWN_CLOSE_CODES = 3000
# A server that says nothing for so long is gone: it sends figures once a second.
_SILENT_S = 15.0


class Connection:
    """Speaks to a session and hears of it: `async for event in connection`, by one reader.

    The loop ends after `close()`, and raises `VultusError` where the server or the network has ended the connection.
    Events wait for their reader; of pictures and voice that are not read, the oldest are dropped.
    """

    def __init__(self, http: Http, wishes: Wishes) -> None:
        self._http = http
        self._wishes = wishes
        self._token = wishes.token
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._inbox = Inbox()
        self._reader: asyncio.Task[None] | None = None
        self._ready: Ready | None = None
        self._closed = False
        self._pings = 0
        # Pings after interruptions whose answers have not come yet.
        self._stale: set[int] = set()
        self._missed_controls: Controls = {}
        self._missed_background: str | None = None
        self._told: VultusError | None = None
        self._close_reason = ""

    async def __aenter__(self) -> Self:
        await self._open()
        self._reader = asyncio.create_task(self._run())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    @property
    def ready(self) -> Ready:
        """What the server said last when the connection was made."""
        if self._ready is None:
            raise VultusError("connection_closed", "The connection is not ready yet.")
        return self._ready

    @property
    def audio(self) -> Mapping[str, object]:
        """The format of the voice to come, named as on the wire."""
        return self._wishes.audio

    @property
    def closed(self) -> bool:
        return self._closed

    def __aiter__(self) -> AsyncIterator[Event]:
        return self

    async def __anext__(self) -> Event:
        event = await self._inbox.get()
        if event is None:
            raise StopAsyncIteration
        return event

    async def speak(self, voice: VoiceData, *, utterance: str | None = None) -> None:
        """Voice to speak, in the format of `audio`; faster than it is spoken is fine.

        `utterance`: a name of your own for what is being said (64 characters at most); events carry it as `id`. Raises
        `VultusError` (`invalid_audio`) where it is neither bytes nor an array of int16.
        """
        for piece in _pieces(voice):
            await self._send(wire.pack("audio", data=piece, utterance=utterance))

    async def hear(self, samples: VoiceData) -> None:
        """What a microphone hears, as it comes, in the format of `microphone`.

        With `voice_input="listen"` it is the user's voice, to which the avatar listens; otherwise the avatar says it.
        Raises as `speak` does.
        """
        for piece in _pieces(samples):
            await self._send(wire.pack("audio", data=piece, live=True))

    async def give_words(self, words: Sequence[Word], *, utterance: str | None = None) -> None:
        """What is said and when, counted from the first sample: `SpeechWord` comes as each is heard."""
        for at in range(0, len(words), wire.MAX_WORDS):
            told = [{"text": w.text, "startMs": w.start_ms, "endMs": w.end_ms} for w in words[at : at + wire.MAX_WORDS]]
            await self._send(wire.pack("words", words=told, utterance=utterance))

    async def end_speech(self, *, utterance: str | None = None) -> None:
        """The utterance is complete: `SpeechEnded` follows once its last sample has left."""
        await self._send(wire.pack("speech.end", utterance=utterance))

    async def interrupt(self, *, utterance: str | None = None) -> None:
        """Drops what is queued, and falls silent at once. Without a name, voice that is read after this call is new."""
        await self._send(wire.pack("interrupt", utterance=utterance))
        if utterance is None and self._socket:
            self._pings += 1
            self._stale.add(self._pings)
            self._inbox.drop(lambda event: isinstance(event, Voice))
            await self._send(wire.pack("ping", id=self._pings))

    async def pause(self) -> None:
        """Falls silent at once and keeps what is queued."""
        await self._send(wire.pack("pause"))

    async def resume(self) -> None:
        """Goes on from the sample."""
        await self._send(wire.pack("resume"))

    async def set_controls(self, controls: Controls) -> None:
        if self._socket is None:
            self._missed_controls = join_controls(self._missed_controls, controls)
        await self._send(wire.pack("control", controls=controls))

    async def set_user_face(
        self, *, head: tuple[float, float] | None = None, smile: float | None = None, time_ms: float | None = None
    ) -> None:
        """What a camera sees of the user whom the avatar listens to, 10 to 60 times a second.

        `head`: yaw and pitch in radians, 0 where they look at the avatar; `smile`: 0..1; `time_ms`: of any clock of
        yours (now). The avatar answers nods and smiles and meets a look that comes back. Without both the face is lost.
        """
        turned = None if head is None else {"yaw": head[0], "pitch": head[1]}
        seen_ms = time.monotonic() * 1000 if time_ms is None else time_ms
        await self._send(wire.pack("user.face", timeMs=seen_ms, head=turned, smile=smile))

    async def set_motion(
        self,
        shapes: Mapping[str, float] | None = None,
        *,
        head: PerformedHead | None = None,
        time_ms: float | None = None,
    ) -> None:
        """What a performer's face does now, 15 to 60 times a second; the control `performer` mixes it with the voice's.

        `shapes`: any of the 52 ARKit coefficients by Apple's names, 0..1. Neither shapes nor a head: the face has been
        lost. `time_ms`: when it was seen, on a clock of your own, where that is not just now.
        """
        seen_ms = 1000 * time.monotonic() if time_ms is None else time_ms
        await self._send(wire.pack("motion", timeMs=seen_ms, shapes=dict(shapes) if shapes else None, head=head))

    async def set_background(self, background: str) -> None:
        """Another background from the next picture on."""
        if self._socket is None:
            self._missed_background = background
        await self._send(wire.pack("background", background=background))

    def report(self, error: VultusError) -> None:
        """For bridges: tells what went wrong on this side, as a `Problem`."""
        self._inbox.put(Problem(error))

    async def close(self) -> None:
        """Ends the connection; the session itself lives on. May be called again."""
        self._finish(None)
        if self._reader:
            self._reader.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._reader
            self._reader = None
        await self._drop_socket()

    async def _send(self, message: bytes) -> None:
        if self._closed:
            raise VultusError("connection_closed", "The connection is closed.")
        if self._socket:
            # One that has broken is made again by the reader.
            with contextlib.suppress(ConnectionError, aiohttp.ClientError):
                await self._socket.send_bytes(message)

    async def _open(self) -> None:
        wishes = self._wishes
        socket = await self._http.web_socket(wishes.path, token=self._token, timeout_s=wishes.timeout_s)
        try:
            async with asyncio.timeout(wishes.timeout_s):
                await socket.send_bytes(wishes.hello())
                while (event := await self._next(socket)) and not isinstance(event, Ready):
                    if isinstance(event, Problem):
                        raise event.error
                    self._take(event)
        except TimeoutError as error:
            await socket.close()
            raise VultusError("connect_timeout", "The session was not ready in time.") from error
        except (ConnectionError, aiohttp.ClientError) as error:
            await socket.close()
            raise VultusError("connection_lost", str(error)) from error
        except BaseException:
            await socket.close()
            raise
        if not isinstance(event, Ready):
            raise self._explain(socket)
        self._token = event.token or self._token
        self._ready = event
        self._socket = socket
        self._told = None

    async def _run(self) -> None:
        try:
            while True:
                error = await self._read()
                await self._drop_socket()
                broken = error.code == "connection_lost" and (error.close_code or 0) < _OWN_CLOSE_CODES
                if not (broken and self._wishes.reconnects):
                    raise error
                await self._reopen(error)
        except VultusError as error:
            self._finish(error)

    async def _read(self) -> VultusError:
        """Takes messages until the socket has ended; returns why."""
        socket = self._socket
        assert socket
        try:
            while event := await self._next(socket):
                self._take(event)
        except TimeoutError:
            return VultusError("connection_lost", f"The server said nothing for {_SILENT_S:.0f} s.")
        return self._explain(socket)

    async def _reopen(self, error: VultusError) -> None:
        """Tries with longer and longer waits. Raises what it failed with last, where that does not pass."""
        give_up_at = asyncio.get_running_loop().time() + _GIVE_UP_S
        attempt = 0
        while True:
            attempt += 1
            self._inbox.put(Reconnecting(attempt, error))
            usual_s = min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2 ** (attempt - 1))
            await asyncio.sleep(max(error.retry_after_s or 0, usual_s * random.uniform(1 - _SPREAD, 1 + _SPREAD)))
            try:
                await self._open()
                break
            except VultusError as failure:
                if not failure.passing or asyncio.get_running_loop().time() > give_up_at:
                    raise
                error = failure
        self._inbox.put(Reconnected(self.ready))
        if self._missed_controls:
            await self.set_controls(self._missed_controls)
        if self._missed_background is not None:
            await self.set_background(self._missed_background)
        self._missed_controls, self._missed_background = {}, None

    async def _next(self, socket: aiohttp.ClientWebSocketResponse) -> Event | wire.Pong | None:
        """The next message that this package knows; None at the end of the socket."""
        while True:
            message = await socket.receive(timeout=_SILENT_S)
            if message.type is not aiohttp.WSMsgType.BINARY:
                self._close_reason = message.extra or "" if message.type is aiohttp.WSMsgType.CLOSE else ""
                return None
            try:
                event = wire.unpack(message.data)
            except VultusError as error:
                event = Problem(error)
            if event:
                return event

    def _take(self, event: Event | wire.Pong) -> None:
        if isinstance(event, wire.Pong):
            self._stale.discard(event.id)
            return
        if isinstance(event, Voice) and self._stale:
            return
        if isinstance(event, Problem):
            self._told = event.error
        if not self._inbox.put(event) and isinstance(event, Video):
            self._start_video_anew()

    def _start_video_anew(self) -> None:
        """A decoder cannot go on after a gap."""
        self._inbox.drop(lambda event: isinstance(event, Video))
        if self._socket:
            self._background = asyncio.ensure_future(self._send(wire.pack("keyframe")))

    def _explain(self, socket: aiohttp.ClientWebSocketResponse) -> VultusError:
        """Why the socket has ended: an `error` message before the end knows when to come back."""
        error = error_from_close(socket.close_code, self._close_reason)
        told = self._told
        if told and told.code == error.code:
            return VultusError(told.code, told.message, close_code=error.close_code, retry_after_s=told.retry_after_s)
        return error

    async def _drop_socket(self) -> None:
        socket, self._socket = self._socket, None
        self._stale.clear()
        if socket:
            await socket.close()

    def _finish(self, error: VultusError | None) -> None:
        self._closed = True
        self._inbox.end(error)


def _pieces(voice: VoiceData) -> Iterator[bytes]:
    """As much as one message may have, of each."""
    data = bytes_of(voice)
    for at in range(0, len(data), wire.MAX_AUDIO_BYTES):
        yield data[at : at + wire.MAX_AUDIO_BYTES]
