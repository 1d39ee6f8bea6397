"""Clothes as lofted rings around neck and shoulders, pushed off the body."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from head_mesh import Head
from scipy.spatial import cKDTree

RING_POINTS = 192


@dataclass
class Garment:
    kind: str
    """"crew", "turtleneck", "vneck" or "collar" """
    colour: tuple[float, float, float]
    knit: float = 0.6
    inner: tuple[float, float, float] | None = None


def loft(head: Head, kind: str, rng: np.random.Generator) -> list[tuple[np.ndarray, np.ndarray]]:
    """Surfaces of a garment as (vertices [n, 3], quads [m, 4]), in head coordinates (cm)."""
    base = -11.2
    # Half width, half depth, centre z, height: from the neck opening over the shoulder to the chest.
    shoulder = [
        (7.0, 6.6, 0.0, base),
        (8.6, 7.6, 0.0, base - 0.7),
        (11.5, 8.8, -0.1, base - 1.9),
        (14.5, 9.6, -0.2, base - 3.2),
        (17.5, 10.2, -0.4, base - 5.0),
        (19.6, 10.6, -0.4, base - 7.4),
        (20.8, 11.0, -0.2, base - 10.6),
        (21.4, 11.4, 0.0, base - 16.0),
        (21.6, 11.8, 0.0, base - 24.0),
    ]
    dip = {"crew": 3.6, "turtleneck": 2.2, "vneck": 8.0, "collar": 3.4}[kind]
    surfaces = [_surface(head, _resample(shoulder, 70), dip, rng, fold=0.22, vee=kind == "vneck")]
    if kind == "turtleneck":
        roll = [
            (6.2, 5.8, -0.4, base + 3.2),
            (6.7, 6.3, -0.3, base + 3.6),
            (7.2, 6.8, -0.2, base + 3.2),
            (7.4, 7.0, 0.0, base + 1.4),
            (7.5, 7.1, 0.1, base + 0.2),
            (7.8, 7.2, 0.1, base - 0.6),
        ]
        surfaces.append(_surface(head, _resample(roll, 40), 2.2, rng, fold=0.06))
    elif kind in ("crew", "vneck"):
        band = [
            (6.8, 6.4, 0.0, base + 0.1),
            (6.9, 6.5, 0.0, base + 0.75),
            (7.4, 6.9, 0.0, base + 0.8),
            (7.9, 7.2, 0.0, base + 0.3),
            (8.2, 7.4, 0.0, base - 0.4),
        ]
        surfaces.append(_surface(head, _resample(band, 24), dip, rng, fold=0.0, vee=kind == "vneck"))
    elif kind == "collar":
        leaf = [
            (6.6, 6.0, 0.0, base - 0.2),
            (6.7, 6.1, 0.0, base + 2.2),
            (7.1, 6.6, 0.0, base + 2.7),
            (7.7, 7.2, 0.2, base + 2.2),
            (8.6, 8.1, 0.3, base + 0.4),
            (9.5, 8.9, 0.4, base - 1.0),
        ]
        surfaces.append(_surface(head, _resample(leaf, 40), 3.0, rng, fold=0.0, gap_deg=9.0))
    return surfaces


def _resample(rings: list[tuple[float, float, float, float]], count: int) -> np.ndarray:
    table = np.array(rings)
    run = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(table, axis=0), axis=1))])
    at = np.linspace(0, run[-1], count)
    out = np.stack([np.interp(at, run, table[:, k]) for k in range(4)], axis=1)
    kernel = np.array([1, 2, 3, 2, 1]) / 9
    for k in range(4):
        padded = np.pad(out[:, k], 2, mode="reflect", reflect_type="odd")
        out[:, k] = np.convolve(padded, kernel, "valid")
    return out


def _surface(
    head: Head,
    rings: np.ndarray,
    dip: float,
    rng: np.random.Generator,
    fold: float,
    vee: bool = False,
    gap_deg: float = 0.0,
) -> tuple[np.ndarray, np.ndarray]:
    count = RING_POINTS
    start = np.radians(gap_deg)
    angle = np.linspace(start, 2 * np.pi - start, count, endpoint=gap_deg > 0)  # 0 is the front
    rows = []
    for k, (width, depth, centre_z, height) in enumerate(rings):
        power = 0.9
        x = width * np.sign(np.sin(angle)) * np.abs(np.sin(angle)) ** power
        z = centre_z + depth * np.sign(np.cos(angle)) * np.abs(np.cos(angle)) ** power
        front = np.clip(np.cos(angle), 0, 1)
        near_neck = np.exp(-k / (0.3 * len(rings))) if len(rings) > 50 else 1.0
        profile = np.clip(1 - np.abs(angle_from_front(angle)) / 0.85, 0, 1) if vee else front**1.5
        y = height - near_neck * (dip * profile - 0.6 * np.clip(-np.cos(angle), 0, 1))
        rows.append(np.stack([x, y, z], axis=1))
    grid = np.stack(rows)
    if fold:
        k = np.arange(len(rings))[:, None] / len(rings)
        wave = sum(
            np.sin(n * angle[None] + rng.uniform(0, 6.3) + rng.uniform(2, 7) * k) * rng.uniform(0.3, 1.0)
            for n in (3, 5, 7, 11)
        )
        grid[..., 2] += fold * wave * np.clip(k * 3, 0, 1)
        grid[..., 1] += 0.6 * fold * wave * np.clip(k * 3, 0, 1)
    vertices = grid.reshape(-1, 3)
    body = head.vertices[: len(head.normals)]
    tree = cKDTree(body)
    for _ in range(3):
        _, index = tree.query(vertices)
        height = ((vertices - body[index]) * head.normals[index]).sum(axis=1)
        near = np.clip((3.5 - np.linalg.norm(vertices - body[index], axis=1)) / 2, 0, 1)
        # Only around the neck: the model's bust ends in a cut edge that would push folds into the shoulders.
        near *= np.clip((vertices[:, 1] + 18.0) / 2.0, 0, 1) * np.clip(
            (10.5 - np.abs(vertices[:, 0])) / 2, 0, 1
        )
        near *= np.clip((vertices[:, 2] + 4.0) / 2, 0, 1)
        vertices = vertices + head.normals[index] * (np.clip(0.35 - height, 0, 2.5) * near)[:, None]
    columns = count if gap_deg == 0 else count - 1
    i, j = np.meshgrid(np.arange(len(rings) - 1), np.arange(columns), indexing="ij")
    right = (j + 1) % count
    quads = np.stack([i * count + j, i * count + right, (i + 1) * count + right, (i + 1) * count + j], -1)
    return vertices, quads.reshape(-1, 4)[:, ::-1]


def angle_from_front(angle: np.ndarray) -> np.ndarray:
    """Signed angle in -pi..pi."""
    return (angle + np.pi) % (2 * np.pi) - np.pi
