"""A clock that may stand."""

from __future__ import annotations

import time


class StandingClock:
    """Milliseconds that have passed, but for those in which it stood."""

    def __init__(self) -> None:
        self._stood_ms = 0.0
        self._stands_since_ms: float | None = None

    @property
    def now_ms(self) -> float:
        now_ms = _now_ms() if self._stands_since_ms is None else self._stands_since_ms
        return now_ms - self._stood_ms

    def stand(self) -> None:
        if self._stands_since_ms is None:
            self._stands_since_ms = _now_ms()

    def go(self) -> None:
        if self._stands_since_ms is not None:
            self._stood_ms += _now_ms() - self._stands_since_ms
        self._stands_since_ms = None


def _now_ms() -> float:
    return time.monotonic() * 1000
