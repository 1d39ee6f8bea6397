"""A face for LiveKit agents: `AvatarSession`, after the avatar contract of livekit-agents."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from typing import Any

from livekit import api, rtc
from livekit.agents import AgentSession, get_job_context
from livekit.agents.voice.avatar import AvatarSession as BaseAvatarSession
from livekit.agents.voice.avatar import DataStreamAudioOutput
from livekit.agents.voice.room_io import ATTRIBUTE_PUBLISH_ON_BEHALF

from .client import Vultus
from .errors import VultusError
from .log import logger
from .session import Session
from .settings import SessionSettings

_SAMPLE_RATE_HZ = 24_000
_FIRST_WAIT_S = 0.25
_LONGEST_WAIT_S = 4.0
_GOODBYE_S = 2.0


class AvatarSession(BaseAvatarSession[str]):
    """An avatar of a Vultus server that speaks for an agent in its room.

        avatar = AvatarSession(url="http://localhost:8080")
        await avatar.start(session, room=ctx.room)
        await session.start(agent=..., room=ctx.room)

    Where the avatar goes away (its server was restarted, say), another one is asked for until it is there; what it had
    to say is told as interrupted.
    """

    def __init__(
        self,
        *,
        avatar_id: str | None = None,
        url: str | None = None,
        api_key: str | None = None,
        session_settings: SessionSettings | None = None,
        avatar_participant_identity: str = "vultus-avatar",
        avatar_participant_name: str = "vultus-avatar",
    ) -> None:
        """`avatar_id`: default is the first of the server's gallery. `url`, `api_key`: of the Vultus server; default
        are the environment's `VULTUS_URL` (else http://localhost:8080) and `VULTUS_API_KEY`.
        """
        super().__init__()
        url = url or os.environ.get("VULTUS_URL") or "http://localhost:8080"
        self._vultus = Vultus(url, api_key=api_key or os.environ.get("VULTUS_API_KEY"))
        self._avatar_id = avatar_id
        self._session_settings: SessionSettings = session_settings or {}
        self._identity = avatar_participant_identity
        self._name = avatar_participant_name
        self._live: Session | None = None
        self._keeper: asyncio.Task[None] | None = None

    @property
    def avatar_identity(self) -> str:
        return self._identity

    @property
    def provider(self) -> str:
        return "vultus"

    async def start(
        self,
        agent_session: AgentSession[Any],
        room: rtc.Room,
        *,
        livekit_url: str | None = None,
        livekit_api_key: str | None = None,
        livekit_api_secret: str | None = None,
    ) -> None:
        """Returns when the avatar is in the room. Raises `VultusError`, and `ValueError` where LiveKit's url or keys
        are neither given nor in the environment (`LIVEKIT_URL`, `LIVEKIT_API_KEY`, `LIVEKIT_API_SECRET`).
        """
        await super().start(agent_session, room)
        keys = _Keys(
            _given("LIVEKIT_URL", livekit_url),
            _given("LIVEKIT_API_KEY", livekit_api_key),
            _given("LIVEKIT_API_SECRET", livekit_api_secret),
        )
        job = get_job_context(required=False)
        agent = job.local_participant_identity if job else room.local_participant.identity
        output = _AvatarOutput(room, self._identity)
        agent_session.output.replace_audio_tail(output)
        session = await self._join(room.name, agent, keys)
        self._keeper = asyncio.create_task(self._keep(session, output, room.name, agent, keys))

    async def aclose(self) -> None:
        """The avatar leaves. May be called again."""
        keeper, self._keeper = self._keeper, None
        if keeper:
            keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await keeper
        session, self._live = self._live, None
        if session:
            with contextlib.suppress(VultusError, TimeoutError):
                async with asyncio.timeout(_GOODBYE_S):
                    await session.close()
        await self._vultus.close()
        await super().aclose()

    async def _join(self, room: str, agent: str, keys: _Keys) -> Session:
        """Has an avatar join. Raises `VultusError`."""
        avatar_id = self._avatar_id or (await self._vultus.avatars())[0].id
        token = keys.token(room, self._identity, self._name, agent)
        self._live = await self._vultus.create_livekit_session(
            avatar_id, url=keys.url, token=token, agent_identity=agent, **self._session_settings
        )
        return self._live

    async def _keep(self, session: Session, output: _AvatarOutput, room: str, agent: str, keys: _Keys) -> None:
        """Watches the session, which ends when the avatar has left; then asks for another one."""
        while True:
            try:
                async with session.connect(role="view") as connection:
                    async for _ in connection:
                        pass
            except VultusError as error:
                logger.warning("the avatar has gone, another one is asked for: %s", error)
            output.avatar_left()
            session = await self._join_again(room, agent, keys)
            output.avatar_joined()

    async def _join_again(self, room: str, agent: str, keys: _Keys) -> Session:
        wait_s = _FIRST_WAIT_S
        while True:
            try:
                return await self._join(room, agent, keys)
            except VultusError as error:
                logger.warning("no avatar yet: %s", error)
                await asyncio.sleep(min(_LONGEST_WAIT_S, max(wait_s, error.retry_after_s or 0)))
                wait_s *= 2


class _Keys:
    """Of a LiveKit server."""

    def __init__(self, url: str, api_key: str, api_secret: str) -> None:
        self.url = url
        self._api_key = api_key
        self._api_secret = api_secret

    def token(self, room: str, identity: str, name: str, on_behalf_of: str) -> str:
        return (
            api.AccessToken(api_key=self._api_key, api_secret=self._api_secret)
            .with_kind("agent")
            .with_identity(identity)
            .with_name(name)
            .with_grants(api.VideoGrants(room_join=True, room=room))
            .with_attributes({ATTRIBUTE_PUBLISH_ON_BEHALF: on_behalf_of})
            .to_jwt()
        )


class _AvatarOutput(DataStreamAudioOutput):
    """What the agent says, as streams of bytes to the avatar; who is told when the avatar has gone."""

    def __init__(self, room: rtc.Room, identity: str) -> None:
        super().__init__(
            room,
            destination_identity=identity,
            wait_remote_track=rtc.TrackKind.KIND_VIDEO,
            sample_rate=_SAMPLE_RATE_HZ,
            wait_playback_start=True,
        )
        self._began_at = 0.0
        # LiveKit lists one whose connection broke for a while longer: that it is there does not say that it hears.
        self._present = asyncio.Event()
        self._present.set()

    async def capture_frame(self, frame: rtc.AudioFrame) -> None:
        await self._present.wait()
        await super().capture_frame(frame)

    def on_playback_started(self, *, created_at: float) -> None:
        self._began_at = created_at
        super().on_playback_started(created_at=created_at)

    def avatar_joined(self) -> None:
        self._present.set()

    def avatar_left(self) -> None:
        """Whoever waits for the end of what it had to say is told that it was interrupted; what follows waits for the
        next avatar."""
        self._present.clear()
        self._stream_writer = None
        for _ in range(self._pending_playback_count):
            heard_s = min(self._pushed_duration, time.time() - self._began_at)
            self.on_playback_finished(playback_position=heard_s, interrupted=True)


def _given(variable: str, value: str | None) -> str:
    found = value or os.environ.get(variable)
    if not found:
        raise ValueError(f"{variable} is not set; it can be given as {variable.lower()} too")
    return found
