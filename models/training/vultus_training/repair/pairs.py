"""Reads what bench/ground-truth/repair/make-pairs.ts wrote beside the heads, and varies it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from .parts import PLANES, Part

COLOUR_UNIT = 64.0
"""levels per unit in a crop"""


@dataclass
class Pairs:
    crops: torch.Tensor
    """float32 [n, 8, cells, cells], as the network sees ours"""
    motion: torch.Tensor
    """float32 [n, channels]"""
    drawn: torch.Tensor
    """ours: uint8 [n, 1.5·side²], I420"""
    truth: torch.Tensor

    def __len__(self) -> int:
        return len(self.crops)

    def chosen(self, rows: torch.Tensor) -> Batch:
        luma, chroma = planes(self.drawn[rows])
        true_luma, true_chroma = planes(self.truth[rows])
        return Batch(self.crops[rows], self.motion[rows], luma, chroma, true_luma, true_chroma)


@dataclass
class Batch:
    """Pictures are float32 levels: luma [n, 1, s, s], chroma [n, 2, s/2, s/2]."""

    crop: torch.Tensor
    motion: torch.Tensor
    luma: torch.Tensor
    chroma: torch.Tensor
    true_luma: torch.Tensor
    true_chroma: torch.Tensor

    def mirrored(self, part: Part) -> Batch:
        crop = self.crop.flip(3)
        crop = torch.cat([crop[:, [1, 0, 3, 2]], crop[:, 4:]], 1)
        motion = self.motion.clone()
        for left, right in part.mirrored_motion:
            motion[:, [left, right]] = self.motion[:, [right, left]]
        motion[:, -2] *= -1
        pictures = (self.luma, self.chroma, self.true_luma, self.true_chroma)
        return Batch(crop, motion, *(picture.flip(3) for picture in pictures))

    def recoloured(self) -> Batch:
        """Other exposures and casts, the same for both sides of a pair."""
        count = len(self.crop)

        def draw(low: float, high: float, channels: int = 1) -> torch.Tensor:
            return torch.empty(count, channels, 1, 1).uniform_(low, high)

        gain, shift = draw(0.75, 1.2), draw(-20, 20)
        saturation, cast = draw(0.2, 1.3), draw(-8, 8, 2)

        def luma(values: torch.Tensor) -> torch.Tensor:
            return 128 + gain * (values - 128) + shift

        def chroma(values: torch.Tensor) -> torch.Tensor:
            return 128 + saturation * (values - 128) + cast

        levels = 128 + COLOUR_UNIT * self.crop[:, :6]
        crop = torch.cat([luma(levels[:, :4]), chroma(levels[:, 4:])], 1)
        crop = torch.cat([(crop - 128) / COLOUR_UNIT, self.crop[:, 6:]], 1)
        return Batch(
            crop,
            self.motion,
            luma(self.luma),
            chroma(self.chroma),
            luma(self.true_luma),
            chroma(self.true_chroma),
        )


def planes(i420: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    count, length = i420.shape
    side = round((length / 1.5) ** 0.5)
    levels = i420.float()
    luma = levels[:, : side * side].view(count, 1, side, side)
    return luma, levels[:, side * side :].view(count, 2, side // 2, side // 2)


def read_heads(folders: list[Path], part: Part) -> Pairs:
    parts = [read_file(folder, part, number) for folder in folders for number in part.files]
    joined = [torch.from_numpy(np.concatenate(arrays)) for arrays in zip(*parts, strict=True)]
    return Pairs(*joined)


def read_file(folder: Path, part: Part, number: int) -> tuple[np.ndarray, ...]:
    crops = np.fromfile(folder / f"crops-{number}.f32", "<f4").reshape(-1, PLANES, part.cells, part.cells)
    motion = np.fromfile(folder / f"motion-{number}.f32", "<f4").reshape(-1, part.motion)
    pairs = np.fromfile(folder / f"pairs-{number}.u8", np.uint8).reshape(len(crops), 2, -1)
    return crops, motion, pairs[:, 0], pairs[:, 1]
