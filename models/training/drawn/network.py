"""The two networks of the finder: where a drawn face is in a picture, and where its points are in a cut of it."""

from __future__ import annotations

import torch
from torch import nn

from . import points as P

DETECTOR_SIDE = 128
CELL = 8
"""pixels of the detector's input to a cell of its answer"""
DETECTOR_VALUES = 6
"""of each cell: score, middle in cells from the cell's own (2), logarithm of the size in cells, cosine and sine of roll"""
POINTS_SIDE = 128
POINTS_CELL = 8
POINT_WIDTHS = (32, 64, 96, 128)
GLOBALS = 6
"""yaw, pitch; odds that it is a face, that the right eye is shut, the left one, that the mouth is open"""


def conv(a: int, b: int, stride: int = 1, size: int = 3) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(a, b, size, stride, size // 2), nn.ReLU(True))


class Residual(nn.Module):
    """Without norms, which cost as much as the convolutions here: the branch begins as nothing (Zhang et al., Fixup,
    2019)."""

    def __init__(self, n: int) -> None:
        super().__init__()
        self.first, self.second = nn.Conv2d(n, n, 3, 1, 1), nn.Conv2d(n, n, 3, 1, 1)
        nn.init.kaiming_normal_(self.first.weight, nonlinearity="relu")
        nn.init.zeros_(self.second.weight)

    def forward(self, x):
        return torch.relu(x + self.second(torch.relu(self.first(x))))


class Hourglass(nn.Module):
    """Patches of 4 × 4 pixels, down to 1/32, up again to 1/8."""

    def __init__(self, widths: tuple[int, ...], blocks: tuple[int, ...]) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, widths[0], 4, 4), nn.ReLU(True))
        self.down = nn.ModuleList(
            nn.Sequential(conv(a, b, 2), *(Residual(b) for _ in range(n)))
            for a, b, n in zip(widths[:-1], widths[1:], blocks, strict=True)
        )
        back = widths[:0:-1]
        self.across = nn.ModuleList(nn.Conv2d(a, b, 1) for a, b in zip(back[:-1], back[1:], strict=True))
        self.up = nn.ModuleList(Residual(b) for b in back[1:])

    def forward(self, x):
        x = self.stem(x)
        kept = []
        for step in self.down:
            x = step(x)
            kept.append(x)
        deepest = x
        for across, up, beside in zip(self.across, self.up, kept[-2::-1], strict=True):
            x = up(nn.functional.interpolate(across(x), scale_factor=2.0, mode="nearest") + beside)
        return x, deepest


class Detector(nn.Module):
    """Pictures `[n, 3, 128, 128]`, 0..1 → `[n, 6, 16, 16]`."""

    def __init__(self) -> None:
        super().__init__()
        self.body = Hourglass((32, 48, 64, 64), (1, 1, 1))
        self.head = nn.Conv2d(48, DETECTOR_VALUES, 1)
        nn.init.constant_(self.head.bias, 0)
        self.head.bias.data[0] = -4

    def forward(self, picture):
        return self.head(self.body(picture - 0.5)[0])


class PointFinder(nn.Module):
    """Cuts `[n, 3, 128, 128]`, 0..1 → points `[n, 74, 3]` (x, y in pixels of the cut, logarithm of the mean error in
    eye distances) and `[n, 6]` of the whole face."""

    def __init__(self) -> None:
        super().__init__()
        self.body = Hourglass(POINT_WIDTHS, (2, 1, 1))
        self.head = nn.Sequential(nn.Conv2d(POINT_WIDTHS[1], 2 * P.COUNT, 1))
        self.whole = nn.Sequential(nn.Linear(POINT_WIDTHS[-1], 64), nn.ReLU(True), nn.Linear(64, GLOBALS))

    def maps(self, cut):
        x, deepest = self.body(cut - 0.5)
        return self.head(x), self.whole(deepest.mean((2, 3)))

    def read(self, maps):
        heat, doubt = maps.float().flatten(2).split(P.COUNT, 1)
        share = heat.softmax(-1)
        side = POINTS_SIDE // POINTS_CELL
        place = (torch.arange(side, device=maps.device) + 0.5) * POINTS_CELL
        grid = share.unflatten(-1, (side, side))
        x = (grid.sum(-2) * place).sum(-1)
        y = (grid.sum(-1) * place).sum(-1)
        return torch.stack([x, y, (share * doubt).sum(-1)], -1), heat

    def forward(self, cut):
        maps, whole = self.maps(cut)
        return self.read(maps)[0], whole.float()
