"""The repair network of one part: crop and some channels of the motion frame → field of small corrections."""

from __future__ import annotations

import torch
from torch import nn

from .field import CHANNELS, limits
from .parts import PLANES, Part


def block(inputs: int, outputs: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(inputs, outputs, 3, stride, 1), nn.LeakyReLU(0.1))


class Repair(nn.Module):
    def __init__(self, part: Part, width: int = 16) -> None:
        super().__init__()
        wide = 2 * width
        self.enter = nn.Sequential(block(PLANES, width, 2), block(width, width))
        self.down = block(width, wide, 2)
        self.motion = nn.Linear(part.motion, 2 * wide)
        self.deep = nn.Sequential(block(wide, wide), block(wide, wide))
        self.rise = nn.Conv2d(wide, width, 1)
        self.leave = block(width, width)
        self.answer = nn.Conv2d(width, CHANNELS, 3, padding=1)
        nn.init.zeros_(self.answer.weight)
        nn.init.zeros_(self.answer.bias)
        self.register_buffer("limits", limits())
        self.register_buffer("fade", border_fade(part.grid))

    def forward(self, crop: torch.Tensor, motion: torch.Tensor) -> torch.Tensor:
        """`crop` [n, 8, cells, cells], `motion` [n, values] → field [n, 14, grid, grid], see field.py."""
        scale, shift = self.motion(motion)[..., None, None].chunk(2, 1)
        fine = self.enter(crop)
        deep = self.deep(self.down(fine) * (1 + scale) + shift)
        risen = nn.functional.interpolate(self.rise(deep), scale_factor=2.0, mode="bilinear")
        return torch.tanh(self.answer(self.leave(fine + risen))) * self.limits * self.fade


def border_fade(grid: int, width: float = 4.0) -> torch.Tensor:
    """[grid, grid]: 1 inside, 0 at the border."""
    from_border = torch.minimum(torch.arange(grid), torch.arange(grid).flip(0)).float()
    edge = (from_border / width).clamp(0, 1)
    edge = edge * edge * (3 - 2 * edge)
    return edge[:, None] * edge
