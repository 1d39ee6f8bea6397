"""Fits the maps: what each motion coefficient does to the logarithm of the luma of each cell of the skin.

It is a sum of a part that holds in any light, of three that grow with the light on the portrait from the right, from
below and from the front, and of one that grows with the portrait's own folds (folds.py). All but the last are fitted, each
cell by itself, by robust ridge regression over people and poses, mirrored ones too.

Run: python -m shade.fit pairs.npz [--held-out 130:150] [--out ../builtin/shade.bin]
Then: python -m vultus_training.pack_files
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw
from scipy.ndimage import binary_dilation, distance_transform_edt, gaussian_filter

from .canonical import HEIGHT, WIDTH, frame, places
from .folds import deepening
from .groups import GROUPS, MIRRORED, TURNS, UPPER_FACE, WHOLE_FACE
from .topology import CREASES, FACE_OVAL, OUTER_LIPS

RIDGE = 2.0
OUTLYING = 0.06
"""Logarithms farther off count less (Huber): hair, rims of glasses and lips have moved."""
PASSES = 3
LIGHT_SCALE = 2.0
"""Of the light's columns, so that the ridge means the same to them."""
TERMS = 4
BORDER_FADE, EYE_FADE = 7.0, 4.0
"""Cells over which nothing becomes all."""
LIP_MARGIN = 1
SMOOTH = 0.7
EDGE_ROWS = [(34, 46), (66, 52)]
"""Between which what moves the lower half of the face, and the upper one, comes to nothing."""
BELOW_GLASSES = 52
"""Row of the frame."""
FILLED_WITHIN = 2.5
STRENGTH, STRENGTH_OF_TURNS = 1.3, 0.7
"""Set by eye on photographs: what an expression changes is hardly seen as it is. A turn changes the whole face, and the
hair and the neck around it do not follow."""
EDGE_ROWS = [(34, 46), (66, 52)]
"""Between which what moves the lower half of the face, and the upper one, comes to nothing."""
BELOW_GLASSES = 52
"""Row of the frame."""
FILLED_WITHIN = 2.5
STRENGTH = 1.3
"""Set by eye on photographs: as foreseen, a change is hardly seen; four fifths of what it gains in error remain."""


def polygon(points: list[int]) -> np.ndarray:
    image = Image.new("L", (WIDTH, HEIGHT))
    ImageDraw.Draw(image).polygon([tuple(places()[i]) for i in points], fill=1)
    return np.asarray(image) > 0


def fade(inside: np.ndarray, cells: float) -> np.ndarray:
    share = np.clip(distance_transform_edt(inside) - 1, 0, cells) / cells
    return share * share * (3 - 2 * share)


def eyes() -> np.ndarray:
    return polygon(CREASES[0]) | polygon(CREASES[1])


def clear() -> np.ndarray:
    """Skin away from what lids and borders do."""
    return frame().skin & (fade(polygon(FACE_OVAL), BORDER_FADE) * fade(~eyes(), EYE_FADE) > 0.5)


def rows_of(data: dict[str, np.ndarray]) -> np.ndarray:
    """[people, poses, groups * TERMS + nuisances]"""
    own, light = data["coefficients"], LIGHT_SCALE * data["light"][:, None, None, :]
    lit = own[..., None] * np.concatenate([np.ones_like(light[..., :1]), light], -1)
    return np.concatenate([lit.reshape(*own.shape[:2], -1), data["nuisances"]], -1).astype(np.float32)


def mirrored(data: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    signs = np.array([-1 if group in MIRRORED else 1 for group in GROUPS])
    return {
        **data,
        "changes": data["changes"][..., ::-1],
        "weights": data["weights"][..., ::-1],
        "coefficients": data["coefficients"] * signs,
        "light": data["light"] * [-1, 1, 1],
    }


def fit(data: dict[str, np.ndarray], cells: np.ndarray) -> np.ndarray:
    """[groups * TERMS, cells]"""
    both = [data, mirrored(data)]
    rows = np.concatenate([rows_of(part) for part in both]).reshape(-1, len(GROUPS) * TERMS + data["nuisances"].shape[-1])
    changes, weights = (
        np.concatenate([part[key][:, :, cells] for part in both]).reshape(len(rows), -1).astype(np.float32)
        for key in ("changes", "weights")
    )
    ridge = RIDGE * np.eye(rows.shape[1], dtype=np.float32)
    found = np.zeros((rows.shape[1], changes.shape[1]), np.float32)
    for cell in range(changes.shape[1]):
        weight, target = weights[:, cell], changes[:, cell]
        for _ in range(PASSES):
            pulled = rows * weight[:, None]
            found[:, cell] = np.linalg.solve(pulled.T @ rows + ridge, pulled.T @ target)
            off = np.abs(target - rows @ found[:, cell])
            weight = weights[:, cell] * np.minimum(1, OUTLYING / np.maximum(off, 1e-6))
    return found[: len(GROUPS) * TERMS]


def foreseen(found: np.ndarray, data: dict[str, np.ndarray]) -> np.ndarray:
    return rows_of(data)[..., : len(found)] @ found


def error(off: np.ndarray, weights: np.ndarray) -> float:
    return float((weights * np.minimum(np.abs(off), 0.25) ** 2).sum() / weights.sum())


def report(found: np.ndarray, cells: np.ndarray, data: dict[str, np.ndarray]) -> None:
    """What is left of the changes' squares on people that were held out."""
    changes, weights = data["changes"][:, :, cells].astype(float), data["weights"][:, :, cells].astype(float)
    off = changes - foreseen(found, data)
    rows, there = np.nonzero(cells)[0], clear()[cells]
    parts = {"face": there, "cheeks and chin": there & (rows > BELOW_GLASSES), "brows": there & (rows < 40)}
    for name, part in parts.items():
        before, after = error(changes[..., part], weights[..., part]), error(off[..., part], weights[..., part])
        said = (changes - off)[..., part]
        slope = (weights[..., part] * said * changes[..., part]).sum() / (weights[..., part] * said**2).sum()
        print(f"{name}: {before:.5f} -> {after:.5f} ({after / before:.3f}), slope {slope:.2f}")


def finished(found: np.ndarray, cells: np.ndarray) -> np.ndarray:
    """[groups, TERMS + 1, HEIGHT, WIDTH]: smooth, nothing at the face's borders; at last the folds. Lips wear the shade of the skin beside
    them, eyes that of a head that turns, but not of what lids and brows do."""
    maps = np.zeros((len(found), HEIGHT, WIDTH))
    maps[:, cells] = found
    maps = maps.reshape(len(GROUPS), TERMS, HEIGHT, WIDTH)
    maps[:, 1:] *= LIGHT_SCALE
    turns = np.array([group in TURNS for group in GROUPS])
    maps *= np.where(turns, STRENGTH_OF_TURNS, STRENGTH)[:, None, None, None]
    known = cells & ~binary_dilation(polygon(OUTER_LIPS), iterations=LIP_MARGIN) & ~eyes()
    wide = (0, 0, FILLED_WITHIN, FILLED_WITHIN)
    around = gaussian_filter(maps * known, wide) / np.maximum(gaussian_filter(known[None, None] * 1.0, wide), 1e-3)
    maps = gaussian_filter(np.where(known, maps, around), (0, 0, SMOOTH, SMOOTH))
    maps = np.concatenate([maps, deepening()[:, None]], 1)
    lids = fade(~eyes(), EYE_FADE)
    for number, group in enumerate(GROUPS):
        if group not in TURNS:
            maps[number] *= lids
        if group not in WHOLE_FACE:
            maps[number] *= reach(group)
    return maps * fade(polygon(FACE_OVAL), BORDER_FADE)


def reach(group: str) -> np.ndarray:
    """[HEIGHT, 1]: the half of the face that a group moves; beyond it a fit is chance."""
    first, last = EDGE_ROWS[group in UPPER_FACE]
    share = np.clip((np.arange(HEIGHT) - first) / (last - first), 0, 1)[:, None]
    return share * share * (3 - 2 * share)


def write(maps: np.ndarray, out: Path) -> None:
    steps = np.maximum(np.abs(maps).max((2, 3)) / 127, 1e-6).astype("<f4")
    out.write_bytes(steps.tobytes() + np.round(maps / steps[..., None, None]).astype(np.int8).tobytes())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pairs", type=Path)
    parser.add_argument("--held-out", default="130:150")
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    stored = dict(np.load(arguments.pairs))
    first, last = (int(part) for part in arguments.held_out.split(":"))
    held = (stored["seed"] >= first) & (stored["seed"] < last)
    part = lambda chosen: {key: value[chosen] for key, value in stored.items()}  # noqa: E731
    taught = part(~held)
    taught["weights"] = taught["weights"].copy()
    # Rims of glasses move over the skin.
    taught["weights"][taught["glasses"], :, :BELOW_GLASSES] = 0
    cells = frame().skin & polygon(FACE_OVAL)
    print(len(taught["seed"]), "people teach,", int(held.sum()), "are held out")
    found = fit(taught, cells)
    if held.any():
        report(found, cells, part(held))
    if arguments.out:
        write(finished(found, cells), arguments.out)


if __name__ == "__main__":
    main()
