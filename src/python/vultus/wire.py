"""MessagePack maps of the WebSocket, to and from Python. The server's `src/contract/wire.ts` has their rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

import msgpack  # type: ignore[import-untyped]

from . import events
from .errors import VultusError
from .events import Event

VERSION = 2
MAX_AUDIO_BYTES = 1 << 17
"""Of one message."""
MAX_WORDS = 200
"""In one message."""


@dataclass(frozen=True, slots=True)
class Pong:
    """The answer to a ping: the server has taken all that was sent before."""

    id: int


_Fields = Mapping[str, Any]


def pack(type: str, **fields: object) -> bytes:
    """A message of the client; fields that are None are left out."""
    message = {"type": type, **{name: value for name, value in fields.items() if value is not None}}
    return cast(bytes, msgpack.packb(message))


def unpack(data: bytes) -> Event | Pong | None:
    """A message of the server; None for one of a kind that this package does not know.

    Raises `VultusError` (`invalid_server_message`).
    """
    try:
        message = msgpack.unpackb(data)
        read = _READERS.get(message["type"])
        return read(message) if read else None
    except (ValueError, TypeError, KeyError, AttributeError, msgpack.UnpackException) as error:
        raise VultusError("invalid_server_message", f"A message of the server cannot be read: {error!r}") from error


def _ready(m: _Fields) -> Event:
    video = m["video"]
    return events.Ready(m["sessionId"], video["width"], video["height"], video["fps"], m["delayMs"], m.get("token"))


def _utterance(m: _Fields) -> dict[str, Any]:
    return {"utterance": m["utterance"], "id": m.get("id")}


def _word(m: _Fields) -> Event:
    word = events.Word(m["text"], m["startMs"], m["endMs"])
    return events.SpeechWord(**_utterance(m), index=m["index"], word=word, media_time_ms=m["mediaTimeMs"])


def _ended(m: _Fields) -> Event:
    word = m.get("lastWord")
    return events.SpeechEnded(
        **_utterance(m),
        played_ms=m["playedMs"],
        interrupted=m["interrupted"],
        reason=m["reason"],
        last_word=word["text"] if word else None,
    )


def _problem(m: _Fields) -> Event:
    return events.Problem(VultusError(m["code"], m["message"], retry_after_s=m.get("retryAfterS")))


def _timed(m: _Fields) -> dict[str, Any]:
    data = m["data"]
    if not isinstance(data, bytes):
        raise TypeError("data is not binary")
    return {"media_time_ms": m["mediaTimeMs"], "data": data}


def _media(m: _Fields) -> dict[str, Any]:
    return {**_timed(m), "epoch": m["epoch"]}


_READERS: dict[str, Callable[[_Fields], Event | Pong]] = {
    "ready": _ready,
    "pong": lambda m: Pong(m["id"]),
    "state": lambda m: events.StateChanged(m["state"]),
    "speech.started": lambda m: events.SpeechStarted(**_utterance(m), media_time_ms=m["mediaTimeMs"]),
    "speech.word": _word,
    "speech.ended": _ended,
    "caption": lambda m: events.Caption(m["mediaTimeMs"], m["data"]),
    "speech.stalled": lambda m: events.SpeechStalled(**_utterance(m), media_time_ms=m["mediaTimeMs"]),
    "speech.continued": lambda m: events.SpeechContinued(**_utterance(m), media_time_ms=m["mediaTimeMs"]),
    "speech.paused": lambda m: events.SpeechPaused(m["mediaTimeMs"]),
    "speech.resumed": lambda m: events.SpeechResumed(m["mediaTimeMs"]),
    "user.started": lambda _: events.UserStarted(),
    "user.ended": lambda m: events.UserEnded(m["talkedMs"]),
    "user.audio": lambda m: events.UserAudio(**_timed(m)),
    "stats": lambda m: events.Stats(m["stats"]),
    "warning": lambda m: events.Warned(m["code"], m["message"]),
    "error": _problem,
    "picture": lambda m: events.Picture(**_media(m), width=m["width"], height=m["height"]),
    "voice": lambda m: events.Voice(**_media(m)),
    "video": lambda m: events.Video(**_media(m), key=m["key"]),
    "motion": lambda m: events.Motion(**_media(m)),
}
