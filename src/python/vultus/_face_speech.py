"""What a model says, item by item, on the way to a face."""

from __future__ import annotations

import asyncio
import math
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from ._spoken_item import SpokenItem
from .connection import Connection
from .errors import VultusError
from .events import Event, Reconnected, Reconnecting, SpeechEnded, SpeechStarted
from .formats import Pcm

# The face tells within milliseconds what was heard; where it does not, because it is away, this side's clock counts.
_PATIENCE_S = 1.5
# As many items are remembered, so that what comes late of them is known to be.
_MOST_ITEMS = 100

FORMAT = Pcm(24_000)
"""Of what models say."""
_BYTES_PER_MS = 48


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

    Items are told apart when the face is interrupted, whoever does it, and when its connection is made again.
    Raises `VultusError` (`invalid_audio`) where the connection was made for voice of another format.
    """

    def __init__(self, connection: Connection, on_interrupted: Callable[[Interruption], Awaitable[None]]) -> None:
        if connection.audio != FORMAT.to_wire():
            raise VultusError("invalid_audio", "Connect the face with audio=Pcm(24_000).")
        self._connection = connection
        self._on_interrupted = on_interrupted
        self._items: dict[str, SpokenItem] = {}
        self._away = False
        self._patience: asyncio.Task[None] | None = None

    async def say(self, name: str, voice: bytes) -> None:
        """Voice of an item, in order. What was interrupted is not said."""
        item = self._item(name)
        if item.cut or self._connection.closed or not voice:
            return
        duration_ms = len(voice) / _BYTES_PER_MS
        if self._away:
            item.skip(duration_ms)
            return
        await self._connection.speak(voice, utterance=item.add(duration_ms))
        await self._give_words(item)

    async def transcribe(self, name: str, text: str) -> None:
        """What is said in it."""
        item = self._item(name)
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
        await self._give_words(item)
        if item.utterance is not None and not (item.cut or self._away or self._connection.closed):
            await self._connection.end_speech(utterance=item.utterance)

    async def end_all(self) -> None:
        for name in list(self._items):
            await self.end_transcript(name)
            await self.end(name)

    async def interrupt(self) -> None:
        """The face falls silent at once, and what comes late of these items is dropped."""
        items = [item for item in self._items.values() if not item.cut and (item.waits or not item.complete)]
        for item in items:
            item.cut = True
        if not any(item.waits for item in items):
            return
        self._wait_for_ends()
        if not self._connection.closed:
            await self._connection.interrupt()

    async def hear(self, event: Event) -> None:
        """What the face tells."""
        match event:
            case SpeechStarted(id=str(id)):
                if item := self._item_of(id):
                    item.started(id, _now_ms())
            case SpeechEnded(id=str(id)):
                await self._ended(id, event)
            case Reconnecting():
                self._away = True
            case Reconnected():
                self._away = False
                for item in self._items.values():
                    item.break_off()
                # The interruption may have been lost on the way.
                if any(item.cut and not item.settled for item in self._items.values()):
                    await self._connection.interrupt()

    async def close(self) -> None:
        """Completes what is being said."""
        await self.end_all()
        if self._patience:
            self._patience.cancel()

    def _item(self, name: str) -> SpokenItem:
        if name not in self._items:
            self._items[name] = SpokenItem(name)
            if len(self._items) > _MOST_ITEMS:
                del self._items[next(iter(self._items))]
        return self._items[name]

    def _item_of(self, utterance: str) -> SpokenItem | None:
        return self._items.get(re.sub(r"#\d+$", "", utterance))

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
        item.cut = item.cut or event.reason == "interrupted"
        if not item.cut:
            return
        if item.waits:
            self._wait_for_ends()
        else:
            await self._settle(item, last_word=event.last_word)

    def _wait_for_ends(self) -> None:
        """Where they are not told, it is gone by how far it should have come by now."""
        if self._patience:
            self._patience.cancel()
        self._patience = asyncio.create_task(self._lose_patience(_now_ms()))

    async def _lose_patience(self, now_ms: float) -> None:
        await asyncio.sleep(_PATIENCE_S)
        for item in self._items.values():
            if item.cut:
                await self._settle(item, now_ms=now_ms)

    async def _settle(self, item: SpokenItem, *, now_ms: float | None = None, last_word: str | None = None) -> None:
        if item.settled or item.length_ms == 0:
            return
        item.settled = True
        if not item.heard_whole:
            interruption = Interruption(item.name, item.heard_ms(now_ms), math.floor(item.length_ms), last_word)
            await self._on_interrupted(interruption)


def _now_ms() -> float:
    return time.monotonic() * 1000
