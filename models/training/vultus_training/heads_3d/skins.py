"""Painted skins for ICT's neutral head, by the painter of the gallery: one texture fits every identity.

Paint is projected from the front onto a head whose lids are half shut and whose lips are parted a little, so
that what lids and lips fold away has texture of its own.

Run: python -m vultus_training.heads_3d.skins --count 40 --out work/heads-3d/skins
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import cv2
import numpy as np

from ..paths import DATA, TRAINING

sys.path.append(str(TRAINING / "gallery"))
import skin_paint  # noqa: E402
from head_mesh import Head, build_head  # noqa: E402

PAINT_POSE = {"eyeBlink_L": 0.45, "eyeBlink_R": 0.45, "jawOpen": 0.1}
TONES = [
    (0.96, 0.80, 0.70),
    (0.90, 0.71, 0.59),
    (0.82, 0.62, 0.48),
    (0.70, 0.50, 0.37),
    (0.52, 0.35, 0.26),
    (0.36, 0.235, 0.175),
]
"""sRGB, from the lightest to the darkest"""


def paint_head() -> Head:
    return build_head(DATA / "meshes" / "ict-facekit" / "ict-facekit.npz", {}, PAINT_POSE)


def texture_coordinates(head: Head) -> np.ndarray:
    """Place of every vertex in the painted texture, [26719, 2] of 0..1, y down."""
    return (skin_paint.to_px(head.vertices[:, :2]) / skin_paint.CANVAS_PX).astype(np.float32)


def random_skin(rng: np.random.Generator) -> skin_paint.Skin:
    depth = rng.uniform(0, len(TONES) - 1.001)
    low, high = np.array(TONES[int(depth)]), np.array(TONES[int(depth) + 1])
    tone = (low + (depth % 1) * (high - low)) * rng.uniform(0.95, 1.05, 3)
    made_up = rng.random() < 0.35
    bearded = not made_up and rng.random() < 0.4
    lips = tone * np.array([0.86, 0.60, 0.62]) * rng.uniform(0.85, 1.1)
    if made_up:
        lips = np.array([rng.uniform(0.45, 0.8), rng.uniform(0.12, 0.35), rng.uniform(0.15, 0.4)])
    grey = rng.random() < 0.15
    brows = np.array([0.55, 0.52, 0.5]) if grey else np.array([0.16, 0.11, 0.08]) * rng.uniform(0.5, 2.6)
    return skin_paint.Skin(
        tone=tuple(np.clip(tone, 0, 1)),
        blush=tuple(np.clip(tone * [1.0, 0.6, 0.6], 0, 1)),
        blush_strength=rng.uniform(0.1, 0.5),
        lips=tuple(np.clip(lips, 0, 1)),
        lips_strength=rng.uniform(0.45, 0.9),
        brows=tuple(np.clip(brows, 0, 1)),
        brow_thickness=rng.uniform(0.65, 1.3),
        brow_density=rng.uniform(0.5, 1.1),
        lash_line=rng.uniform(0.4, 1.0),
        eye_shadow=tuple(np.clip(tone * [0.6, 0.45, 0.45], 0, 1)),
        eye_shadow_strength=rng.uniform(0.1, 0.6 if made_up else 0.3),
        mottle=rng.uniform(0.3, 1.2),
        freckles=int(rng.integers(60, 300)) if rng.random() < 0.2 else 0,
        age=float(rng.choice([0.0, 0.3, 0.7, 1.0])),
        stubble=rng.uniform(0.2, 0.8) if bearded else 0.0,
        stubble_colour=tuple(np.clip(0.6 * brows + 0.4 * tone * 0.6, 0, 1)),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    head = paint_head()
    for index in range(arguments.count):
        target = arguments.out / f"{index:03d}.png"
        if target.exists():
            continue
        rng = np.random.default_rng([arguments.seed, index])
        albedo, height = skin_paint.paint_skin(head, random_skin(rng), rng)
        rgba = np.dstack([albedo[..., ::-1], height])
        cv2.imwrite(
            str(target), np.clip(255 * rgba + 0.5, 0, 255).astype(np.uint8), [cv2.IMWRITE_PNG_COMPRESSION, 1]
        )


if __name__ == "__main__":
    main()
