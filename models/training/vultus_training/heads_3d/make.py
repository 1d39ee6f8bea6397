"""Writes heads: the picture at rest, pictures under known motion frames, and where the landmarks truly are.

One folder per head:
    rest.webp, 01.webp …   512 × 512, one per frame
    mattes.webp            the person, 128 × 128 per frame, stacked downwards (lossless)
    landmarks.bin          uint16 little-endian [1 + frames, 478, 2], picture fractions × 65535, rest first
    head.json              {"frames": [{"kind": …, "pose": {channel: value, …}}, …]}

Run: python -m vultus_training.heads_3d.make --skins work/heads-3d/skins --out work/heads-3d/train
     python -m vultus_training.heads_3d.make --skins … --out ../../bench/ground-truth/heads \\
         --heads 9000:9006 --measured --quality 88
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import cv2
import numpy as np

from ..paths import DATA
from .draw import Studio, noise_texture
from .face_model import FaceModel
from .motions import MEASURED, random_pose, to_frame
from .portrait import Portrait
from .skins import paint_head, texture_coordinates

SIDE, MATTE_SIDE = 512, 128
DRAWN_SIDE = 768
"""pictures are drawn larger than they are kept"""


def reduced(image: np.ndarray, side: int) -> np.ndarray:
    return cv2.resize(image, (side, side), interpolation=cv2.INTER_AREA)


def write_picture(path: Path, rgb: np.ndarray, quality: int) -> None:
    cv2.imwrite(str(path), rgb[..., ::-1], [cv2.IMWRITE_WEBP_QUALITY, quality])


def write_head(
    folder: Path, portrait: Portrait, studio: Studio, poses: list[tuple[str, dict]], quality: int
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    rest = portrait.draw(studio, to_frame({}), SIDE)
    write_picture(folder / "rest.webp", rest.rgb, quality)
    landmarks, mattes = [rest.landmarks], []
    for index, (_, pose) in enumerate(poses, 1):
        picture = portrait.draw(studio, to_frame(pose), SIDE)
        write_picture(folder / f"{index:02d}.webp", picture.rgb, quality)
        landmarks.append(picture.landmarks)
        mattes.append(reduced(picture.matte, MATTE_SIDE))
    write_picture(folder / "mattes.webp", np.repeat(np.concatenate(mattes)[..., None], 3, 2), 101)
    fractions = np.clip(np.array(landmarks) * 65535 + 0.5, 0, 65535)
    (folder / "landmarks.bin").write_bytes(fractions.astype("<u2").tobytes())
    frames = [{"kind": kind, "pose": {k: round(v, 5) for k, v in pose.items() if v}} for kind, pose in poses]
    (folder / "head.json").write_text(json.dumps({"frames": frames}, indent=1) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--skins", type=Path, required=True, help="from vultus_training.heads_3d.skins")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--heads", default="0:300", help="from:to, also the seeds")
    parser.add_argument("--frames", type=int, default=12)
    parser.add_argument(
        "--measured", action="store_true", help="the bench's motion frames instead of random ones"
    )
    parser.add_argument("--quality", type=int, default=95)
    arguments = parser.parse_args()
    model = FaceModel(DATA / "meshes")
    coordinates = texture_coordinates(paint_head())
    files = sorted(arguments.skins.glob("*.png"))
    studio = Studio(DRAWN_SIDE)
    studio.set_texture("noise", 1, noise_texture(np.random.default_rng(1)))
    first, last = (int(part) for part in arguments.heads.split(":"))
    for seed in range(first, last):
        folder = arguments.out / f"{seed:04d}"
        if (folder / "head.json").exists():
            continue
        rng = np.random.default_rng(seed)
        skin = cv2.imread(str(files[rng.integers(len(files))]), cv2.IMREAD_UNCHANGED)[..., [2, 1, 0, 3]]
        portrait = Portrait(model, skin, coordinates, rng)
        poses = (
            MEASURED
            if arguments.measured
            else [("random", random_pose(rng)) for _ in range(arguments.frames)]
        )
        write_head(folder, portrait, studio, poses, arguments.quality)
        print(folder, flush=True)


if __name__ == "__main__":
    main()
