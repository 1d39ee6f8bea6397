"""The server: avatars and sessions."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from types import TracebackType
from typing import Any, Self, Unpack

import aiohttp

from .face_points import FacePoints
from .http import Http
from .session import Session
from .settings import SessionSettings, settings_to_wire


@dataclass(frozen=True, slots=True)
class Avatar:
    """A portrait that can be brought to life."""

    id: str
    name: str
    gallery: bool
    """Whether it ships with the server."""
    width: int
    height: int
    warnings: tuple[str, ...] = ()
    """What could make it look less good than it might, in sentences."""


class Vultus:
    """A Vultus server. All methods raise `VultusError`.

    `url`: its address; `api_key`: where it wants one; `http`: an aiohttp session to use, which stays yours.
    """

    def __init__(
        self,
        url: str = "http://localhost:8080",
        *,
        api_key: str | None = None,
        http: aiohttp.ClientSession | None = None,
    ) -> None:
        self._http = Http(url, api_key, http)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Lets go of its sockets; sessions live on. May be called again."""
        await self._http.close()

    async def avatars(self) -> list[Avatar]:
        """All avatars, those of the gallery first."""
        answer = await self._http.json("GET", "/v1/avatars")
        return [_avatar(one) for one in answer["avatars"]]

    async def avatar(self, avatar_id: str) -> Avatar:
        return _avatar(await self._http.json("GET", f"/v1/avatars/{avatar_id}"))

    async def create_avatar(
        self,
        portrait: bytes | Path,
        *,
        name: str | None = None,
        face: int | None = None,
        points: FacePoints | None = None,
    ) -> Avatar:
        """Makes an avatar of a picture file (PNG, JPEG, WebP, AVIF).

        `face`: which one, where there are several; `points`: where it is, where none is found (`portrait_no_face`).
        """
        data = portrait.read_bytes() if isinstance(portrait, Path) else portrait
        params = {
            "name": name,
            "face": None if face is None else str(face),
            "points": points.to_wire() if points else None,
        }
        given = {key: value for key, value in params.items() if value is not None}
        return _avatar(await self._http.upload("/v1/avatars", data, given))

    async def delete_avatar(self, avatar_id: str) -> None:
        await self._http.read("DELETE", f"/v1/avatars/{avatar_id}")

    async def preview(self, avatar_id: str) -> bytes:
        """The face as the avatar shows it: a JPEG file."""
        return await self._http.read("GET", f"/v1/avatars/{avatar_id}/preview")

    async def create_session(self, avatar_id: str, **settings: Unpack[SessionSettings]) -> Session:
        """Opens a session. It ends by itself when nobody connects to it, or is connected any more."""
        body = {"avatarId": avatar_id, **settings_to_wire(settings)}
        return Session(self._http, await self._http.json("POST", "/v1/sessions", body))

    async def create_livekit_session(
        self,
        avatar_id: str,
        *,
        url: str,
        token: str,
        agent_identity: str | None = None,
        **settings: Unpack[SessionSettings],
    ) -> Session:
        """Opens a session that joins a LiveKit room, and ends with it. Returns when its tracks are there.

        `token`: a room token for the avatar; `agent_identity`: whose voice it speaks.
        """
        room = {"url": url, "token": token}
        if agent_identity is not None:
            room["agentIdentity"] = agent_identity
        body = {"avatarId": avatar_id, **room, **settings_to_wire(settings)}
        return Session(self._http, await self._http.json("POST", "/v1/livekit/sessions", body))

    async def session(self, session_id: str) -> Session:
        """One that runs."""
        return Session(self._http, await self._http.json("GET", f"/v1/sessions/{session_id}"))


def _avatar(answer: dict[str, Any]) -> Avatar:
    known = {field.name: answer[field.name] for field in fields(Avatar) if field.name in answer}
    return Avatar(**{**known, "warnings": tuple(answer.get("warnings", ()))})
