"""A torch denoiser in place of a pack's motion graph, so that the many-step teacher is measured beside it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from .calibration import Calibration
from .denoiser import Denoiser
from .encoder import AudioEncoder
from .graphs import MotionGraph
from .paths import WORK
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

    @torch.no_grad()
    def make(*inputs: np.ndarray) -> np.ndarray:
        return graph(*[torch.from_numpy(np.ascontiguousarray(a)) for a in inputs])[0].numpy()

    streamer.make = make  # type: ignore[method-assign]
    return streamer
