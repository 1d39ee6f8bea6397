from __future__ import annotations

import asyncio
from array import array
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import TypeVar

import aiohttp
import pytest

from vultus import (
    Connection,
    Event,
    FacePoints,
    Motion,
    Pcm,
    Picture,
    Problem,
    Reconnected,
    Reconnecting,
    SpeechEnded,
    SpeechWord,
    StateChanged,
    Voice,
    Vultus,
    VultusError,
    Warned,
    Word,
)

from .conftest import KEY
from .server import Server
from .voice import tone

T = TypeVar("T")


async def until(events: AsyncIterator[Event], kind: type[T]) -> T:
    """The next one of this kind."""
    async for event in events:
        if isinstance(event, kind):
            return event
    raise AssertionError("the connection has ended")


async def heard(connection: Connection) -> tuple[SpeechEnded, bytes]:
    """The end of the next utterance, and all voice until then."""
    voice = bytearray()
    async for event in connection:
        if isinstance(event, Voice):
            voice += event.data
        elif isinstance(event, SpeechEnded):
            return event, bytes(voice)
    raise AssertionError("the connection has ended")


async def test_avatars_come_and_go(server: Server) -> None:
    async with Vultus(server.url) as vultus:
        [first, *_] = await vultus.avatars()
        assert first.gallery
        assert await vultus.avatar(first.id) == first
        assert (await vultus.preview(first.id)).startswith(b"\xff\xd8")
        with pytest.raises(VultusError) as refused:
            await vultus.create_avatar(b"no picture")
        assert (refused.value.code, refused.value.status) == ("portrait_not_an_image", 415)
        with pytest.raises(VultusError, match="avatar_not_found"):
            await vultus.create_session("nobody")


async def test_speaks_and_is_seen(server: Server) -> None:
    async with Vultus(server.url) as vultus:
        avatar = (await vultus.avatars())[0]
        session = await vultus.create_session(avatar.id, size=256, controls={"expressiveness": 0.5})
        async with session.connect(audio=Pcm(16_000), picture="rgb", voice=Pcm(16_000)) as connection:
            picture = await until(connection, Picture)
            assert (picture.width, picture.height, len(picture.data)) == (256, 256, 3 * 256 * 256)
            await connection.set_controls({"gaze": {"yaw": 0.1, "pitch": 0.0}, "head": {"amplitude": 0.5}})
            await connection.give_words([Word("hm", 100, 600), Word("never", 9000, 9500)], utterance="hello")
            await connection.speak(tone(1.5, 16_000), utterance="hello")
            await connection.end_speech(utterance="hello")
            word = await until(connection, SpeechWord)
            assert (word.id, word.index, word.word.text) == ("hello", 0, "hm")
            ended, voice = await heard(connection)
            assert (ended.id, ended.reason, ended.last_word) == ("hello", "completed", "hm")
            assert ended.played_ms == pytest.approx(1500, abs=1)
            loud = sum(1 for at in range(0, len(voice), 2) if voice[at : at + 2] != b"\0\0")
            assert 1.0 < loud / 16_000 < 1.6
        await session.close()
        await session.close()
        with pytest.raises(VultusError, match="session_not_found"):
            await vultus.session(session.id)


async def test_a_face_is_where_it_is_said_to_be(server: Server) -> None:
    async with Vultus(server.url) as vultus:
        portrait = await vultus.preview((await vultus.avatars())[0].id)
        points = FacePoints((0.4, 0.42), (0.6, 0.42), (0.43, 0.63), (0.57, 0.63), (0.5, 0.76))
        avatar = await vultus.create_avatar(portrait, name="By hand", points=points)
        assert avatar.name == "By hand"
        await vultus.delete_avatar(avatar.id)
        with pytest.raises(VultusError, match="ten numbers"):
            await vultus.create_avatar(portrait, points=replace(points, chin=(0.5, 1.5)))


async def test_moves_as_a_performer_does(server: Server) -> None:
    async with Vultus(server.url) as vultus:
        session = await vultus.create_session((await vultus.avatars())[0].id, size=256)
        async with session.connect(motion=True) as connection:
            await connection.set_controls({"performer": {"mouth": "performer"}})
            jaw, yaw, most = array("f"), array("f"), 200
            async for event in connection:
                if isinstance(event, Motion):
                    frame = array("f", event.data)
                    jaw.append(frame[17])
                    yaw.append(frame[52])
                    await connection.set_motion({"jawOpen": 0.7}, head={"yaw": 0.3, "pitch": 0.0, "roll": 0.0})
                if (jaw and jaw[-1] > 0.6 and yaw[-1] > 0.25) or len(jaw) == most:
                    break
            assert len(jaw) < most, (list(jaw), list(yaw))
            await connection.set_motion()  # lost
            while True:
                motion = await until(connection, Motion)
                if array("f", motion.data)[17] < 0.1:
                    break
        await session.close()


async def test_nothing_old_is_heard_after_an_interruption(server: Server) -> None:
    async with Vultus(server.url) as vultus:
        avatar = (await vultus.avatars())[0]
        session = await vultus.create_session(avatar.id, size=256)
        async with session.connect(voice=Pcm(24_000)) as connection:
            await connection.speak(tone(20), utterance="long")
            while not (await until(connection, Voice)).data.strip(b"\0"):
                pass
            await connection.interrupt()
            ended, voice = await heard(connection)
            assert (ended.id, ended.interrupted) == ("long", True)
            assert not voice.strip(b"\0")
            await connection.speak(b"\1\1" * 100, utterance="long")
            assert (await until(connection, Warned)).code == "late_voice"
            await connection.pause()
            await connection.speak(tone(0.5), utterance="next")
            await connection.end_speech()
            await connection.resume()
            ended, _ = await heard(connection)
            assert (ended.id, ended.reason) == ("next", "completed")
            await connection.set_background("nonsense")
            assert (await until(connection, Problem)).error.code == "invalid_request"
        await session.close()


async def test_connects_itself_anew(server: Server) -> None:
    async with Cut(server.port) as cut, Vultus(f"http://127.0.0.1:{cut.port}") as vultus:
        avatar = (await vultus.avatars())[0]
        session = await vultus.create_session(avatar.id, size=256)
        async with session.connect(voice=Pcm()) as connection:
            await until(connection, StateChanged)
            cut.everything()
            lost = await until(connection, Reconnecting)
            assert (lost.attempt, lost.error.code) == (1, "connection_lost")
            await connection.speak(tone(0.1))
            await until(connection, Reconnected)
            await connection.speak(tone(0.3), utterance="again")
            await connection.end_speech()
            assert (await until(connection, SpeechEnded)).reason == "completed"
            # The session ends: that is final, and has a name.
            await session.close()
            with pytest.raises(VultusError, match="session_closed"):
                await until(connection, Reconnecting)
            assert connection.closed
            with pytest.raises(VultusError, match="connection_closed"):
                await connection.speak(b"\0\0")
        with pytest.raises(VultusError, match="session_not_found"):
            async with session.connect():
                pass


async def test_keys_tokens_and_room(narrow_server: Server) -> None:
    async with Vultus(narrow_server.url, api_key="wrong-key") as stranger:
        with pytest.raises(VultusError) as refused:
            await stranger.avatars()
        assert (refused.value.code, refused.value.status) == ("unauthorized", 401)
    # As a file has it.
    async with Vultus(narrow_server.url, api_key=f"{KEY}\n") as vultus:
        avatar = (await vultus.avatars())[0]
        session = await vultus.create_session(avatar.id, size=256)
        with pytest.raises(VultusError) as full:
            await vultus.create_session(avatar.id, size=256)
        assert full.value.code == "at_capacity"
        assert full.value.passing
        assert full.value.retry_after_s
        assert str(full.value).endswith(f"(again in {full.value.retry_after_s:g} s)")
        async with session.connect(picture="jpeg", role="view") as viewer:
            assert (await until(viewer, Picture)).data.startswith(b"\xff\xd8")
            await viewer.speak(b"\0\0")
            assert (await until(viewer, Problem)).error.code == "view_only"
        # A token is enough by itself.
        session._http._api_key = ""
        async with session.connect() as connection:
            assert connection.ready.session_id == session.id
        session._http._api_key = KEY
        await session.close()


def test_says_that_a_key_is_none() -> None:
    for key in ("a\nb", "a\0b", "a\r\nHost: b"):
        with pytest.raises(VultusError, match="unauthorized"):
            Vultus(api_key=key)


async def test_says_that_nobody_is_there() -> None:
    async with Vultus("http://127.0.0.1:1") as vultus:
        with pytest.raises(VultusError) as error:
            await vultus.avatars()
        assert error.value.code == "server_unreachable"
        assert error.value.passing


async def test_takes_an_aiohttp_session_and_leaves_it_open(server: Server) -> None:
    async with aiohttp.ClientSession() as http:
        async with Vultus(server.url + "/", http=http) as vultus:
            await vultus.avatars()
        assert not http.closed


class Cut:
    """A way to the server that can be cut."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._writers: set[asyncio.StreamWriter] = set()

    async def __aenter__(self) -> Cut:
        self._server = await asyncio.start_server(self._join, "127.0.0.1", 0)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self.everything()
        self._server.close()

    def everything(self) -> None:
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._to)
        self._writers |= {writer, back}
        await asyncio.gather(_pump(reader, back), _pump(there, writer), return_exceptions=True)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()
