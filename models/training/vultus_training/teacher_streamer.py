"""The many-step teacher in place of a pack's student, to be measured beside it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from .calibration import Calibration, calibrate_head
from .denoiser import Denoiser
from .encoder import AudioEncoder
from .graphs import MotionGraph
from .paths import WORK
from .rollouts import TEACHER_TIMES
from .streaming import Streamer


def teacher_streamer(pack: Path, calibration: Calibration) -> Streamer:
    """The same pack with the torch teacher and its many steps in place of the motion graph, in the same
    wrapping."""
    teacher = Denoiser().eval()
    teacher.load_state_dict(torch.load(WORK / "teacher.pt"))
    encoder = AudioEncoder()
    encoder.load_state_dict(torch.load(WORK / "encoder.pt"))
    graph = MotionGraph(teacher, encoder, calibration, TEACHER_TIMES).eval()
    streamer = Streamer(pack)
    streamer.times = list(TEACHER_TIMES)

    @torch.no_grad()
    def predict(noisy, time_, audio, cache, controls):
        tensors = [torch.from_numpy(np.ascontiguousarray(a)) for a in (noisy, time_, audio, cache, controls)]
        return graph(*tensors).numpy()

    streamer.predict = predict  # type: ignore[method-assign]
    return streamer


def calibrated_teacher(pack: Path) -> Streamer:
    """The teacher with a head sampled as hot as its own steps need it."""
    calibration = Calibration.load()
    cold = teacher_streamer(pack, replace(calibration, head=np.ones((3, 3))))
    [heat] = calibrate_head(cold, blocks=(2,))
    return teacher_streamer(pack, replace(calibration, head=np.stack([heat, heat, heat])))
