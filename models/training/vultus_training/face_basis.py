"""Writes the face basis: how each ARKit blendshape moves the 478 face landmarks.

ICT-FaceKit (MIT, Li et al., "Learning Formation of Physically-Based Face Attributes", CVPR 2020) supplies the
expression shapes; the 478-point canonical face of MediaPipe (Apache-2.0) supplies the landmark topology.
The ICT neutral face is brought onto the canonical face by a thin-plate spline over the 68 Multi-PIE points;
each landmark then takes the expression deltas of the ICT surface around it. Lips and lids are matched only
with the side of the opening they belong to.

ARKit's coefficients have no shapes that are public. Beside ICT's scans, MakeHuman's Face Units (CC0) are a second
hand's idea of them, on the whole calmer: brows rise half as far, chins hardly. The basis is the mean of both,
but for eyes, which are fitted to each portrait, for lips that roll in or rise off the teeth, which f and v need, and for how far apart
the lips are, which speech is made by.

File layout (little-endian float32, no header), in canonical centimetres, x to the face's left, y up, z out:
    rest    [478, 3]      canonical landmarks with the lips closed
    deltas  [52, 478, 3]  displacement of each landmark at coefficient 1, in the channel order of BLENDSHAPES
`tongueOut` is zero: the tongue is part of the mouth interior, not of the skin.

Run: python -m vultus_training.face_basis --meshes ../../../shared/data/meshes --units units.npz
         --out ../builtin/face-basis.bin     (units.npz: people/landmark_units.py)
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from scipy.interpolate import RBFInterpolator
from scipy.spatial import cKDTree

BLENDSHAPES = [
    "eyeBlinkLeft",
    "eyeLookDownLeft",
    "eyeLookInLeft",
    "eyeLookOutLeft",
    "eyeLookUpLeft",
    "eyeSquintLeft",
    "eyeWideLeft",
    "eyeBlinkRight",
    "eyeLookDownRight",
    "eyeLookInRight",
    "eyeLookOutRight",
    "eyeLookUpRight",
    "eyeSquintRight",
    "eyeWideRight",
    "jawForward",
    "jawRight",
    "jawLeft",
    "jawOpen",
    "mouthClose",
    "mouthFunnel",
    "mouthPucker",
    "mouthRight",
    "mouthLeft",
    "mouthSmileLeft",
    "mouthSmileRight",
    "mouthFrownLeft",
    "mouthFrownRight",
    "mouthDimpleLeft",
    "mouthDimpleRight",
    "mouthStretchLeft",
    "mouthStretchRight",
    "mouthRollLower",
    "mouthRollUpper",
    "mouthShrugLower",
    "mouthShrugUpper",
    "mouthPressLeft",
    "mouthPressRight",
    "mouthLowerDownLeft",
    "mouthLowerDownRight",
    "mouthUpperUpLeft",
    "mouthUpperUpRight",
    "browDownLeft",
    "browDownRight",
    "browInnerUp",
    "browOuterUpLeft",
    "browOuterUpRight",
    "cheekPuff",
    "cheekSquintLeft",
    "cheekSquintRight",
    "noseSneerLeft",
    "noseSneerRight",
    "tongueOut",
]

# The 68 Multi-PIE points in the landmark topology, in Multi-PIE order (jaw, brows, nose, eyes, lips).
MULTI_PIE = [
    127, 234, 93, 132, 58, 172, 150, 176, 152, 400, 379, 397, 288, 361, 323, 454, 356,
    70, 63, 105, 66, 107, 336, 296, 334, 293, 300, 168, 197, 5, 4, 75, 97, 2, 326, 305,
    33, 160, 158, 133, 153, 144, 362, 385, 387, 263, 373, 380,
    61, 39, 37, 0, 267, 269, 291, 405, 314, 17, 84, 181, 78, 81, 13, 311, 308, 402, 14, 178,
]  # fmt: skip

# Lip rings from outer edge to inner edge, from the right corner to the left one; corners are listed apart.
UPPER_LIP = [
    [185, 40, 39, 37, 0, 267, 269, 270, 409],
    [184, 74, 73, 72, 11, 302, 303, 304, 408],
    [183, 42, 41, 38, 12, 268, 271, 272, 407],
    [191, 80, 81, 82, 13, 312, 311, 310, 415],
]
LOWER_LIP = [
    [146, 91, 181, 84, 17, 314, 405, 321, 375],
    [77, 90, 180, 85, 16, 315, 404, 320, 307],
    [96, 89, 179, 86, 15, 316, 403, 319, 325],
    [95, 88, 178, 87, 14, 317, 402, 318, 324],
]
LIP_CORNERS = [61, 76, 62, 78, 291, 306, 292, 308]
# Lid edges from the outer to the inner corner.
UPPER_LID = {"Right": [246, 161, 160, 159, 158, 157, 173], "Left": [466, 388, 387, 386, 385, 384, 398]}
LOWER_LID = {"Right": [7, 163, 144, 145, 153, 154, 155], "Left": [249, 390, 373, 374, 380, 381, 382]}
IRIS = {"Left": range(468, 473), "Right": range(473, 478)}  # in the order of @vladmandic/human

FACE_SKIN = slice(0, 9409)
EYEBALL = {"Left": slice(21451, 23021), "Right": slice(23021, 24591)}
JAW_SPLIT_CM = -1.45  # jawOpen lowers ICT's lip corner by this much: above it lies the upper lip
NOT_MIXED = ("eyeBlink", "eyeLook", "eyeWide", "mouthRoll", "mouthUpperUp", "tongueOut")
UNITS_SHARE = 0.5
NEIGHBOURS = 8
NEIGHBOUR_SIGMA_CM = 0.22


def read_canonical(path: Path) -> np.ndarray:
    """Canonical face, [478, 3] centimetres; lips closed, irises in the order of @vladmandic/human."""
    rows = [line.split()[1:4] for line in path.read_text().splitlines() if line.startswith("v ")]
    rest = np.array(rows, dtype=np.float64)
    if rest.shape != (478, 3):
        raise ValueError(f"{path}: expected 478 vertices, found {len(rest)}")
    right, left = rest[468:473].copy(), rest[473:478].copy()
    if right[:, 0].mean() < 0:  # MediaPipe lists the right eye first
        rest[468:473], rest[473:478] = left, right
    # The canonical mouth stands 5 mm open; a rest pose has closed lips.
    for depth, share in enumerate((0.0, 0.3, 0.7, 1.0)):
        upper, lower = np.array(UPPER_LIP[depth]), np.array(LOWER_LIP[depth])
        gap = rest[UPPER_LIP[3]] - rest[LOWER_LIP[3]]
        rest[upper] -= 0.5 * share * gap
        rest[lower] += 0.5 * share * gap
    return rest


def ict_deltas(kit: dict[str, np.ndarray]) -> np.ndarray:
    """ICT expression deltas in ARKit channel order, [52, vertices, 3]."""
    index = {name: i for i, name in enumerate(kit["expression_names"])}
    deltas = kit["expression_deltas"]
    result = np.zeros((len(BLENDSHAPES), deltas.shape[1], 3), dtype=np.float64)
    for channel, name in enumerate(BLENDSHAPES):
        ict_name = name.replace("Left", "_L").replace("Right", "_R")
        if name in index:
            parts = [name]
        elif ict_name in index:
            parts = [ict_name]
        else:
            parts = [f"{name}_L", f"{name}_R"]
        if name == "tongueOut":
            continue
        result[channel] = sum(deltas[index[part]].astype(np.float64) for part in parts)
    return result


def similarity(source: np.ndarray, target: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    """Scale, rotation [3, 3] and shift [3] that bring `source` onto `target` (Umeyama 1991)."""
    mean_s, mean_t = source.mean(0), target.mean(0)
    u, d, vt = np.linalg.svd((target - mean_t).T @ (source - mean_s))
    sign = np.diag([1.0, 1.0, np.sign(np.linalg.det(u @ vt))])
    rotation = u @ sign @ vt
    scale = float((d * np.diag(sign)).sum() / ((source - mean_s) ** 2).sum())
    return scale, rotation, mean_t - scale * rotation @ mean_s


def landmark_weights(kit: dict[str, np.ndarray], rest: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """ICT vertices [468, NEIGHBOURS] around each landmark of the skin, and their weights (rows sum to 1)."""
    aligned, turn = align(kit, rest)
    warp = RBFInterpolator(
        aligned[kit["landmarks68"]], rest[MULTI_PIE] - aligned[kit["landmarks68"]],
        kernel="linear", smoothing=1e-3,
    )  # fmt: skip
    skin = aligned[FACE_SKIN] + warp(aligned[FACE_SKIN])

    deltas = ict_deltas(kit) @ turn.T
    jaw = deltas[BLENDSHAPES.index("jawOpen"), FACE_SKIN, 1]
    blink = {side: deltas[BLENDSHAPES.index(f"eyeBlink{side}"), FACE_SKIN, 1] for side in ("Left", "Right")}
    everywhere = np.ones(len(skin), dtype=bool)
    allowed: dict[int, np.ndarray] = {}
    allowed.update({i: jaw > JAW_SPLIT_CM for ring in UPPER_LIP for i in ring})
    allowed.update({i: jaw < JAW_SPLIT_CM for ring in LOWER_LIP for i in ring})
    for side in ("Left", "Right"):
        allowed.update({i: blink[side] < -0.3 for i in UPPER_LID[side]})
        allowed.update({i: blink[side] > -0.3 for i in LOWER_LID[side]})

    vertices = np.zeros((468, NEIGHBOURS), dtype=int)
    weights = np.zeros((468, NEIGHBOURS))
    trees: dict[bytes, tuple[cKDTree, np.ndarray]] = {}
    for i in range(468):
        mask = allowed.get(i, everywhere)
        key = mask.tobytes()
        if key not in trees:
            ids = np.flatnonzero(mask)
            trees[key] = (cKDTree(skin[ids]), ids)
        tree, ids = trees[key]
        distance, nearest = tree.query(rest[i], k=NEIGHBOURS)
        weight = np.exp(-0.5 * ((distance - distance[0]) / NEIGHBOUR_SIGMA_CM) ** 2)
        vertices[i], weights[i] = ids[nearest], weight / weight.sum()
    return vertices, weights


def cornea(aligned: np.ndarray, side: str) -> np.ndarray:
    """The foremost vertices of an eyeball: their mean is the middle of the iris."""
    ball = np.arange(len(aligned))[EYEBALL[side]]
    return ball[np.argsort(-aligned[ball, 2])[:60]]


def align(kit: dict[str, np.ndarray], rest: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """ICT's neutral head on the landmarks, [vertices, 3], and the matrix [3, 3] for its deltas."""
    neutral = kit["neutral"].astype(np.float64)
    scale, rotation, shift = similarity(neutral[kit["landmarks68"]], rest[MULTI_PIE])
    return scale * neutral @ rotation.T + shift, scale * rotation


def carry_over(kit: dict[str, np.ndarray], rest: np.ndarray) -> np.ndarray:
    """Expression deltas of the landmarks, [52, 478, 3], before lips and lids are made to meet."""
    aligned, turn = align(kit, rest)
    deltas = ict_deltas(kit) @ turn.T
    vertices, weights = landmark_weights(kit, rest)
    result = np.zeros((len(BLENDSHAPES), 478, 3))
    result[:, :468] = np.einsum("clkx,lk->clx", deltas[:, vertices], weights)
    for side in ("Left", "Right"):
        result[:, list(IRIS[side])] = deltas[:, cornea(aligned, side)].mean(1)[:, None]
    return result


def make_lips_meet(rest: np.ndarray, deltas: np.ndarray) -> None:
    """Changes `mouthClose` so that jawOpen + mouthClose leaves no gap between the inner lips, in place."""
    jaw, close = BLENDSHAPES.index("jawOpen"), BLENDSHAPES.index("mouthClose")
    posed = rest + deltas[jaw] + deltas[close]
    gap = posed[UPPER_LIP[3]] - posed[LOWER_LIP[3]]
    for depth, share in enumerate((0.6, 0.75, 0.9, 1.0)):
        deltas[close, LOWER_LIP[depth]] += 0.8 * share * gap
        deltas[close, UPPER_LIP[depth]] -= 0.2 * share * gap


def make_lids_meet(rest: np.ndarray, deltas: np.ndarray) -> None:
    """Scales the blinks so that the lid edges meet a quarter of the opening above the lower lid, in place."""
    for side in ("Left", "Right"):
        channel = deltas[BLENDSHAPES.index(f"eyeBlink{side}")]
        upper, lower = UPPER_LID[side], LOWER_LID[side]
        meeting = 0.1 * rest[upper] + 0.9 * rest[lower]
        gain = np.linalg.norm(meeting - rest[upper], axis=1).max() / np.abs(channel[upper, 1]).max()
        channel *= gain
        channel[upper] = meeting - rest[upper]
        channel[lower] = meeting - rest[lower]


def mix_units(deltas: np.ndarray, units: np.ndarray) -> None:
    """Mixes the Face Units [52, 468, 3] in; lips stay as far apart as they are. In place."""
    upper_rim, lower_rim = UPPER_LIP[3], LOWER_LIP[3]
    for channel, name in enumerate(BLENDSHAPES):
        if name.startswith(NOT_MIXED):
            continue
        own = deltas[channel]
        apart = own[upper_rim] - own[lower_rim]
        own[:468] += UNITS_SHARE * (units[channel] - own[:468])
        missing = apart - (own[upper_rim] - own[lower_rim])
        for depth, share in enumerate((0, 1 / 3, 2 / 3, 1)):
            own[UPPER_LIP[depth]] += 0.5 * share * missing
            own[LOWER_LIP[depth]] -= 0.5 * share * missing


def build(meshes: Path, units: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rest landmarks [478, 3] and deltas [52, 478, 3] in canonical centimetres."""
    rest = read_canonical(meshes / "mediapipe" / "face_model_with_iris.obj")
    with np.load(meshes / "ict-facekit" / "ict-facekit.npz") as archive:
        names = ("neutral", "landmarks68", "expression_names", "expression_deltas")
        kit = {key: archive[key] for key in names}
    deltas = carry_over(kit, rest)
    make_lips_meet(rest, deltas)
    make_lids_meet(rest, deltas)
    mix_units(deltas, units)
    return rest, deltas


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--meshes", type=Path, required=True, help="folder with mediapipe/ and ict-facekit/")
    parser.add_argument("--units", type=Path, required=True, help="what people/landmark_units.py wrote")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    rest, deltas = build(arguments.meshes, np.load(arguments.units)["units"])
    payload = rest.astype("<f4").tobytes() + deltas.astype("<f4").tobytes()
    arguments.out.write_bytes(payload)
    print(f"{arguments.out}: {len(payload)} bytes")


if __name__ == "__main__":
    main()
