"""What a model of Google's Live API says is said by a face.

async with session.connect(audio=Pcm(24_000)) as face, client.aio.live.connect(model=…, config=…) as model:
    bridge = GeminiLiveBridge(face)

    async def ears():
        async for event in face:
            await bridge.hear(event)

    listening = asyncio.create_task(ears())
    while True:
        async for message in model.receive():  # one turn of the model
            await bridge.receive(message)
"""

from __future__ import annotations

import base64
import itertools
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from ._face_speech import FaceSpeech, Interruption
from .connection import Connection
from .events import Event
from .formats import Pcm

__all__ = ["GeminiLiveBridge", "Interruption"]

_FORMATS = (Pcm(24_000),)
# Of all bridges of this program, so that turns have names of their own on each connection.
_turns = itertools.count(1)


class GeminiLiveBridge:
    """Says on a face what a model of the Live API says: each turn is an utterance.

    When the model is interrupted the face falls silent. The transcript, where it is asked for, becomes words, which are
    told as they are heard (`SpeechWord`). Tool calls stay yours.

    `on_interrupted`: a turn was interrupted, and so much of it was heard; the API has nothing to tell it to.
    `on_go_away`: the server is about to end the connection; open the next one, with a bridge of its own.
    Raises `VultusError` (`invalid_audio`) where the face was not connected with `audio=Pcm(24_000)`.
    """

    def __init__(
        self,
        face: Connection,
        *,
        on_interrupted: Callable[[Interruption], Awaitable[None]] | None = None,
        on_go_away: Callable[[str | None], Awaitable[None]] | None = None,
    ) -> None:
        self._speech = FaceSpeech(face, _FORMATS, self._interrupted)
        self._on_interrupted = on_interrupted
        self._on_go_away = on_go_away
        self._turn = f"turn-{next(_turns)}"
        self._said = False
        # What comes late of the transcript belongs to a turn that is over.
        self._late_transcript = False

    async def receive(self, message: object) -> None:
        """A message of the server: a `LiveServerMessage` of the package `google-genai`, or JSON."""
        go_away, content = _get(message, "goAway"), _get(message, "serverContent")
        if go_away and self._on_go_away:
            await self._on_go_away(_get(go_away, "timeLeft"))
        if not content:
            return
        for part in _get(_get(content, "modelTurn"), "parts") or []:
            await self._say(_get(part, "inlineData"))
        text = _get(_get(content, "outputTranscription"), "text")
        if text and not self._late_transcript:
            await self._speech.transcribe(self._turn, text)
        if _get(content, "interrupted"):
            await self._speech.interrupt()
            self._late_transcript = True
            self._next_turn()
        if _get(content, "generationComplete"):
            await self._speech.end(self._turn)
        if _get(content, "turnComplete"):
            await self._speech.end_transcript(self._turn)
            await self._speech.end(self._turn)
            self._late_transcript = False
            self._next_turn()

    async def hear(self, event: Event) -> None:
        """An event of the face: give all of them."""
        await self._speech.hear(event)

    async def interrupt(self) -> None:
        """The face falls silent; the model does not know of it."""
        await self._speech.interrupt()

    async def close(self) -> None:
        """What was given is said to its end.

        Returns when the face has all of it, which after a long answer takes minutes: go on to give its events to `hear`
        meanwhile, and close its connection no sooner.
        """
        await self._speech.close()

    async def _say(self, blob: object) -> None:
        data = _get(blob, "data")
        if not data or not re.match(r"audio/pcm\b", _get(blob, "mimeType") or "audio/pcm"):
            return
        self._said = True
        self._late_transcript = False
        await self._speech.say(self._turn, data if isinstance(data, bytes) else base64.b64decode(data))

    def _next_turn(self) -> None:
        if self._said:
            self._turn = f"turn-{next(_turns)}"
        self._said = False

    async def _interrupted(self, interruption: Interruption) -> None:
        if self._on_interrupted:
            await self._on_interrupted(interruption)


def _get(of: object, name: str) -> Any:
    """A field of JSON, or of an object of the package, which has Python's names."""
    if isinstance(of, Mapping):
        return of.get(name)
    return getattr(of, re.sub(r"[A-Z]", lambda capital: f"_{capital[0].lower()}", name), None)
