from __future__ import annotations

import random

import msgpack  # type: ignore[import-untyped]
import pytest

from vultus import VultusError, wire
from vultus.errors import error_from_close
from vultus.events import Picture, SpeechEnded, Stats, UserAudio, Voice
from vultus.inbox import Inbox


def picture(n: int) -> Picture:
    return Picture(media_time_ms=n, epoch=0, width=1, height=1, data=b"abc")


def test_reads_what_the_server_says() -> None:
    ended = {"type": "speech.ended", "utterance": 3, "playedMs": 812.5, "interrupted": False, "reason": "completed"}
    assert wire.unpack(msgpack.packb(ended)) == SpeechEnded(3, 812.5, False, "completed")
    named = wire.unpack(msgpack.packb({**ended, "id": "a", "lastWord": {"index": 1, "text": "there"}}))
    assert named == SpeechEnded(3, 812.5, False, "completed", "a", "there")
    assert wire.unpack(msgpack.packb({"type": "something.new", "x": 1})) is None


def test_reads_what_the_user_says() -> None:
    heard = {"type": "user.audio", "mediaTimeMs": 20.5, "data": b"ab"}
    assert wire.unpack(msgpack.packb(heard)) == UserAudio(20.5, b"ab")
    with pytest.raises(VultusError, match="invalid_server_message"):
        wire.unpack(msgpack.packb({**heard, "data": "ab"}))


def test_says_when_to_come_again() -> None:
    assert str(VultusError("at_capacity", "Full.", retry_after_s=5)) == "at_capacity: Full. (again in 5 s)"
    assert str(VultusError("at_capacity", "Full.")) == "at_capacity: Full."


def test_says_what_cannot_be_read() -> None:
    rng = random.Random(7)
    cases = [rng.randbytes(rng.randrange(60)) for _ in range(2000)]
    cases += [msgpack.packb(message) for message in (None, [], 3, "ready", {"type": "ready"}, {"type": []})]
    cases += [msgpack.packb({"type": "picture", "mediaTimeMs": 1, "epoch": 1, "width": 1, "height": 1, "data": "x"})]
    for data in cases:
        try:
            assert wire.unpack(data) is None
        except VultusError as error:
            assert error.code == "invalid_server_message"


@pytest.mark.parametrize(
    ("close_code", "reason", "code", "passing"),
    [
        (4029, "at_capacity: full", "at_capacity", True),
        (4004, "", "session_not_found", False),
        (1006, "", "connection_lost", True),
        (None, "", "connection_lost", True),
        (4010, "session_idle: nobody", "session_idle", False),
        (1001, "Going Away!", "session_closed", False),
    ],
)
def test_explains_how_a_socket_was_closed(close_code: int | None, reason: str, code: str, passing: bool) -> None:
    error = error_from_close(close_code, reason)
    assert (error.code, error.passing, error.close_code) == (code, passing, close_code)


async def test_keeps_the_newest_pictures_and_all_that_was_said() -> None:
    inbox = Inbox()
    for n in range(100):
        inbox.put(picture(n))
        inbox.put(Stats({"n": n}))
    inbox.put(Voice(0, 0, b""))
    inbox.drop(lambda event: isinstance(event, Voice))
    inbox.end(VultusError("connection_lost", ""))
    read = []
    with pytest.raises(VultusError, match="connection_lost"):
        while True:
            read.append(await inbox.get())
    assert [event for event in read if isinstance(event, Picture)] == [picture(n) for n in (97, 98, 99)]
    assert [event.values["n"] for event in read if isinstance(event, Stats)] == list(range(100))
    assert len(read) == 103
    assert await inbox.get() is None
