"""Events on their way to who reads them."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from .errors import VultusError
from .events import Event, Motion, Picture, Video, Voice

# Of each kind so many wait at most; then the oldest goes. Late pictures are worth nothing, and a slow reader must not
# fill the memory.
_MOST: dict[type, int] = {Picture: 3, Voice: 250, Video: 125, Motion: 125}
_MOST_OTHERS = 1000


class Inbox:
    """A queue for one reader that never grows without bound."""

    def __init__(self) -> None:
        self._waiting: deque[Event] = deque()
        self._counts: dict[type, int] = {}
        self._news = asyncio.Event()
        self._ended = False
        self._error: VultusError | None = None

    def put(self, event: Event) -> bool:
        """Returns whether there was room; otherwise the oldest of this kind is gone."""
        kind = type(event)
        fits = self._counts.get(kind, 0) < _MOST.get(kind, _MOST_OTHERS)
        if not fits:
            self._drop_oldest(kind)
        self._waiting.append(event)
        self._counts[kind] = self._counts.get(kind, 0) + 1
        self._news.set()
        return fits

    def drop(self, unwanted: Callable[[Event], bool]) -> None:
        """Forgets what waits of these."""
        self._waiting = deque(event for event in self._waiting if not unwanted(event))
        self._counts = {}
        for event in self._waiting:
            self._counts[type(event)] = self._counts.get(type(event), 0) + 1

    def end(self, error: VultusError | None) -> None:
        """Nothing more comes; what waits can still be read."""
        if not self._ended:
            self._ended = True
            self._error = error
        self._news.set()

    async def get(self) -> Event | None:
        """The next one; None at the end. Raises what the connection has ended with."""
        while not self._waiting:
            if self._ended:
                error, self._error = self._error, None
                if error:
                    raise error
                return None
            self._news.clear()
            await self._news.wait()
        event = self._waiting.popleft()
        self._counts[type(event)] -= 1
        return event

    def _drop_oldest(self, kind: type) -> None:
        for index, event in enumerate(self._waiting):
            if type(event) is kind:
                del self._waiting[index]
                self._counts[kind] -= 1
                return
