"""Models speak faster than is heard: what a face has no room for waits, and nothing of it is lost."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Iterator, Sequence
from typing import Any, cast

import pytest

from vultus import (
    Connection,
    Pcm,
    Problem,
    Reconnected,
    Reconnecting,
    SpeechEnded,
    SpeechStarted,
    VultusError,
    Word,
    _standing_clock,
    _voice_queue,
)
from vultus.openai_realtime import Interruption, OpenAiRealtimeBridge

_SECOND = 48_000
_MINUTE = 60 * _SECOND


class PacedFace:
    """Takes what it is given; the test tells what is heard of it, and when."""

    def __init__(self) -> None:
        self.audio = Pcm(24_000).to_wire()
        self.closed = False
        self.said: dict[str, bytes] = {}
        self.ends: list[str] = []
        self.words: list[str] = []
        self.interruptions = 0
        self.codes: list[str] = []
        self.sent: list[tuple[str, int]] = []
        self.interrupted: list[Interruption] = []
        self.bridge = OpenAiRealtimeBridge(cast(Connection, self), self._send, on_interrupted=self._on_interrupted)

    async def speak(self, voice: bytes, *, utterance: str) -> None:
        self.said[utterance] = self.said.get(utterance, b"") + voice

    async def give_words(self, words: Sequence[Word], *, utterance: str) -> None:
        self.words += [word.text for word in words]

    async def end_speech(self, *, utterance: str) -> None:
        self.ends.append(utterance)

    async def interrupt(self) -> None:
        self.interruptions += 1

    def report(self, error: VultusError) -> None:
        self.codes.append(error.code)

    async def say(self, item: str, voice: bytes) -> None:
        place = {"response_id": "r1", "item_id": item}
        data = base64.b64encode(voice).decode()
        await self.bridge.receive({"type": "response.output_audio.delta", **place, "delta": data})

    async def complete(self, item: str) -> None:
        await self.bridge.receive({"type": "response.output_audio.done", "response_id": "r1", "item_id": item})

    async def start(self, item: str) -> None:
        await self.bridge.hear(SpeechStarted(1, 0, item))

    async def end(self, item: str, played_ms: float, reason: str = "completed") -> None:
        await self.bridge.hear(SpeechEnded(1, played_ms, reason == "interrupted", reason, item, None))

    async def _send(self, event: dict[str, Any]) -> None:
        if "item_id" in event:
            self.sent.append((event["item_id"], event["audio_end_ms"]))

    async def _on_interrupted(self, interruption: Interruption) -> None:
        self.interrupted.append(interruption)


class Clock:
    now_ms = 0.0

    async def advance(self, seconds: float) -> None:
        self.now_ms += 1000 * seconds
        # Until the bridge has looked again.
        for _ in range(3):
            await asyncio.sleep(0.02)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    clock = Clock()
    monkeypatch.setattr(_standing_clock, "_now_ms", lambda: clock.now_ms)
    monkeypatch.setattr(_voice_queue, "_LOOK_AGAIN_S", 0.001)
    yield clock


def _story(minutes: int) -> bytes:
    return b"".join(bytes([second % 251]) * _SECOND for second in range(60 * minutes))


async def test_five_minutes_are_said_to_their_end(clock: Clock) -> None:
    face, story = PacedFace(), _story(5)
    transcript = {"type": "response.output_audio_transcript.delta", "response_id": "r1", "item_id": "a"}
    for at in range(0, len(story), 3 * _SECOND):
        await face.bridge.receive({**transcript, "delta": f"w{at // 3 // _SECOND} "})
        await face.say("a", story[at : at + 3 * _SECOND])
    await face.complete("a")
    assert len(face.said["a"]) == _MINUTE
    assert len(face.words) <= 21
    await face.start("a")
    for minute in range(2, 6):
        assert not face.ends
        await clock.advance(60)
        assert len(face.said["a"]) == minute * _MINUTE
    assert face.said["a"] == story
    assert face.words == [f"w{n}" for n in range(100)]
    assert face.ends == ["a"]


async def test_an_interruption_drops_what_waits(clock: Clock) -> None:
    face = PacedFace()
    await face.say("a", _story(5))
    await face.complete("a")
    await face.say("b", _story(1))
    await face.start("a")
    await clock.advance(30)
    await face.bridge.receive({"type": "input_audio_buffer.speech_started"})
    await face.end("a", 30_500.5, "interrupted")
    assert face.interruptions == 1
    assert face.sent == [("a", 30_500), ("b", 0)]
    assert face.interrupted[0] == Interruption("a", 30_500, 300_000)
    await face.say("c", _story(1))
    await clock.advance(600)
    assert len(face.said["a"]) == 90 * _SECOND
    assert list(face.said) == ["a", "c"]


async def test_the_next_item_waits_for_its_turn(clock: Clock) -> None:
    face = PacedFace()
    for item in ("a", "b"):
        await face.say(item, _story(1))
        await face.complete(item)
    assert list(face.said) == ["a"]
    await face.start("a")
    await face.end("a", 60_000)
    assert face.said["b"] == _story(1)
    assert face.ends == ["a", "b"]


async def test_close_returns_when_the_face_has_all_of_it(clock: Clock) -> None:
    face = PacedFace()
    await face.say("a", _story(3))
    await face.start("a")
    closing = asyncio.create_task(face.bridge.close())
    await clock.advance(60)
    assert not closing.done()
    await clock.advance(60)
    await closing
    assert face.said["a"] == _story(3)
    assert face.ends == ["a"]


async def test_close_returns_when_the_face_has_gone_away(clock: Clock) -> None:
    face = PacedFace()
    await face.say("a", _story(3))
    closing = asyncio.create_task(face.bridge.close())
    face.closed = True
    await closing


async def test_what_waits_outlives_the_connection(clock: Clock) -> None:
    face = PacedFace()
    await face.say("a", _story(2))
    await face.bridge.hear(Reconnecting(1, VultusError("connection_lost", "")))
    await clock.advance(60)
    assert len(face.said["a"]) == _MINUTE
    await face.bridge.hear(cast(Reconnected, Reconnected.__new__(Reconnected)))
    await face.complete("a")
    await clock.advance(60)
    assert face.said["a"] + face.said["a#2"] == _story(2)
    assert face.ends == ["a#2"]


async def test_an_endless_item_ends_after_a_quarter_of_an_hour(clock: Clock) -> None:
    face = PacedFace()
    for _ in range(20):
        await face.say("a", bytes(_MINUTE))
    await face.complete("a")
    assert face.codes == ["audio_buffer_full"]
    # What was refused is never told to have begun.
    await face.bridge.hear(Problem(VultusError("audio_buffer_full", "")))
    for _ in range(16):
        await clock.advance(60)
    assert len(face.said["a"]) == 16 * _MINUTE
    assert face.ends == ["a"]
