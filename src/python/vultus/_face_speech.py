"""What a model says, item by item, on the way to a face."""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass

from ._spoken_item import SpokenItem
from ._standing_clock import StandingClock
from ._voice_queue import VoiceQueue
from .connection import Connection
from .errors import VultusError
from .events import (
    Event,
    Problem,
    Reconnected,
    Reconnecting,
    SpeechEnded,
    SpeechPaused,
    SpeechResumed,
    SpeechStarted,
)
from .formats import G711, Pcm

# The face tells within milliseconds what was heard; where it does not, because it is away, this side's clock counts.
_PATIENCE_S = 1.5
# As many items are remembered, so that what comes late of them is known to be.
_MOST_ITEMS = 100
# The face is given no more before it was heard; the other half of its two minutes is for what this side does not know.
_MOST_AHEAD_MS = 60_000.0


@dataclass(frozen=True, slots=True)
class Interruption:
    """An item was interrupted: so much of it was heard, never beyond what has come of it."""

    item: str
    heard_ms: int
    length_ms: int
    last_word: str | None = None
    """The last word that was heard, where there is a transcript."""


class FaceSpeech:
    """Each item is one utterance, which has its name.

    Models speak faster than is heard: what the face has no room for waits, up to a quarter of an hour. Items are told
    apart when the face is interrupted, whoever does it, and when its connection is made again.
    `formats`: in which the model can speak; raises `VultusError` (`invalid_audio`) where the connection was made for
    none of them.
    """

    def __init__(
        self,
        connection: Connection,
        formats: Sequence[Pcm | G711],
        on_interrupted: Callable[[Interruption], Awaitable[None]],
    ) -> None:
        spoken = next((format for format in formats if format.to_wire() == connection.audio), None)
        if spoken is None:
            raise VultusError("invalid_audio", "Connect the face with audio=Pcm(24_000).")
        self._bytes_per_ms = 8 if isinstance(spoken, G711) else 2 * spoken.sample_rate_hz // 1000
        self._connection = connection
        self._on_interrupted = on_interrupted
        self._items: dict[str, SpokenItem] = {}
        self._queue = VoiceQueue(self._bytes_per_ms, self)
        self._clock = StandingClock()
        self._away = False
        self._closing = False
        self._patience: asyncio.Task[None] | None = None

    async def say(self, name: str, voice: bytes) -> None:
        """Voice of an item, in order. What was interrupted is not said."""
        item = self._item(name)
        if item.cut or self._connection.closed or not voice:
            return
        item.add(len(voice))
        if item.full or await self._queue.push(item, voice):
            return
        item.full = True
        message = f"A quarter of an hour of voice waits for the face; the rest of {name} is not said."
        self._connection.report(VultusError("audio_buffer_full", message))

    async def transcribe(self, name: str, text: str) -> None:
        """What is said in it."""
        item = self._item(name)
        if item.cut or item.full:
            return
        item.transcribe(text)
        await self._give_words(item)

    async def end_transcript(self, name: str) -> None:
        if item := self._items.get(name):
            item.end_transcript()
            await self._give_words(item)

    async def end(self, name: str) -> None:
        """No more voice comes of it. An item without voice says nothing."""
        item = self._items.get(name)
        if item is None or item.complete:
            return
        item.complete = True
        if item.length_ms > 0 and not (item.cut or self._connection.closed):
            await self._queue.end(item)

    async def end_all(self) -> None:
        for name in list(self._items):
            await self.end_transcript(name)
            await self.end(name)

    async def interrupt(self) -> None:
        """The face falls silent at once, and what waits or comes late of these items is dropped."""
        items = [
            item
            for item in self._items.values()
            if not item.cut and (item.waits or item.held or not item.complete)
        ]
        waits = any(item.waits for item in items)
        self._cut(items)
        if not waits:
            await self._settle_unsaid()
            return
        self._wait_for_ends()
        if not self._connection.closed:
            await self._connection.interrupt()

    async def hear(self, event: Event) -> None:
        """What the face tells."""
        match event:
            case SpeechStarted(id=str(id)):
                self._clock.go()
                if item := self._item_of(id):
                    item.started(id, self._clock.now_ms)
            case SpeechEnded(id=str(id)):
                await self._ended(id, event)
                await self._queue.flow()
            case SpeechPaused():
                self._clock.stand()
            case SpeechResumed():
                self._clock.go()
            case Problem():
                # What was refused is not told to have begun, nor to have ended.
                self._assume_started()
            case Reconnecting():
                self._away = True
            case Reconnected():
                self._away = False
                # Whether it is still paused is not told, nor what began meanwhile.
                self._clock.go()
                for item in self._items.values():
                    item.break_off()
                self._assume_started()
                # The interruption may have been lost on the way.
                if any(item.cut and not item.settled for item in self._items.values()):
                    await self._connection.interrupt()
                await self._queue.flow()

    async def close(self) -> None:
        """Completes what is being said, and tells nothing more of it. Returns when the face has been given all."""
        self._closing = True
        await self.end_all()
        await self._queue.emptied()
        if self._patience:
            self._patience.cancel()

    def _item(self, name: str) -> SpokenItem:
        if name not in self._items:
            over = [item.name for item in self._items.values() if not item.waits and (item.cut or not item.held)]
            if len(self._items) >= _MOST_ITEMS and over:
                del self._items[over[0]]
            self._items[name] = SpokenItem(name, self._bytes_per_ms)
        return self._items[name]

    def _item_of(self, utterance: str) -> SpokenItem | None:
        return self._items.get(re.sub(r"#\d+$", "", utterance))

    def room_ms(self) -> float:
        if self._connection.closed:
            self._queue.drop(lambda _: True)
        if self._connection.closed or self._away:
            return -1.0
        now_ms = self._clock.now_ms
        return _MOST_AHEAD_MS - sum(item.ahead_ms(now_ms) for item in self._items.values())

    async def give(self, item: SpokenItem, voice: bytes) -> None:
        await self._connection.speak(voice, utterance=item.give(len(voice), self._clock.now_ms))
        await self._give_words(item)

    async def give_end(self, item: SpokenItem) -> None:
        item.given = True
        await self._give_words(item)
        if item.utterance is not None:
            await self._connection.end_speech(utterance=item.utterance)

    def _assume_started(self) -> None:
        for item in self._items.values():
            item.assume_started(self._clock.now_ms)

    async def _give_words(self, item: SpokenItem) -> None:
        if item.cut or self._away or self._connection.closed:
            return
        if given := item.take_words():
            utterance, words = given
            await self._connection.give_words(words, utterance=utterance)

    async def _ended(self, id: str, event: SpeechEnded) -> None:
        item = self._item_of(id)
        if item is None or not item.ended(id, event.played_ms):
            return
        if event.reason == "interrupted" and not item.cut:
            # What the face does not know of yet is over with it.
            others = [other for other in self._items.values() if other.held and other.utterance is None]
            self._cut([item, *others])
        if not item.cut:
            return
        if item.waits:
            self._wait_for_ends()
        else:
            await self._settle(item, last_word=event.last_word)
        await self._settle_unsaid()

    def _cut(self, items: Iterable[SpokenItem]) -> None:
        for item in items:
            item.cut = True
        self._queue.drop(lambda item: item.cut)

    async def _settle_unsaid(self) -> None:
        """Of those that were cut before the face had all of them, or any, no end is told, where none is waited for."""
        cut = [item for item in self._items.values() if item.cut and not item.settled]
        if not any(item.waits for item in cut):
            for item in cut:
                if item.held:
                    await self._settle(item)

    def _wait_for_ends(self) -> None:
        """Where they are not told, it is gone by how far it should have come by now."""
        if self._patience:
            self._patience.cancel()
        self._patience = asyncio.create_task(self._lose_patience(self._clock.now_ms))

    async def _lose_patience(self, now_ms: float) -> None:
        await asyncio.sleep(_PATIENCE_S)
        for item in list(self._items.values()):
            if item.cut:
                await self._settle(item, now_ms=now_ms)

    async def _settle(self, item: SpokenItem, *, now_ms: float | None = None, last_word: str | None = None) -> None:
        if item.settled or item.length_ms == 0:
            return
        item.settled = True
        if not (item.heard_whole or self._closing):
            interruption = Interruption(item.name, item.heard_ms(now_ms), math.floor(item.length_ms), last_word)
            await self._on_interrupted(interruption)
