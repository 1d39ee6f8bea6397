"""A Pipecat pipeline with nothing in it but the service under test."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from pipecat.frames.frames import EndFrame, ErrorFrame, Frame, OutputTransportReadyFrame
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.workers.runner import WorkerRunner

from vultus.pipecat import VultusVideoService


class Notebook(FrameProcessor):
    """Writes down what comes by, and when."""

    def __init__(self) -> None:
        super().__init__()
        self.frames: list[tuple[float, Frame]] = []
        self.news = asyncio.Condition()

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        async with self.news:
            self.frames.append((time.perf_counter(), frame))
            self.news.notify_all()
        await self.push_frame(frame, direction)


class Bot:
    """Runs until it is told to end."""

    def __init__(self, service: VultusVideoService, rate_hz: int = 24_000) -> None:
        self.service = service
        self._before, self._after = Notebook(), Notebook()
        pipeline = Pipeline([self._before, service, self._after])
        self.worker = PipelineWorker(
            pipeline,
            cancel_on_idle_timeout=False,
            enable_rtvi=False,
            params=PipelineParams(audio_out_sample_rate=rate_hz),
        )
        self._runner = WorkerRunner(handle_sigint=False)

    async def __aenter__(self) -> Self:
        started = asyncio.Event()

        @self.worker.event_handler("on_pipeline_started")
        async def _started(worker: PipelineWorker, frame: Frame) -> None:
            started.set()

        await self._runner.add_workers(self.worker)
        self._running = asyncio.create_task(self._runner.run())
        await started.wait()
        await self.send(OutputTransportReadyFrame())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._running.done():
            await (self.send(EndFrame()) if kind is None else self.worker.cancel())
        await self._running

    async def send(self, *frames: Frame) -> None:
        for frame in frames:
            await self.worker.queue_frame(frame)

    @property
    def frames(self) -> list[tuple[float, Frame]]:
        """All that has come out at the end, with times."""
        return self._after.frames

    def all(self, kind: type[Frame], since: int = 0) -> list[Frame]:
        return [frame for _, frame in self.frames[since:] if isinstance(frame, kind)]

    @property
    def errors(self) -> list[str]:
        return [frame.error for _, frame in self._before.frames if isinstance(frame, ErrorFrame)]

    async def until(self, has_come: Callable[[], object]) -> None:
        """Looks again at each frame, and each error."""
        while not has_come():
            for notebook in (self._after, self._before):
                try:
                    async with asyncio.timeout(0.1), notebook.news:
                        await notebook.news.wait()
                    break
                except TimeoutError:
                    continue
