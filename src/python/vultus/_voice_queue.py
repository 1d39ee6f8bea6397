"""Voice on the way to somebody who takes it about as fast as it is heard."""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from ._spoken_item import SpokenItem
from .errors import VultusError

# Of all that waits: 43 MB of s16le at 24 kHz.
_MOST_WAITING_MS = 15 * 60_000.0
# A piece counts as no less, so that there are never too many of them.
_LEAST_MS = 10.0
# No smaller pieces are cut off.
_LEAST_CUT_MS = 1000.0
_LOOK_AGAIN_S = 1.0


class VoiceQueueWork(Protocol):
    """What has to be done for it."""

    def room_ms(self) -> float:
        """So much more is taken now; negative: nothing at all, ends neither."""

    async def give(self, item: SpokenItem, voice: bytes) -> None: ...

    async def give_end(self, item: SpokenItem) -> None:
        """All of its voice was given."""


@dataclass(slots=True)
class _Waiting:
    item: SpokenItem
    # Empty: the end of the item.
    voice: bytes


class VoiceQueue:
    """What there is room for goes on at once, the rest waits here, in its order."""

    def __init__(self, bytes_per_ms: int, work: VoiceQueueWork) -> None:
        self._bytes_per_ms = bytes_per_ms
        self._work = work
        self._waiting: deque[_Waiting] = deque()
        self._waiting_ms = 0.0
        self._flowing = asyncio.Lock()
        self._again: asyncio.Task[None] | None = None

    async def push(self, item: SpokenItem, voice: bytes) -> bool:
        """Returns False where too much waits: it is not taken."""
        cost_ms = self._cost_ms(voice)
        # One that is longer by itself still goes where nothing waits: it is there already.
        if self._waiting_ms > 0 and self._waiting_ms + cost_ms > _MOST_WAITING_MS:
            return False
        self._waiting.append(_Waiting(item, voice))
        self._waiting_ms += cost_ms
        await self.flow()
        return True

    async def end(self, item: SpokenItem) -> None:
        """No more voice comes of it."""
        self._waiting.append(_Waiting(item, b""))
        await self.flow()

    def drop(self, unwanted: Callable[[SpokenItem], bool]) -> None:
        """Forgets what waits of these."""
        self._waiting = deque(one for one in self._waiting if not unwanted(one.item))
        self._waiting_ms = sum(self._cost_ms(one.voice) for one in self._waiting)

    async def flow(self) -> None:
        """There may be room."""
        # Several tasks come here: of the model, of the face, of the time.
        async with self._flowing:
            while self._waiting and await self._flow_one():
                pass
        if self._waiting and (self._again is None or self._again.done()):
            self._again = asyncio.create_task(self._look_again())

    async def emptied(self) -> None:
        """Returns when nothing waits."""
        if self._again:
            await self._again

    async def _flow_one(self) -> bool:
        first = self._waiting[0]
        voice = first.voice
        duration_ms = len(voice) / self._bytes_per_ms
        room_ms = self._work.room_ms()
        if room_ms < min(duration_ms, _LEAST_CUT_MS):
            return False
        size = math.floor(room_ms) * self._bytes_per_ms if room_ms < duration_ms else len(voice)
        first.voice = voice[size:]
        if not first.voice:
            self._waiting.popleft()
        self._waiting_ms += self._cost_ms(first.voice) - self._cost_ms(voice)
        if voice:
            await self._work.give(first.item, voice[:size])
        else:
            await self._work.give_end(first.item)
        return True

    async def _look_again(self) -> None:
        # The connection may be closed meanwhile: then nothing waits any more.
        with contextlib.suppress(VultusError):
            while self._waiting:
                await asyncio.sleep(_LOOK_AGAIN_S)
                await self.flow()

    def _cost_ms(self, voice: bytes) -> float:
        return max(_LEAST_MS, len(voice) / self._bytes_per_ms) if voice else 0.0
