"""The one exception of this package."""

from __future__ import annotations

import re

_PASSING = frozenset(
    {
        "server_unreachable",
        "unexpected_response",
        "connection_lost",
        "connect_timeout",
        "connection_too_slow",
        "too_many_requests",
        "server_busy",
        "at_capacity",
        "shutting_down",
        "starting",
    }
)

# What a close code (RFC 6455 section 7.4; 4000-4999 are the server's own) means where the server says nothing more.
_CLOSE_CODES = {
    1001: ("session_closed", "The server is shutting down."),
    1008: ("too_many_requests", "More was sent than one connection may send."),
    1009: ("invalid_message", "A message was larger than the server accepts."),
    1011: ("internal", "Something went wrong inside the server."),
    1013: ("at_capacity", "The server runs as many sessions as it can keep in time."),
    4004: ("session_not_found", "There is no session with this id, or it has ended."),
    4009: ("session_taken_over", "A newer connection of the same kind controls the session."),
    4010: ("session_closed", "The session has ended."),
    4029: ("at_capacity", "The server cannot keep up with what was sent or asked."),
}
_REASON = re.compile(r"^([a-z]+(?:_[a-z]+)*)(?::\s*(.+))?$", re.DOTALL)


class VultusError(Exception):
    """Whatever goes wrong, with a code to act on.

    `code` is one of the server's catalogue (`at_capacity`, `avatar_not_found`, ...) or of this side:
    `server_unreachable`, `unexpected_response`, `invalid_server_message`, `connection_lost`, `connect_timeout`,
    `connection_closed`, `invalid_audio`. `retry_after_s`: seconds after which the server expects that trying again is
    worth it.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        status: int | None = None,
        close_code: int | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        again = "" if retry_after_s is None else f" (again in {retry_after_s:g} s)"
        super().__init__(f"{code}: {message}{again}")
        self.code = code
        self.message = message
        self.status = status
        self.close_code = close_code
        self.retry_after_s = retry_after_s

    @property
    def passing(self) -> bool:
        """Whether the same may succeed later."""
        return self.code in _PASSING


def error_from_close(close_code: int | None, reason: str) -> VultusError:
    """The error behind a WebSocket that the other side has closed (RFC 6455 section 7.1.5)."""
    code, message = _CLOSE_CODES.get(close_code or 1006, ("connection_lost", "The connection was lost."))
    named = _REASON.match(reason)
    if named:
        code, message = named[1], named[2] or message
    return VultusError(code, message, close_code=close_code)
