"""Event streams after the types of the packages `openai` and `google-genai`, and a real server."""

from __future__ import annotations

import asyncio
import base64
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from vultus import (
    G711,
    Connection,
    Event,
    Pcm,
    Problem,
    SpeechEnded,
    SpeechStarted,
    SpeechWord,
    Vultus,
    VultusError,
)
from vultus._spoken_item import SpokenItem, Transcript
from vultus.gemini_live import GeminiLiveBridge
from vultus.openai_realtime import Interruption, OpenAiRealtimeBridge

from .server import Server
from .voice import telephone_tone, tone


class Face:
    """A connection whose events go to a bridge, and are kept."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.events: list[Event] = []
        self._changed = asyncio.Condition()

    async def follow(self, bridge: OpenAiRealtimeBridge | GeminiLiveBridge) -> None:
        async for event in self.connection:
            await bridge.hear(event)
            async with self._changed:
                self.events.append(event)
                self._changed.notify_all()

    async def until(self, holds: Callable[[], bool]) -> None:
        async with self._changed:
            await self._changed.wait_for(holds)

    def ended(self, id: str) -> list[SpeechEnded]:
        return [event for event in self.events if isinstance(event, SpeechEnded) and event.id == id]


@asynccontextmanager
async def face_of(server: Server, audio: Pcm | G711 | None = None) -> AsyncIterator[Face]:
    async with Vultus(server.url) as vultus:
        session = await vultus.create_session((await vultus.avatars())[0].id, size=256)
        async with session.connect(audio=audio or Pcm(24_000)) as connection:
            yield Face(connection)
        await session.close()


@asynccontextmanager
async def following(face: Face, bridge: OpenAiRealtimeBridge | GeminiLiveBridge) -> AsyncIterator[None]:
    task = asyncio.create_task(face.follow(bridge))
    try:
        yield
    finally:
        await bridge.close()
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def delta(item: str, seconds: float, voice: Callable[[float], bytes] = tone) -> dict[str, Any]:
    place = {"response_id": "r1", "item_id": item, "output_index": 0, "content_index": 0}
    return {"type": "response.output_audio.delta", **place, "delta": base64.b64encode(voice(seconds)).decode()}


def transcript(item: str, text: str) -> dict[str, Any]:
    return {"type": "response.output_audio_transcript.delta", "response_id": "r1", "item_id": item, "delta": text}


CREATED = {"type": "response.created", "response": {"id": "r1"}}
TALKS = {"type": "input_audio_buffer.speech_started", "audio_start_ms": 0, "item_id": "user"}


async def test_realtime_is_told_what_was_heard(server: Server) -> None:
    sent: list[dict[str, Any]] = []
    interruptions: list[Interruption] = []

    async def send(event: dict[str, Any]) -> None:
        sent.append(event)

    async def interrupted(interruption: Interruption) -> None:
        interruptions.append(interruption)

    async with face_of(server) as face:
        bridge = OpenAiRealtimeBridge(face.connection, send, on_interrupted=interrupted)
        async with following(face, bridge):
            await bridge.receive(CREATED)
            for n in range(15):
                await bridge.receive(transcript("a", f"w{n} "))
                await bridge.receive(delta("a", 0.2))
            await bridge.receive({"type": "response.output_audio.done", "item_id": "a", "response_id": "r1"})
            await bridge.receive(delta("b", 0.5))
            await face.until(lambda: any(isinstance(event, SpeechStarted) for event in face.events))
            await asyncio.sleep(0.7)
            await bridge.receive(TALKS)
            # What comes late is not said.
            await bridge.receive(delta("b", 0.5))
            await bridge.receive({"type": "response.done", "response": {"id": "r1"}})
            await face.until(lambda: bool(face.ended("b")))
    [end] = face.ended("a")
    words = [event.word.text for event in face.events if isinstance(event, SpeechWord)]
    assert [(event["item_id"], event["audio_end_ms"]) for event in sent] == [("a", int(end.played_ms)), ("b", 0)]
    assert all(event["type"] == "conversation.item.truncate" for event in sent)
    assert 0 < end.played_ms < 3000
    assert words == [f"w{n}" for n in range(len(words))]
    assert abs(len(words) - end.played_ms / 200) < 2
    assert interruptions[0] == Interruption("a", int(end.played_ms), 3000, words[-1])


async def test_realtime_is_stopped_by_the_face_too(server: Server) -> None:
    sent: list[dict[str, Any]] = []

    async def send(event: dict[str, Any]) -> None:
        sent.append(event)

    async with face_of(server) as face:
        bridge = OpenAiRealtimeBridge(face.connection, send)
        async with following(face, bridge):
            await bridge.receive(CREATED)
            await bridge.receive(transcript("nothing", "Hm."))
            await bridge.receive({"type": "response.output_audio.done", "item_id": "nothing", "response_id": "r1"})
            await bridge.receive(delta("a", 2))
            await face.connection.interrupt()
            await face.until(lambda: bool(face.ended("a")))
            await bridge.receive(delta("c", 1))
    assert [event["type"] for event in sent] == ["conversation.item.truncate", "response.cancel"]
    assert sent[1]["response_id"] == "r1"
    assert not face.ended("c")


async def test_a_face_for_another_format_is_refused(server: Server) -> None:
    async with face_of(server, Pcm(16_000)) as face:
        with pytest.raises(VultusError, match="invalid_audio"):
            GeminiLiveBridge(face.connection)


async def test_a_telephone_s_voice_is_said_as_long_as_it_is(server: Server) -> None:
    """One that was taken for 24 kHz would be over six times sooner, and truncated there."""
    sent: list[dict[str, Any]] = []
    interruptions: list[Interruption] = []

    async def send(event: dict[str, Any]) -> None:
        sent.append(event)

    async def interrupted(interruption: Interruption) -> None:
        interruptions.append(interruption)

    async with face_of(server, G711("pcmu")) as face:
        bridge = OpenAiRealtimeBridge(face.connection, send, on_interrupted=interrupted)
        async with following(face, bridge):
            for format in ("audio/pcmu", "audio/pcma"):
                session = {"type": "realtime", "audio": {"output": {"format": {"type": format}}}}
                await bridge.receive({"type": "session.updated", "session": session})
            await bridge.receive(CREATED)
            await bridge.receive(delta("whole", 0.6, telephone_tone))
            await bridge.receive({"type": "response.output_audio.done", "item_id": "whole", "response_id": "r1"})
            await face.until(lambda: bool(face.ended("whole")))
            await bridge.receive(delta("cut", 30, telephone_tone))
            await face.until(lambda: any(e.id == "cut" for e in face.events if isinstance(e, SpeechStarted)))
            await asyncio.sleep(0.7)
            await bridge.receive(TALKS)
            await face.until(lambda: bool(face.ended("cut")))
    [whole], [cut] = face.ended("whole"), face.ended("cut")
    problems = [str(event.error) for event in face.events if isinstance(event, Problem)]
    assert (whole.reason, whole.played_ms) == ("completed", pytest.approx(600))
    assert [(event["item_id"], event["audio_end_ms"]) for event in sent] == [("cut", int(cut.played_ms))]
    assert cut.played_ms > 500
    # By its bytes, 8 in a millisecond.
    assert [(one.item, one.length_ms) for one in interruptions] == [("cut", 30_000)]
    assert len(problems) == 1
    assert "audio/pcma" in problems[0]


def _json(content: dict[str, Any]) -> object:
    return {"serverContent": content}


def _package(content: dict[str, Any]) -> object:
    types = pytest.importorskip("google.genai.types")
    return types.LiveServerMessage.model_validate({"server_content": content})


@pytest.mark.parametrize("message", [_json, _package])
async def test_gemini(server: Server, message: Callable[[dict[str, Any]], object]) -> None:
    interruptions: list[Interruption] = []
    notices: list[str | None] = []

    async def interrupted(interruption: Interruption) -> None:
        interruptions.append(interruption)

    async def go_away(time_left: str | None) -> None:
        notices.append(time_left)

    def turn(seconds: float) -> dict[str, Any]:
        data = base64.b64encode(tone(seconds)).decode()
        return {"modelTurn": {"parts": [{"inlineData": {"mimeType": "audio/pcm;rate=24000", "data": data}}]}}

    async with face_of(server) as face:
        bridge = GeminiLiveBridge(face.connection, on_interrupted=interrupted, on_go_away=go_away)
        async with following(face, bridge):
            await bridge.receive(message({**turn(0.3), "outputTranscription": {"text": "Good day "}}))
            await bridge.receive(message({"generationComplete": True}))
            await bridge.receive(message({"turnComplete": True}))
            await face.until(lambda: any(isinstance(event, SpeechEnded) for event in face.events))
            await bridge.receive(message(turn(3)))
            await face.until(lambda: len([event for event in face.events if isinstance(event, SpeechStarted)]) == 2)
            await bridge.receive(message({"interrupted": True}))
            await face.until(lambda: len([event for event in face.events if isinstance(event, SpeechEnded)]) == 2)
            await bridge.receive({"goAway": {"timeLeft": "9.5s"}})
    first, second = (event for event in face.events if isinstance(event, SpeechEnded))
    assert (first.reason, first.last_word, second.reason) == ("completed", "day", "interrupted")
    assert first.played_ms == pytest.approx(300)
    assert second.id is not None
    assert interruptions == [Interruption(second.id, int(second.played_ms), 3000)]
    assert notices == ["9.5s"]


def test_places_words_where_the_voice_stood() -> None:
    transcript = Transcript()
    assert transcript.push("Hel", 0) == []
    assert [(word.text, word.start_ms) for word in transcript.push("lo, how ", 200)] == [("Hello,", 0), ("how", 455)]
    assert transcript.push("are", 4000) == []
    assert [(word.text, word.start_ms) for word in transcript.flush(4000)] == [("are", 3740)]
    assert transcript.flush(4000) == []


def test_counts_on_over_parts() -> None:
    item = SpokenItem("a", bytes_per_ms=48)
    item.add(48 * 800)
    assert item.give(48 * 400, 0) == "a"
    item.break_off()
    assert item.give(48 * 300, 0) == "a#2"
    item.ended("a", 400)
    assert item.heard_ms() == 400
    assert item.ahead_ms(0) == 300
    item.ended("a#2", 120.7)
    assert item.heard_ms() == 520
    assert item.heard_ms(1e9) == 520
    assert item.held
    assert not item.ended("b", 1)
