"""A bot with a face in the browser: Pipecat, SmallWebRTCTransport, a script instead of an LLM, eSpeak as its voice.

    npm start                                          # a Vultus server
    pip install './src/python[pipecat]' 'pipecat-ai[webrtc]'
    sudo apt-get install espeak-ng
    python src/python/examples/pipecat_bot.py          # then open http://localhost:7860

Whatever you type interrupts it. Replace `Script` by STT, context aggregator and LLM, and `EspeakTTS` by your TTS.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import shutil
import sys
from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path
from typing import Any

from aiohttp import web
from pipecat.frames.frames import (
    Frame,
    InputTransportMessageFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
    OutputTransportMessageUrgentFrame,
    OutputTransportReadyFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.services.settings import TTSSettings
from pipecat.services.tts_service import TTSService
from pipecat.transports.base_transport import TransportParams
from pipecat.transports.smallwebrtc.connection import SmallWebRTCConnection
from pipecat.transports.smallwebrtc.transport import SmallWebRTCTransport
from pipecat.workers.runner import WorkerRunner

from vultus import SessionSettings
from vultus.pipecat import VultusVideoService

PAGE = Path(__file__).with_suffix(".html")
SIDE = 512
GREETING = "Hello! I am a face that was drawn this very moment. Type something, and I will stop and answer."
ANSWERS = (
    "You have interrupted me, and that is quite all right. Ask me something else.",
    "I am only a script. Put a language model in my place, and I will be good company.",
    "My lips follow my voice, whoever speaks it. Try another voice.",
)


class Script(FrameProcessor):
    """Stands where the LLM would: greets, and answers whatever is typed."""

    def __init__(self) -> None:
        super().__init__()
        self._answers = itertools.cycle(ANSWERS)
        self._greeted = False

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        await self.push_frame(frame, direction)
        if isinstance(frame, OutputTransportReadyFrame) and not self._greeted:
            self._greeted = True
            await self._say(GREETING)
        elif isinstance(frame, InputTransportMessageFrame) and _is_typed(frame.message):
            await self.broadcast_interruption()
            await self._say(next(self._answers))

    async def _say(self, text: str) -> None:
        await self.push_frame(OutputTransportMessageUrgentFrame({"type": "answer", "text": text}))
        await self.push_frame(LLMFullResponseStartFrame())
        for word in text.split(" "):
            await self.push_frame(LLMTextFrame(word + " "))
        await self.push_frame(LLMFullResponseEndFrame())


class EspeakTTS(TTSService):
    """The command `espeak-ng`: no beauty, but it needs no key and no network."""

    def __init__(self, voice: str = "en-us") -> None:
        settings = TTSSettings(model=None, voice=voice, language=None)
        super().__init__(push_start_frame=True, push_stop_frames=True, settings=settings)
        self._espeak_voice = voice

    async def run_tts(self, text: str, context_id: str) -> AsyncGenerator[Frame | None, None]:
        espeak = await asyncio.create_subprocess_exec(
            *("espeak-ng", "--stdin", "--stdout", "-v", self._espeak_voice),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        wav, _ = await espeak.communicate(text.encode())

        async def whole() -> AsyncIterator[bytes]:
            yield wav

        frames = self._stream_audio_frames_from_iterator(whole(), strip_wav_header=True, context_id=context_id)
        async for frame in frames:
            yield frame


def pipeline_of(connection: SmallWebRTCConnection, face: VultusVideoService, tts: FrameProcessor) -> PipelineWorker:
    """One bot for one browser."""
    transport = SmallWebRTCTransport(
        webrtc_connection=connection,
        params=TransportParams(
            audio_out_enabled=True,
            video_out_enabled=True,
            video_out_is_live=True,
            video_out_width=SIDE,
            video_out_height=SIDE,
            video_out_framerate=25,
        ),
    )
    worker = PipelineWorker(
        Pipeline([transport.input(), Script(), tts, face, transport.output()]),
        params=PipelineParams(audio_out_sample_rate=24_000),
        cancel_on_idle_timeout=False,
        enable_rtvi=False,
    )

    @transport.event_handler("on_client_disconnected")
    async def _gone(transport: SmallWebRTCTransport, client: object) -> None:
        await worker.cancel()

    return worker


class Bots:
    """All that run, each until its browser has gone."""

    def __init__(self, url: str, api_key: str | None, avatar_id: str | None) -> None:
        self._face: dict[str, Any] = {"url": url, "api_key": api_key, "avatar_id": avatar_id}
        self._running: set[asyncio.Task[None]] = set()

    async def answer(self, request: web.Request) -> web.Response:
        offer = await request.json()
        connection = SmallWebRTCConnection()
        await connection.initialize(sdp=offer["sdp"], type=offer["type"])
        task = asyncio.create_task(self._run(connection))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return web.json_response(connection.get_answer())

    async def _run(self, connection: SmallWebRTCConnection) -> None:
        settings: SessionSettings = {"size": SIDE, "latency": "low"}
        face = VultusVideoService(**self._face, session_settings=settings)
        runner = WorkerRunner(handle_sigint=False)
        await runner.add_workers(pipeline_of(connection, face, EspeakTTS()))
        await runner.run()


def _is_typed(message: object) -> bool:
    return isinstance(message, dict) and message.get("type") == "typed"


async def _page(request: web.Request) -> web.FileResponse:
    return web.FileResponse(PAGE)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--url", default="http://localhost:8080", help="of the Vultus server")
    options.add_argument("--api-key", help="of the Vultus server, where it wants one")
    options.add_argument("--avatar", help="its id (default: the first of the gallery)")
    options.add_argument("--port", type=int, default=7860, help="of the page")
    given = options.parse_args()
    if shutil.which("espeak-ng") is None:
        sys.exit("espeak-ng is not installed: sudo apt-get install espeak-ng")
    bots = Bots(given.url, given.api_key, given.avatar)
    app = web.Application()
    app.add_routes([web.get("/", _page), web.post("/offer", bots.answer)])
    web.run_app(app, host="localhost", port=given.port)


if __name__ == "__main__":
    main()
