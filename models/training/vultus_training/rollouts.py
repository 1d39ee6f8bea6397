"""Sampling and streaming of the denoiser in training: what it shows when it goes on from its own past."""

from __future__ import annotations

import numpy as np
import torch

from .channels import SIZE
from .denoiser import CACHE, Denoiser, Plan
from .motion_windows import Windows
from .paths import WORK

#: Noise levels of the many-step teacher and of the student.
TEACHER_TIMES = (1.0, 0.9, 0.75, 0.6, 0.45, 0.3, 0.15)
STUDENT_TIMES = (1.0, 0.5)


def sample(predict, noise: torch.Tensor, times: tuple[float, ...]) -> list[torch.Tensor]:
    """Deterministic sampler of the runtime; `predict(x, t)` → x0. Returns the x0 of every step."""
    x, out = noise, []
    for k, t in enumerate(times):
        clean = predict(x, t)
        out.append(clean)
        if k + 1 < len(times):
            to = times[k + 1]
            direction = (x - (1 - t) * clean) / t
            x = (1 - to) * clean + to * direction
    return out


@torch.no_grad()
def rollout(model: Denoiser, windows: Windows, plan: Plan, controls: torch.Tensor) -> torch.Tensor:
    """Streams the window in two steps with the model's own past; returns motion [b, K + T, 58] normalised."""
    past = (windows.motion - model.mean) / model.std
    shown = past.clone()
    low, high = model_limits(model)
    for start, end in zip(plan.bounds[:-1], plan.bounds[1:], strict=True):
        cache = shown[:, start : start + CACHE] * model.std + model.mean
        audio = windows.audio[:, start : end + CACHE]

        def predict(x, t, audio=audio, cache=cache, start=start):
            return model.stream(x, torch.full((len(x),), t), audio, cache, controls[:, start])

        noise = torch.randn(len(past), end - start, SIZE)
        shown[:, start + CACHE : end + CACHE] = sample(predict, noise, STUDENT_TIMES)[-1].clamp(low, high)
    return shown


def model_limits(model: Denoiser) -> tuple[torch.Tensor, torch.Tensor]:
    """Training range in normalised units."""
    stats = np.load(WORK / "statistics.npz")
    low, high = (torch.tensor(stats[name], dtype=torch.float32) for name in ("min", "max"))
    return (low - model.mean) / model.std, (high - model.mean) / model.std
