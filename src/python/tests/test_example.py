from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import AsyncGenerator, Callable

import pytest

pytest.importorskip("pipecat")
pytest.importorskip("aiortc")

from aiohttp import web
from pipecat.frames.frames import Frame

from examples import pipecat_bot

from .server import Server
from .user import User
from .voice import tone

if shutil.which("espeak-ng") is None:
    print("espeak-ng is not here: the example speaks by a tone")


@pytest.fixture(autouse=True)
def _voice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no eSpeak, a tone as long as it would speak."""

    async def hum(tts: pipecat_bot.EspeakTTS, text: str, context_id: str) -> AsyncGenerator[Frame | None, None]:
        async def whole() -> AsyncGenerator[bytes, None]:
            yield tone(len(text) / 15)

        async for frame in tts._stream_audio_frames_from_iterator(
            whole(), in_sample_rate=24_000, context_id=context_id
        ):
            yield frame

    if shutil.which("espeak-ng") is None:
        monkeypatch.setattr(pipecat_bot.EspeakTTS, "run_tts", hum)


async def until(has_come: Callable[[], object]) -> None:
    while not has_come():
        await asyncio.sleep(0.02)


async def test_a_browser_sees_and_hears_the_bot_and_interrupts_it(server: Server) -> None:
    bots = pipecat_bot.Bots(server.url, None, None)
    app = web.Application()
    app.add_routes([web.get("/", pipecat_bot._page), web.post("/offer", bots.answer)])
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    [(_, port)] = runner.addresses
    async with User(f"http://127.0.0.1:{port}") as user:
        await until(lambda: user.pictures)
        picture = user.pictures[-1][1]
        assert (picture.width, picture.height) == (pipecat_bot.SIDE, pipecat_bot.SIDE)
        await until(lambda: len(user.loud()) > 30)
        assert user.answers == [pipecat_bot.GREETING]
        user.type("Stop!")
        await until(lambda: len(user.answers) == 2)
        # The answer comes, and is heard; after it there is silence, and still a picture.
        answered = time.perf_counter()
        await until(lambda: len(user.loud(answered)) > 50)
        await until(lambda: time.perf_counter() - user.loud()[-1] > 2)
        shown = user.pictures[-1][0]
        await until(lambda: user.pictures[-1][0] > shown)
    await until(lambda: not bots._running)
    await runner.cleanup()
