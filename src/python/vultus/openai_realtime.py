"""What a model of OpenAI's Realtime API says, by WebSocket, is said by a face.

async with session.connect(audio=Pcm(24_000)) as face:
    bridge = OpenAiRealtimeBridge(face, lambda event: model.send(json.dumps(event)))

    async def ears():
        async for event in face:
            await bridge.hear(event)

    listening = asyncio.create_task(ears())
    async for message in model:  # websockets.connect("wss://api.openai.com/v1/realtime?model=…")
        await bridge.receive(json.loads(message))
"""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from ._face_speech import FaceSpeech, Interruption
from .connection import Connection
from .errors import VultusError
from .events import Event
from .formats import G711, Pcm

__all__ = ["Interruption", "OpenAiRealtimeBridge"]

# By what the model calls them: its `audio.output.format`.
_FORMATS: dict[str, Pcm | G711] = {
    "audio/pcm": Pcm(24_000),
    "audio/pcmu": G711("pcmu"),
    "audio/pcma": G711("pcma"),
}


class OpenAiRealtimeBridge:
    """Says on a face what a Realtime model says: each item is an utterance that bears its id.

    Where the face is interrupted, by the user's talking or by anybody else, the item is truncated to what was really
    heard of it. The transcript becomes words, which are told as they are heard (`SpeechWord`). Everything else,
    function calls too, stays yours: the bridge sends nothing but `conversation.item.truncate` and `response.cancel`.

    `send`: gives an event to the model; with the package `openai`, `lambda event: connection.send(event)`.
    `barge_in`: whether the face falls silent when the model hears the user begin to talk.
    The face has to be connected for the model's output format: `audio=Pcm(24_000)` for `audio/pcm`, the default of
    both, or `G711("pcmu")`, `G711("pcma")` for those of telephones. Raises `VultusError` (`invalid_audio`) where it
    takes voice of another format; where the model speaks another one of these, that comes as a `Problem`.
    """

    def __init__(
        self,
        face: Connection,
        send: Callable[[dict[str, Any]], Awaitable[None]],
        *,
        barge_in: bool = True,
        on_interrupted: Callable[[Interruption], Awaitable[None]] | None = None,
    ) -> None:
        self._speech = FaceSpeech(face, tuple(_FORMATS.values()), self._interrupted)
        self._face = face
        self._send = send
        self._barge_in = barge_in
        self._on_interrupted = on_interrupted
        # The response that is being made, and the last of which nothing more is said; whose each item is.
        self._active: str | None = None
        self._cancelled: str | None = None
        self._responses: dict[str, str | None] = {}

    async def receive(self, event: Mapping[str, Any]) -> None:
        """An event of the model, as JSON says it (of the package `openai`: `event.model_dump()`)."""
        item, response = event.get("item_id", ""), event.get("response_id")
        dropped = response is not None and response == self._cancelled
        match event["type"]:
            case "session.created" | "session.updated":
                self._check_format(event.get("session"))
            case "response.created":
                self._active = event["response"].get("id")
            case "response.output_audio.delta" if not dropped:
                self._responses[item] = response
                await self._speech.say(item, base64.b64decode(event["delta"]))
            case "response.output_audio_transcript.delta" if not dropped:
                await self._speech.transcribe(item, event["delta"])
            case "response.output_audio_transcript.done":
                await self._speech.end_transcript(item)
            case "response.output_audio.done":
                await self._speech.end(item)
            case "response.done":
                await self._done(event["response"].get("id"))
            case "input_audio_buffer.speech_started" if self._barge_in:
                # The model cancels its response by itself.
                self._cancelled = self._active
                await self._speech.interrupt()

    async def hear(self, event: Event) -> None:
        """An event of the face: give all of them."""
        await self._speech.hear(event)

    async def interrupt(self) -> None:
        """The face falls silent, and the model is told what was heard."""
        await self._cancel()
        await self._speech.interrupt()

    async def close(self) -> None:
        """What was given is said to its end.

        Returns when the face has all of it, which after a long answer takes minutes: go on to give its events to `hear`
        meanwhile, and close its connection no sooner.
        """
        await self._speech.close()

    def _check_format(self, session: Any) -> None:
        """Says so where the model speaks in a format that the face would take for noise."""
        spoken = session
        for name in ("audio", "output", "format", "type"):
            spoken = spoken.get(name) if isinstance(spoken, Mapping) else None
        expected = next(name for name, format in _FORMATS.items() if format.to_wire() == self._face.audio)
        if spoken is not None and spoken != expected:
            message = f"The model speaks {spoken}; the face was connected for {expected}."
            self._face.report(VultusError("invalid_audio", message))

    async def _done(self, response: str | None) -> None:
        if response == self._active:
            self._active = None
        for item in [item for item, of in self._responses.items() if of == response]:
            del self._responses[item]
            await self._speech.end_transcript(item)
            await self._speech.end(item)

    async def _cancel(self) -> None:
        if self._active is not None and self._active != self._cancelled:
            self._cancelled = self._active
            await self._send({"type": "response.cancel", "response_id": self._active})

    async def _interrupted(self, interruption: Interruption) -> None:
        truncation = {"item_id": interruption.item, "content_index": 0, "audio_end_ms": interruption.heard_ms}
        await self._send({"type": "conversation.item.truncate", **truncation})
        await self._cancel()
        if self._on_interrupted:
            await self._on_interrupted(interruption)
