"""How MakeHuman's Face Units, a second hand's idea of ARKit's shapes, move the 478 landmarks.

They move every body of hm08 by as much. Canonical centimetres of `face_basis.py`, by the mean of people by seed.

Run: python -m people.landmark_units --out units.npz
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from vultus_training.face_basis import BLENDSHAPES, read_canonical, similarity

from .assets import DATA, face_units
from .body import Body, add_target
from .identity import person_of
from .landmarks import SKIN_LANDMARKS, on_mesh

PEOPLE = 16
"""whose mean a face is as large as"""


def landmark_units() -> np.ndarray:
    """[52, 468, 3], in the order of BLENDSHAPES."""
    canonical = read_canonical(DATA / "meshes" / "mediapipe" / "face_model_with_iris.obj")[:SKIN_LANDMARKS]
    corners, shares = on_mesh()
    bodies = [Body(person_of(seed)).neutral for seed in range(PEOPLE)]
    face = np.einsum("nk,nkx->nx", shares, np.mean(bodies, axis=0)[corners])
    scale, rotation, _ = similarity(face, canonical)
    units = np.zeros((len(BLENDSHAPES), SKIN_LANDMARKS, 3))
    for channel, name in enumerate(BLENDSHAPES):
        moved = np.zeros_like(bodies[0])
        add_target(moved, face_units()[name], scale)
        units[channel] = np.einsum("nk,nkx->nx", shares, moved[corners]) @ rotation.T
    return units


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True)
    np.savez_compressed(parser.parse_args().out, units=landmark_units())


if __name__ == "__main__":
    main()
