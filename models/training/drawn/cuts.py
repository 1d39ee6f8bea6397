"""Cuts of the pool, some of each character, so that training need not make them: `python -m drawn.cuts --pool DIR`."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np

from .pool import Pool
from .samples import detector_sample, points_sample

PARTS = {"detector": (detector_sample, 3), "points": (points_sample, 5)}
"""how a cut is made, and how many of each character"""


class Cuts:
    """`pictures [n, 128, 128, 3]` uint8, `labels [n, …]`, and `ready`, how many there are yet."""

    def __init__(self, folder: Path, part: str, count: int, values: int, mode: str = "r") -> None:
        self.pictures = np.memmap(folder / f"{part}.u8", np.uint8, mode, shape=(count, 128, 128, 3))
        self.labels = np.memmap(folder / f"{part}.f32", np.float32, mode, shape=(count, values))
        self.ready = np.memmap(folder / f"{part}.n", np.int64, mode, shape=(1,))


def values_of(part: str) -> int:
    return {"detector": 7 * 16 * 16, "points": 154}[part]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pool", type=Path, required=True)
    parser.add_argument("--count", type=int, default=6000)
    parser.add_argument("--first", type=int, default=0, help="goes on where cuts are there")
    options = parser.parse_args()
    pool, rng = Pool(options.pool, options.count), np.random.default_rng(1)
    out = {
        part: Cuts(options.pool, part, each * options.count, values_of(part), "r+" if options.first else "w+")
        for part, (_, each) in PARTS.items()
    }
    for index in range(options.first, options.count):
        while index >= pool.drawn():
            time.sleep(2)
        for part, (sample, each) in PARTS.items():
            for k in range(each):
                at = index * each + k
                out[part].pictures[at], out[part].labels[at] = sample(pool, index, rng)
            out[part].ready[0] = (index + 1) * each


if __name__ == "__main__":
    main()
