"""Reads people into the frame of shades: how the luma of each cell changes from rest to pose.

Run: python -m shade.pairs /somewhere/train pairs.npz     (people with landmarks, see people/README.md)
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from PIL import Image

from .canonical import LANDMARKS, smoothed, unwrap
from .groups import NUISANCES, coefficients
from .light import LEVEL, light_of

SPAN = (-0.5, 1.5)
LARGEST = 0.5
"""Logarithms of larger ratios are no shade: an edge has moved."""
BLUR_CELLS = 1.0


def luma(file: Path) -> np.ndarray:
    return np.asarray(Image.open(file).convert("RGB"), float) @ [0.299, 0.587, 0.114]


def read_person(folder: Path) -> dict[str, np.ndarray]:
    about = json.loads((folder / "head.json").read_text())
    places = np.fromfile(folder / "landmarks.bin", "<u2").reshape(-1, LANDMARKS, 2) / 65535
    places = SPAN[0] + (SPAN[1] - SPAN[0]) * places
    portrait = luma(folder / "rest.webp")
    rest, sure = unwrap(np.log(portrait + LEVEL), places[0])
    changes, weights, rows = [], [], []
    for number, frame in enumerate(about["frames"], 1):
        posed, seen = unwrap(np.log(luma(folder / f"{number:02d}.webp") + LEVEL), places[number])
        weight = sure * seen
        changes.append(np.clip(smoothed(posed - rest, weight, BLUR_CELLS), -LARGEST, LARGEST))
        weights.append(weight)
        rows.append(coefficients(frame["pose"], about["person"]["expression"]))
    return {
        "rest": rest.astype(np.float16),
        "light": light_of(portrait, places[0]).astype(np.float32),
        "glasses": np.bool_(about["person"]["glasses"] is not None),
        "changes": np.array(changes, np.float16),
        "weights": np.array(weights, np.float16),
        "coefficients": np.array(rows, np.float32),
        "nuisances": np.array(
            [[frame["pose"].get(name, 0.0) for name in NUISANCES] for frame in about["frames"]], np.float32
        ),
        "seed": np.int32(about["person"]["seed"]),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    people = [read_person(file.parent) for file in sorted(arguments.folder.glob("*/landmarks.bin"))]
    np.savez(arguments.out, **{key: np.array([person[key] for person in people]) for key in people[0]})
    print(len(people), "people")


if __name__ == "__main__":
    main()
