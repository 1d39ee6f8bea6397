from __future__ import annotations

import array
import asyncio

import pytest

from vultus import G711, Connection, Pcm, Problem, SpeechStarted, UserAudio, Vultus, VultusError

from .conftest import KEY
from .server import Server
from .voice import telephone_tone, tone

PIECE_BYTES = 640
"""20 ms at 16 kHz."""


async def heard(connection: Connection, pieces: int) -> list[UserAudio]:
    """The next ones with sound in them."""
    found: list[UserAudio] = []
    async for event in connection:
        assert not isinstance(event, SpeechStarted)
        if isinstance(event, UserAudio) and event.data.strip(b"\0"):
            found.append(event)
        if len(found) == pieces:
            return found
    raise AssertionError("the connection has ended")


async def test_hears_the_user_by_a_microphone_of_its_own(server: Server) -> None:
    async with Vultus(server.url) as vultus:
        session = await vultus.create_session((await vultus.avatars())[0].id, size=256)
        microphone = Pcm(8000)
        async with session.connect(user_audio="pcm", voice_input="listen", microphone=microphone) as connection:
            # More than a message may have, as an array.
            await connection.hear(array.array("h", tone(9, 8000)))
            pieces = await heard(connection, 400)
            assert {len(piece.data) for piece in pieces} == {PIECE_BYTES}
            assert max(memoryview(pieces[10].data).cast("h")) > 1000
        async with session.connect(user_audio="pcm", voice_input="listen", microphone=G711()) as connection:
            await connection.hear(telephone_tone(2))
            pieces = await heard(connection, 80)
            assert 1000 < max(memoryview(pieces[40].data).cast("h")) < 20_000
        async with session.connect(user_audio="opus", voice_input="listen") as connection:
            await connection.hear(tone(0.5))
            assert all(len(piece.data) < PIECE_BYTES // 2 for piece in await heard(connection, 10))
            await connection.set_user_face(head=(0.1, 0.0), smile=0.5)
            await connection.set_user_face()
            await connection.set_user_face(smile=2)
            problem = await anext(event async for event in connection if isinstance(event, Problem))
            assert problem.error.code == "invalid_message" and "smile" in str(problem.error)
        await session.close()


async def test_hears_the_user_of_a_browser(narrow_server: Server) -> None:
    pytest.importorskip("aiortc")
    from .microphone import Microphone

    async with Vultus(narrow_server.url, api_key=KEY) as vultus:
        session = await vultus.create_session((await vultus.avatars())[0].id, size=256)
        # Without the key: the page has its address, and the bot goes on beside it.
        user = Microphone(narrow_server.url + session.webrtc_path, tone(60, 48_000))
        async with session.connect(user_audio="pcm") as bot, user:
            pieces = await heard(bot, 50)
            assert {len(piece.data) for piece in pieces} == {PIECE_BYTES}
            assert any(max(memoryview(piece.data).cast("h")) > 1000 for piece in pieces)
            assert [piece.media_time_ms for piece in pieces] == sorted(piece.media_time_ms for piece in pieces)
        await session.close()


async def test_viewers_do_not_hear_the_user_and_are_told_at_once(server: Server) -> None:
    async with Vultus(server.url) as vultus:
        session = await vultus.create_session((await vultus.avatars())[0].id, size=256)
        # The server answers and keeps the socket: without a look at the answer this would last as long as the limit.
        async with asyncio.timeout(120):
            with pytest.raises(VultusError) as refused:
                async with session.connect(user_audio="pcm", role="view", timeout_s=1000):
                    pass
        assert refused.value.code == "view_only"
        await session.close()
