from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from typing import Literal, cast

import pytest

pytest.importorskip("pipecat")

from pipecat.frames.frames import (
    EndFrame,
    Frame,
    InterruptionFrame,
    OutputImageRawFrame,
    OutputTransportReadyFrame,
    TTSAudioRawFrame,
    TTSStartedFrame,
    TTSStoppedFrame,
)
from pipecat.observers.base_observer import BaseObserver, FramePushed
from pipecat.pipeline.worker import PipelineParams
from pipecat.tests.utils import SleepFrame, run_test

from vultus import SessionSettings, Vultus
from vultus.pipecat import VultusVideoService

from .bot import Bot
from .conftest import KEY
from .server import Server
from .voice import tone

SMALL: SessionSettings = {"size": 256}


def said(seconds: float, rate_hz: int = 24_000, context_id: str | None = "c") -> list[Frame]:
    """What a TTS service gives: pieces of 200 ms, faster than they are spoken."""
    voice = tone(seconds, rate_hz)
    step = rate_hz // 5 * 2
    pieces = [TTSAudioRawFrame(voice[at : at + step], rate_hz, 1, context_id) for at in range(0, len(voice), step)]
    return [TTSStartedFrame(context_id), *pieces, TTSStoppedFrame(context_id)]


def seconds_of(frames: Sequence[Frame]) -> float:
    return sum(len(frame.audio) / 2 / frame.sample_rate for frame in frames if isinstance(frame, TTSAudioRawFrame))


def of(server: Server) -> VultusVideoService:
    return VultusVideoService(url=server.url, session_settings=SMALL)


class PictureSeen(BaseObserver):
    """True as soon as a picture has gone by."""

    def __init__(self) -> None:
        super().__init__()
        self._yes = False

    def __bool__(self) -> bool:
        return self._yes

    async def on_push_frame(self, data: FramePushed) -> None:
        self._yes = self._yes or isinstance(data.frame, OutputImageRawFrame)


@pytest.mark.parametrize("picture", ["jpeg", "rgb"])
async def test_in_pipecats_own_test_runner(server: Server, picture: Literal["jpeg", "rgb"]) -> None:
    seen = PictureSeen()

    def script() -> Iterator[Frame]:
        yield OutputTransportReadyFrame()
        while not seen:
            yield SleepFrame(0.05)
        yield from said(1.0)

    down, up = await run_test(
        VultusVideoService(url=server.url, session_settings=SMALL, picture=picture),
        frames_to_send=cast(Sequence[Frame], script()),
        observers=[seen],
        start_timeout=30,
        pipeline_params=PipelineParams(audio_out_sample_rate=24_000),
    )
    kinds = [type(frame) for frame in down]
    before = kinds[: kinds.index(TTSStartedFrame)]
    assert before.count(OutputImageRawFrame) > 0, "idle pictures before the first word"
    audio = [frame for frame in down if isinstance(frame, TTSAudioRawFrame)]
    assert seconds_of(audio) == pytest.approx(1.0, abs=0.05)
    assert {(frame.sample_rate, frame.num_channels, frame.context_id) for frame in audio} == {(24_000, 1, "c")}
    assert kinds.index(TTSStoppedFrame) > max(n for n, kind in enumerate(kinds) if kind is TTSAudioRawFrame)
    assert kinds.count(TTSStoppedFrame) == 1
    shown = next(frame for frame in down if isinstance(frame, OutputImageRawFrame))
    assert (shown.size, shown.format, len(shown.image)) == ((256, 256), "RGB", 3 * 256 * 256)
    assert not up


async def test_falls_silent_at_once_and_speaks_again(server: Server) -> None:
    async with Bot(of(server)) as bot:
        await bot.send(*said(30.0, context_id="long"))
        await bot.until(lambda: seconds_of(bot.all(TTSAudioRawFrame)) > 0.3)
        await bot.send(InterruptionFrame())
        await bot.until(lambda: bot.all(InterruptionFrame))
        at = bot.frames.index(next(item for item in bot.frames if isinstance(item[1], InterruptionFrame)))
        await asyncio.sleep(1.0)
        assert not bot.all(TTSAudioRawFrame, at)
        assert not bot.all(TTSStoppedFrame)
        assert bot.all(OutputImageRawFrame, at), "the face goes on"
        await bot.send(*said(1.0, context_id="short"))
        await bot.until(lambda: bot.all(TTSStoppedFrame))
        assert seconds_of(bot.all(TTSAudioRawFrame, at)) == pytest.approx(1.0, abs=0.05)
        assert {frame.context_id for frame in bot.all(TTSAudioRawFrame, at)} == {"short"}  # type: ignore[attr-defined]
        # Interruptions while nothing is said, and many at once, harm nothing.
        await bot.send(*[InterruptionFrame() for _ in range(20)])
        await bot.send(*said(0.5, context_id="last"))
        await bot.until(lambda: len(bot.all(TTSStoppedFrame)) == 2)
    assert not bot.errors


async def test_takes_what_tts_services_give(server: Server) -> None:
    async with Bot(of(server)) as bot:
        at = len(bot.frames)
        odd = tone(0.5)
        stereo = b"".join(odd[n : n + 2] * 2 for n in range(0, len(odd), 2))
        await bot.send(
            TTSStoppedFrame("nothing was said"),
            TTSAudioRawFrame(b"", 24_000, 1, "a"),
            *(TTSAudioRawFrame(odd[n : n + 1001], 24_000, 1, "a") for n in range(0, len(odd), 1001)),
            TTSStoppedFrame("a"),
            TTSAudioRawFrame(stereo + b"\0", 24_000, 2, "b"),
            TTSStoppedFrame("b"),
            *said(0.5, 16_000, "c"),
            # Its end never comes.
            TTSAudioRawFrame(tone(0.5), 24_000, 1, "d"),
            EndFrame(),
        )
        await asyncio.wait_for(asyncio.shield(bot._running), 60)
        assert seconds_of(bot.all(TTSAudioRawFrame, at)) == pytest.approx(2.0, abs=0.1)
        assert [frame.context_id for frame in bot.all(TTSStoppedFrame)] == [  # type: ignore[attr-defined]
            *("nothing was said", "a", "b", "c", "d")
        ]
    assert not bot.errors


async def test_is_heard_without_a_face_where_the_key_is_wrong(narrow_server: Server) -> None:
    service = VultusVideoService(url=narrow_server.url, api_key="wrong-key", session_settings=SMALL)
    async with Bot(service) as bot:
        frames = said(1.0)
        await bot.send(*frames)
        await bot.until(lambda: bot.all(TTSStoppedFrame))
        assert bot.all(TTSAudioRawFrame) == [frame for frame in frames if isinstance(frame, TTSAudioRawFrame)]
        assert not bot.all(OutputImageRawFrame)
        await bot.until(lambda: bot.errors)
        assert len(bot.errors) == 1
        assert "unauthorized" in bot.errors[0]
        assert not service.is_usable


async def test_gets_a_face_when_there_is_room(narrow_server: Server) -> None:
    async with Vultus(narrow_server.url, api_key=KEY) as vultus:
        other = await vultus.create_session((await vultus.avatars())[0].id, size=256)
        service = VultusVideoService(url=narrow_server.url, api_key=KEY, session_settings=SMALL)
        async with other.connect(), Bot(service) as bot:
            await bot.send(*said(0.5))
            await bot.until(lambda: bot.all(TTSStoppedFrame))
            assert not service.connected
            await bot.until(lambda: bot.errors)
            assert "at_capacity" in bot.errors[0]
            await other.close()
            await bot.until(lambda: bot.all(OutputImageRawFrame))
            await bot.send(*said(0.5))
            await bot.until(lambda: len(bot.all(TTSStoppedFrame)) == 2)
        # Its session has ended with it.
        again = await vultus.create_session((await vultus.avatars())[0].id, size=256)
        await again.close()


async def test_outlives_the_server(narrow_server: Server) -> None:
    service = VultusVideoService(url=narrow_server.url, api_key=KEY, session_settings=SMALL)
    async with Bot(service) as bot:
        await bot.send(*said(20.0, context_id="lost"))
        await bot.until(lambda: seconds_of(bot.all(TTSAudioRawFrame)) > 0.3)
        narrow_server.kill()
        await bot.until(lambda: not service.connected)
        # Whoever waits for the end of what was lost is told that it is over.
        await bot.until(lambda: bot.all(TTSStoppedFrame))
        frames = said(1.0, context_id="without a face")
        at = len(bot.frames)
        await bot.send(*frames)
        await bot.until(lambda: len(bot.all(TTSStoppedFrame)) == 2)
        assert bot.all(TTSAudioRawFrame, at) == [frame for frame in frames if isinstance(frame, TTSAudioRawFrame)]
        await asyncio.to_thread(narrow_server.start)
        await bot.until(lambda: service.connected)
        at = len(bot.frames)
        await bot.until(lambda: bot.all(OutputImageRawFrame, at))
        await bot.send(*said(1.0, context_id="with one"))
        await bot.until(lambda: len(bot.all(TTSStoppedFrame)) == 3)
        assert seconds_of(bot.all(TTSAudioRawFrame, at)) == pytest.approx(1.0, abs=0.05)
