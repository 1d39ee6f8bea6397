"""The recipes of the README, as they stand there."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from vultus import SpeechEnded, Vultus

from .server import Server

README = Path(__file__).parents[1] / "README.md"


def recipe(name: str, url: str) -> dict[str, Any]:
    """What a program of the README defines, with this server in place of its own."""
    [code] = [code for code in re.findall(r"```python\n(.*?)```", README.read_text(), re.S) if name in code]
    defined: dict[str, Any] = {"__name__": name}
    exec(compile(code.replace("http://localhost:8080", url), name, "exec"), defined)
    return defined


async def test_the_parrot_says_what_the_user_of_the_page_says(server: Server) -> None:
    pytest.importorskip("aiortc")
    if shutil.which("espeak-ng") is None:
        pytest.skip("there is no espeak-ng")
    from .microphone import RATE_HZ, Microphone, spoken

    parrot = recipe("parrot.py", server.url)
    app = web.Application()
    app.add_routes([web.get("/", parrot["page"]), web.post("/join", parrot["join"])])
    async with TestServer(app) as bot, ClientSession() as http, Vultus(server.url) as vultus:
        assert server.url in await (await http.get(bot.make_url("/"))).text()
        urls = await (await http.post(bot.make_url("/join"))).json()
        session = await vultus.session(urls["webrtcUrl"].split("/")[3])
        said = b"\0\0" * (RATE_HZ // 2) + spoken("I am a sailor, and I have been at sea for seven years.")
        async with session.connect(role="view") as viewer, Microphone(server.url + urls["webrtcUrl"], said):
            async for event in viewer:
                if isinstance(event, SpeechEnded):
                    break
            assert event.reason == "completed"
            assert event.played_ms > 1000
        await session.close()
    await parrot["vultus"].close()
