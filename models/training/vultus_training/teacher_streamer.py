"""A torch denoiser in place of a pack's motion graph, so that the many-step teacher is measured beside it."""

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


def torch_streamer(pack: Path, calibration: Calibration, weights: Path, times: tuple[float, ...]) -> Streamer:
    """The same pack with a torch denoiser of these `weights` and steps in place of the motion graph, in the
    same wrapping."""
    denoiser = Denoiser().eval()
    denoiser.load_state_dict(torch.load(weights))
    encoder = AudioEncoder()
    encoder.load_state_dict(torch.load(WORK / "encoder.pt"))
    graph = MotionGraph(denoiser, encoder, calibration, times).eval()
    streamer = Streamer(pack)
    streamer.times = list(times)

    @torch.no_grad()
    def predict(noisy, time_, audio, cache, controls):
        tensors = [torch.from_numpy(np.ascontiguousarray(a)) for a in (noisy, time_, audio, cache, controls)]
        return graph(*tensors).numpy()

    streamer.predict = predict  # type: ignore[method-assign]
    return streamer


def calibrated_teacher(pack: Path) -> Streamer:
    """The teacher with a head sampled as hot as its own steps need it."""
    calibration = Calibration.load()
    weights = WORK / "teacher.pt"
    cold = torch_streamer(pack, replace(calibration, head=np.ones((3, 3))), weights, TEACHER_TIMES)
    [heat] = calibrate_head(cold, blocks=(2,))
    hot = replace(calibration, head=np.stack([heat, heat, heat]))
    return torch_streamer(pack, hot, weights, TEACHER_TIMES)
