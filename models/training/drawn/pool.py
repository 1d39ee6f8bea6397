"""Characters drawn in advance: `python -m drawn.pool --out DIR --count 6000`. Training reads those that are there yet."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from . import points as P
from .character import SIDE, character
from .looks import STYLES

LABELS = 2 * P.COUNT + 3 + 3 + 1
"""points, pose, flags, and whether there is a face"""
TRAINING_SEEDS = 100_000
"""from here on; those below are for measuring only"""


class Pool:
    def __init__(self, folder: Path, count: int, mode: str = "r") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.pictures = np.memmap(folder / "pictures.u8", np.uint8, mode, shape=(count, SIDE, SIDE, 3))
        self.labels = np.memmap(folder / "labels.f32", np.float32, mode, shape=(count, LABELS))
        self._drawn = folder / "drawn.txt"
        self._known = 0

    def drawn(self) -> int:
        """How many are there yet."""
        said = self._drawn.read_text() if self._drawn.exists() else ""
        # It may be read while it is written.
        self._known = max(self._known, int(said or 0))
        return self._known

    def add(self, index: int, seed: int, styles: tuple[str, ...] = STYLES) -> None:
        made = character(seed, styles)
        self.pictures[index] = made.rgb
        points = np.zeros((P.COUNT, 2)) if made.points is None else made.points
        self.labels[index] = np.concatenate([points.ravel(), made.pose, made.flags, [made.points is not None]])
        if index % 50 == 49:
            self._drawn.write_text(str(index + 1))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--count", type=int, default=6000)
    parser.add_argument("--first", type=int, default=0, help="goes on in a pool that is there")
    parser.add_argument("--styles", nargs="+", choices=STYLES, default=STYLES)
    options = parser.parse_args()
    pool = Pool(options.out, options.count, "r+" if options.first else "w+")
    for index in range(options.first, options.count):
        pool.add(index, TRAINING_SEEDS + index, tuple(options.styles))


if __name__ == "__main__":
    main()
