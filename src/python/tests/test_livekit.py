from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator

import pytest

pytest.importorskip("livekit.agents")

from livekit import rtc
from livekit.agents import Agent, AgentSession

from vultus import Vultus, VultusError
from vultus.livekit import AvatarSession

from .livekit_room import KEY, SECRET, LiveKitServer, Viewer, program
from .server import Server, node
from .voice import tone

pytestmark = pytest.mark.skipif(program() is None or node() is None, reason="there is no LiveKit server")


@pytest.fixture(scope="module")
def livekit() -> Iterator[LiveKitServer]:
    server = LiveKitServer()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def vultus_server() -> Iterator[Server]:
    server = Server("--livekit-hosts", "127.0.0.1")
    server.start()
    yield server
    server.stop()


async def frames(seconds: float) -> AsyncIterator[rtc.AudioFrame]:
    """As a TTS service gives them: faster than they are spoken."""
    voice = tone(seconds)
    for at in range(0, len(voice), 4800):
        piece = voice[at : at + 4800]
        yield rtc.AudioFrame(piece, 24_000, 1, len(piece) // 2)


async def until(has_come: Callable[[], object]) -> None:
    while not has_come():
        await asyncio.sleep(0.02)


def in_room(room: rtc.Room, identity: str) -> bool:
    return identity in room.remote_participants


async def test_speaks_for_an_agent_falls_silent_and_comes_back(livekit: LiveKitServer, vultus_server: Server) -> None:
    room = await livekit.join("agent", "talk", agent=True)
    session: AgentSession[None] = AgentSession()
    avatar = AvatarSession(url=vultus_server.url, session_settings={"size": 256})
    async with Viewer(livekit, "talk") as viewer:
        await avatar.start(session, room, livekit_url=livekit.url, livekit_api_key=KEY, livekit_api_secret=SECRET)
        await session.start(Agent(instructions=""), room=room)
        assert in_room(room, avatar.avatar_identity)
        participant = room.remote_participants[avatar.avatar_identity]
        assert participant.kind == rtc.ParticipantKind.PARTICIPANT_KIND_AGENT
        assert participant.attributes["lk.publish_on_behalf"] == "agent"
        await until(lambda: viewer.pictures > 0)

        # To its end.
        await session.say("Hello.", audio=frames(1.5))
        await until(lambda: viewer.loud_s > 1.2)

        # Interrupted.
        speech = session.say("A long story.", audio=frames(30.0))
        heard = viewer.loud_s
        await until(lambda: viewer.loud_s > heard + 0.3)
        speech.interrupt()
        await speech
        assert speech.interrupted
        await until(lambda: time.monotonic() - viewer.loud_at > 1.0)
        assert viewer.loud_s < heard + 15

        # The server dies in the middle of a word, and comes back.
        speech = session.say("Another one.", audio=frames(30.0))
        heard = viewer.loud_s
        await until(lambda: viewer.loud_s > heard + 0.3)
        vultus_server.kill()
        started = asyncio.to_thread(vultus_server.start)
        await started
        back_from = time.monotonic()
        await speech
        heard = viewer.loud_s
        await session.say("I am back.", audio=frames(1.0))
        print(f"speaks again {time.monotonic() - back_from:.1f} s after the server is ready")
        await until(lambda: viewer.loud_s > heard + 0.7)

        await avatar.aclose()
        await until(lambda: not in_room(viewer.room, avatar.avatar_identity))
    await session.aclose()
    await room.disconnect()
    async with Vultus(vultus_server.url) as vultus:
        assert (await vultus._http.json("GET", "/v1/sessions"))["sessions"] == []


async def test_says_what_is_wrong(livekit: LiveKitServer, vultus_server: Server) -> None:
    room = await livekit.join("agent", "wrong", agent=True)
    session: AgentSession[None] = AgentSession()
    keys = {"livekit_url": livekit.url, "livekit_api_key": KEY, "livekit_api_secret": SECRET}
    for avatar, code in (
        (AvatarSession(url=vultus_server.url, avatar_id="nobody"), "avatar_not_found"),
        (AvatarSession(url="http://127.0.0.1:1"), "server_unreachable"),
    ):
        with pytest.raises(VultusError) as error:
            await avatar.start(session, room, **keys)
        assert error.value.code == code
        await avatar.aclose()
    avatar = AvatarSession(url=vultus_server.url)
    with pytest.raises(VultusError) as error:
        await avatar.start(session, room, **{**keys, "livekit_api_secret": "the secret of another server, long enough"})
    assert error.value.code == "room_refused"
    await avatar.aclose()
    with pytest.raises(ValueError, match="LIVEKIT_API_KEY"):
        await avatar.start(session, room, livekit_url=livekit.url)
    await avatar.aclose()
    await room.disconnect()
