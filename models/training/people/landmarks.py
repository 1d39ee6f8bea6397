"""The 478 landmarks of MediaPipe's face mesh as points of hm08, and where they are in pictures.

`landmarks.csv` says on which triangle of the base mesh each lies (correspondence.py found them); irises lie
on the eyeballs. Which of them a pose moves, and whither, is then known exactly.

Run: python -m people.landmarks <folder of people>     writes landmarks.bin beside each head.json
"""

from __future__ import annotations

import argparse
import json
from functools import cache
from pathlib import Path

import numpy as np

from .body import Body, Pose
from .camera import camera_of
from .identity import person_of
from .view import View

FILE = Path(__file__).with_name("landmarks.csv")
SKIN_LANDMARKS = 468
LEFT_IRIS, RIGHT_IRIS = range(468, 473), range(473, 478)
SPAN = (-0.5, 1.5)
"""Picture fractions that 0 and 65535 stand for: a chin may leave the picture."""


@cache
def on_mesh() -> tuple[np.ndarray, np.ndarray]:
    rows = np.loadtxt(FILE, delimiter=",", skiprows=1)
    return rows[:, :3].astype(int), rows[:, 3:]


def landmarks_of(body: Body, pose: Pose) -> np.ndarray:
    """[478, 3] decimetres."""
    corners, shares = on_mesh()
    points = np.zeros((478, 3))
    points[:SKIN_LANDMARKS] = np.einsum("nk,nkx->nx", shares, body.posed(pose)[corners])
    rest, eyes = body.eyes_posed({}), body.eyes_posed(pose)
    for side, ids in ((1, LEFT_IRIS), (-1, RIGHT_IRIS)):
        own = np.flatnonzero(body.eye_side == side)
        front = own[np.argsort(-rest[own, 2])[:12]]
        points[list(ids)] = eyes[front].mean(0)
        middle = eyes[own].mean(0)
        outwards = (points[ids[0]] - middle) / np.linalg.norm(points[ids[0]] - middle)
        across = np.cross([0.0, 1.0, 0.0], outwards)
        radius = IRIS_SHARE * np.linalg.norm(points[ids[0]] - middle)
        for i, way in zip(
            ids[1:], (across, np.cross(outwards, across), -across, -np.cross(outwards, across)), strict=True
        ):
            points[i] = points[ids[0]] + radius * way
    return points


IRIS_SHARE = 0.42
"""Radius of the iris in radii of the eyeball."""


def write_landmarks(folder: Path) -> None:
    about = json.loads((folder / "head.json").read_text())
    seed = about["person"]["seed"]
    body = Body(person_of(seed))
    view = View.of(camera_of(seed), body)
    poses = [{}, *(frame["pose"] for frame in about["frames"])]
    places = np.array([view.project(landmarks_of(body, pose)) for pose in poses])
    low, high = SPAN
    values = np.round(np.clip((places - low) / (high - low), 0, 1) * 65535)
    (folder / "landmarks.bin").write_bytes(values.astype("<u2").tobytes())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    for file in sorted(parser.parse_args().folder.glob("*/head.json")):
        write_landmarks(file.parent)


if __name__ == "__main__":
    main()
