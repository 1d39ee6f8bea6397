"""The parts of a picture that are repaired, as bench/ground-truth/repair/repair-crop.ts cuts them out."""

from __future__ import annotations

from dataclasses import dataclass

PLANES = 8
"""of a crop: four of luma (the samples of a cell), U, V, the distances to both rims of the opening"""


@dataclass(frozen=True)
class Part:
    name: str
    files: tuple[int, ...]
    """numbers of its files beside each head"""
    cells: int
    """across the crop"""
    motion: int
    """channels of the motion frame that the network is told"""
    mirrored_motion: tuple[tuple[int, int], ...] = ()
    """left and right channels, if the part is symmetric; head yaw is the last but one"""

    @property
    def grid(self) -> int:
        """Cells across the field that the network answers with."""
        return self.cells // 2

    @property
    def pixels(self) -> int:
        """Across the pictures of a pair."""
        return 4 * self.cells


MOUTH = Part("mouth", (0,), 48, 20, ((4, 5), (6, 7), (8, 9), (12, 13), (14, 15), (16, 17)))
EYES = Part("eyes", (1, 2), 32, 9)
PARTS = {part.name: part for part in (MOUTH, EYES)}
