"""A session that is published to a WHIP endpoint."""

from __future__ import annotations

from typing import Any, Literal, cast

from .errors import VultusError
from .http import Http


class Push:
    """As the server told it last: `refresh` asks again."""

    def __init__(self, http: Http, session_id: str, answer: dict[str, Any]) -> None:
        self._http = http
        self._path = f"/v1/sessions/{session_id}/pushes/{answer['id']}"
        self.id: str = answer["id"]
        self.url: str = answer["url"]
        self.started_at: str = answer["startedAt"]
        """ISO 8601."""
        self._answer = answer

    @property
    def state(self) -> Literal["live", "lost"]:
        """`lost`: the endpoint is gone, and is tried again."""
        return cast('Literal["live", "lost"]', self._answer["state"])

    @property
    def codec(self) -> str | None:
        """Of the pictures, where they go out."""
        return self._answer.get("codec")

    @property
    def bitrate_kbps(self) -> float | None:
        """Of the pictures, as the network carries them now."""
        return self._answer.get("bitrateKbps")

    async def refresh(self) -> None:
        """Raises `VultusError` (`push_not_found`) where it has ended."""
        self._answer = await self._http.json("GET", self._path)

    async def stop(self) -> None:
        """Ends it; the endpoint is told. Nothing happens where it has ended."""
        try:
            await self._http.read("DELETE", self._path)
        except VultusError as error:
            if error.code not in ("push_not_found", "session_not_found", "session_closed"):
                raise
