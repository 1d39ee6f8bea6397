"""What every training loop does around its own losses: run by the clock, descend, average the weights, keep
them on disk.

The exponential moving average has a warm-up: short runs must not remember their first weights.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import count
from math import cos, pi
from pathlib import Path

import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel


def timed_steps(
    minutes: float, optimizer: torch.optim.Optimizer, rate: float, warm_up: int
) -> Iterator[tuple[int, float]]:
    """(steps done, share of the time) for each step of a run that lasts `minutes`; the learning rate rises to
    `rate` over `warm_up` steps and falls to 4 % of it along half a cosine."""
    begun = time.time()
    for step in count():
        share = (time.time() - begun) / (minutes * 60)
        if share >= 1:
            return
        for group in optimizer.param_groups:
            group["lr"] = rate * min(1, (step + 1) / warm_up) * (0.04 + 0.96 * 0.5 * (1 + cos(pi * share)))
        yield step, share


def moving_average(model: nn.Module, decay: float) -> AveragedModel:
    """Averaged copy; after n updates the decay is min(decay, (1 + n) / (10 + n))."""

    def average(old, new, count):
        keep = min(decay, float(1 + count) / float(10 + count))
        return old + (new - old) * (1 - keep)

    return AveragedModel(model, avg_fn=average)


def descend(loss: torch.Tensor, model: nn.Module, optimizer: torch.optim.Optimizer, averaged: AveragedModel):
    """One step of the optimizer, the gradient clipped to norm 1, and of the moving average."""
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    averaged.update_parameters(model)


class Checkpoint:
    """The averaged weights on disk, so that a run that is cut short loses a minute at most."""

    INTERVAL_S = 60

    def __init__(self, averaged: AveragedModel, path: Path) -> None:
        self.averaged = averaged
        self.path = path
        self.saved = time.time()

    def save(self) -> None:
        torch.save(self.averaged.module.state_dict(), self.path)
        self.saved = time.time()

    def save_if_due(self) -> None:
        if time.time() - self.saved > self.INTERVAL_S:
            self.save()
