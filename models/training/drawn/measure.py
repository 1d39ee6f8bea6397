"""Errors on characters that training never saw, style by style: `python -m drawn.measure [--pack ../builtin]`.

The points network sees a cut about the true face, off by as much as the detector's are; errors are in eye distances."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import onnx
from onnx.reference import ReferenceEvaluator

from . import points as P
from .character import character
from .looks import HELD_OUT_STYLES, STYLES
from .network import POINTS_SIDE
from .samples import REGION, cut, region_of, to_cut

PACK = Path(__file__).parents[2] / "builtin"


def runner(file: Path):
    """ONNX Runtime where it is installed; the reference else, which is slow."""
    try:
        from onnxruntime import InferenceSession
    except ImportError:
        evaluator = ReferenceEvaluator(onnx.load(file))
    else:
        evaluator = InferenceSession(str(file))
    return lambda picture: evaluator.run(None, {"picture": picture})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pack", type=Path, default=PACK)
    parser.add_argument("--each", type=int, default=40, help="characters of each style")
    options = parser.parse_args()
    run, rng = runner(options.pack / "drawn-points.onnx"), np.random.default_rng(0)
    rows: dict[str, list[np.ndarray]] = {}
    for style in (*STYLES, *HELD_OUT_STYLES):
        for seed in range(options.each):
            made = character(1000 + seed, (style,), without=0)
            x, y, size, roll = region_of(made.points)
            x, y = np.array([x, y]) + 0.02 * size * rng.normal(size=2)
            side, angle = REGION * size * np.exp(0.03 * rng.normal()), roll + 0.03 * rng.normal()
            picture = np.asarray(cut(made.rgb, x, y, side, angle, POINTS_SIDE, False), np.float32) / 255
            said = run(picture.transpose(2, 0, 1)[None])[0][0]
            true = to_cut(made.points, x, y, side, angle, POINTS_SIDE, False)
            unit = max(P.eye_distance(true), 0.25 * POINTS_SIDE)
            rows.setdefault(style, []).append(np.linalg.norm(said[:, :2] - true, axis=1) / unit)
    print("| style | all, median face | share of faces within 4 % |", " | ".join(P.GROUPS), "|")
    for style, errors in rows.items():
        off = np.stack(errors)
        faces = np.median(off, axis=1)
        groups = (f"{100 * np.median(off[:, group]):.1f}" for group in P.GROUPS.values())
        print(
            f"| {style} | {100 * np.median(faces):.1f} % | {100 * np.mean(faces < 0.04):.0f} % |",
            " | ".join(groups),
            "|",
        )


if __name__ == "__main__":
    main()
