"""Hair and beards, strand by strand: roots on the skin, then a walk along a comb direction.

Centimetres of `regions.Frame`: x to the person's left, y up, z out of the face.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

Comb = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""Positions [n, 3] and outward normals [n, 3] → directions [n, 3]."""


@dataclass(frozen=True)
class Style:
    length: tuple[float, float]
    comb: Comb
    count: int = 16000
    steps: int = 14
    side_length: float = 1.0
    """length at temples and neck, as a share of that on top"""
    lift: float = 0.4
    """how far the first step leaves along the normal, 0..1"""
    stiffness: float = 0.7
    """share of the direction kept from step to step"""
    gravity: float = 0.1
    clearance: float = 0.15
    """least distance from the skin"""
    volume: float = 0.6
    """extra distance from the skin of the outermost layer"""
    clumps: int = 700
    clump: float = 0.5
    frizz: float = 0.04
    curl_radius: float = 0.0
    curl_turns_per_cm: float = 0.4
    radius: float = 0.016
    cling: float = 0.0
    """how fast strands sink back onto the skull above the ears, 0..1"""
    floor: float | None = None
    """strands are cut at about this height"""
    around_face: bool = False
    """strands go around the face instead of hanging over it"""


def unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)


def towards(x: float, y: float, z: float) -> Comb:
    return lambda points, normals: np.tile([x, y, z], (len(points), 1))


def mirrored(comb: Comb) -> Comb:
    flip = np.array([-1.0, 1.0, 1.0])
    return lambda points, normals: flip * comb(flip * points, flip * normals)


def outwards(points: np.ndarray, normals: np.ndarray) -> np.ndarray:
    return normals


def parted(at: float, back: float) -> Comb:
    """To both sides of a parting at x (cm), down and somewhat back."""

    def comb(points: np.ndarray, normals: np.ndarray) -> np.ndarray:
        side = np.where(points[:, 0] >= at, 1.0, -1.0)
        down = np.clip((11.5 - points[:, 1]) / 5, 0.15, 1.0)
        inwards = np.clip((np.abs(points[:, 0]) - 8.0) / 3, 0, 0.6)
        return np.stack([side * (1.0 - down - inwards), -down, -back * (0.2 + 0.8 * down)], axis=1)

    return comb


def swept(side: float) -> Comb:
    """From the forehead up, back and to a side, down behind."""

    def comb(points: np.ndarray, normals: np.ndarray) -> np.ndarray:
        front = np.clip((points[:, 2] - 2) / 6, 0, 1)
        top = np.clip((points[:, 1] - 6) / 4, 0, 1)
        return np.stack(
            [side * (0.5 * top + 0.1), 0.7 * front * top - 0.9 * (1 - top), -0.9 + 0.2 * (1 - top)], axis=1
        )

    return comb


HAIR: dict[str, Style] = {
    "crop": Style(
        (0.8, 1.8), towards(0.1, 0.2, 0.5), side_length=0.5, lift=0.6, volume=0.2, clumps=0, count=20000
    ),
    "short": Style(
        (2.5, 4.5), towards(0.35, 0.1, 0.3), side_length=0.45, lift=0.55, volume=0.9, gravity=0.25
    ),
    "swept": Style((6.0, 9.0), swept(0.7), side_length=0.4, lift=0.45, volume=1.6, gravity=0.08),
    "bob": Style(
        (16, 20),
        parted(1.5, 0.25),
        steps=22,
        floor=-6.5,
        volume=1.6,
        around_face=True,
        gravity=0.4,
        frizz=0.02,
        cling=0.4,
        lift=0.1,
        stiffness=0.6,
    ),
    "long": Style(
        (28, 34),
        parted(-1.0, 0.35),
        steps=28,
        floor=-15.0,
        volume=1.8,
        around_face=True,
        gravity=0.4,
        frizz=0.02,
        cling=0.4,
        lift=0.1,
        stiffness=0.6,
    ),
    "curls": Style(
        (10, 14),
        parted(0.5, 0.3),
        steps=30,
        volume=2.2,
        curl_radius=0.55,
        curl_turns_per_cm=0.35,
        around_face=True,
        cling=0.3,
        lift=0.2,
        clumps=500,
        clump=0.7,
        floor=-7.0,
    ),
    "afro": Style(
        (4.5, 6.0),
        outwards,
        steps=16,
        lift=0.9,
        stiffness=0.85,
        gravity=0.0,
        volume=2.5,
        curl_radius=0.25,
        curl_turns_per_cm=0.8,
        frizz=0.12,
        clumps=0,
        count=22000,
    ),
}
BEARDS: dict[str, Style] = {
    "short": Style(
        (0.35, 0.6),
        towards(0, -0.7, 0.5),
        count=7000,
        steps=4,
        lift=0.6,
        clearance=0.0,
        volume=0.1,
        clumps=0,
        radius=0.011,
    ),
    "moustache": Style(
        (0.6, 1.0),
        towards(0, -0.9, 0.3),
        count=1600,
        steps=5,
        lift=0.35,
        clearance=0.0,
        volume=0.15,
        clumps=150,
        radius=0.011,
    ),
    "goatee": Style(
        (0.7, 1.4),
        towards(0, -0.9, 0.2),
        count=3500,
        steps=6,
        lift=0.4,
        clearance=0.0,
        volume=0.3,
        clumps=250,
        radius=0.011,
    ),
    "full": Style(
        (1.2, 2.6),
        towards(0, -0.9, 0.2),
        count=9000,
        steps=8,
        lift=0.5,
        clearance=0.0,
        volume=0.6,
        clumps=600,
        radius=0.011,
        curl_radius=0.06,
        curl_turns_per_cm=1.0,
    ),
}


class Skull:
    """Distance to and direction from the skin, by its nearest vertices; a flat wall stands for the ears."""

    def __init__(self, points: np.ndarray, normals: np.ndarray, walls: bool) -> None:
        if walls:
            ear = (
                (np.abs(points[:, 0]) > 6.6)
                & (np.abs(points[:, 1] - 1.5) < 4.2)
                & (np.abs(points[:, 2]) < 4.0)
            )
            y, z = np.meshgrid(np.arange(-2.5, 5.5, 0.6), np.arange(-3.6, 3.6, 0.6))
            beside = [np.stack([np.full(y.size, side * 7.5), y.ravel(), z.ravel()], 1) for side in (-1, 1)]
            facing = [np.tile([side, 0.0, 0.0], (y.size, 1)) for side in (-1.0, 1.0)]
            points, normals = np.vstack([points[~ear], *beside]), np.vstack([normals[~ear], *facing])
        self.points, self.normals, self.tree = points, normals, cKDTree(points)

    def near(self, position: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Signed distance [n] and outward direction [n, 3]."""
        distance, index = self.tree.query(position, k=4)
        weight = 1 / (distance + 0.05)
        weight /= weight.sum(axis=1, keepdims=True)
        normal = unit((self.normals[index] * weight[..., None]).sum(axis=1))
        height = ((position[:, None] - self.points[index]) * self.normals[index]).sum(axis=2)
        return (height * weight).sum(axis=1), normal


def grow(
    roots: np.ndarray, normals: np.ndarray, style: Style, skull: Skull, rng: np.random.Generator
) -> np.ndarray:
    """Walks each strand from its root [n, 3] → [n, steps, 3]."""
    count = len(roots)
    low = 1 - np.clip((roots[:, 1] - 6.0) / 3.5, 0, 1)
    length = rng.uniform(*style.length, count) * (1 - (1 - style.side_length) * low)
    stride = (length / (style.steps - 1))[:, None]
    lift = (style.lift * (1 - 0.6 * (1 - style.side_length) * low))[:, None]
    layer = rng.uniform(0, 1, count) ** 1.5
    direction = unit(unit(style.comb(roots, normals)) * (1 - lift) + normals * lift)
    position = roots - 0.03 * normals
    path = [position]
    for step in range(1, style.steps):
        _, outward = skull.near(position)
        pull = unit(style.comb(position, outward))
        pull[:, 1] -= style.gravity
        noise = rng.normal(0, style.frizz, (count, 3))
        direction = unit(style.stiffness * direction + (1 - style.stiffness) * pull + noise)
        position = position + stride * direction
        height, outward = skull.near(position)
        rise = np.minimum(1.0, step * stride[:, 0] / 2.0)
        wanted = 0.05 + rise * (style.clearance + style.volume * layer)
        sunk = np.clip(wanted - height, 0, None)[:, None]
        position = position + outward * sunk
        if style.cling:
            excess = np.clip(height - wanted - 0.1, 0, 1.5) * np.clip((position[:, 1] + 1.0) / 4, 0, 1)
            position = position - outward * (style.cling * excess)[:, None]
        inward = np.clip((direction * outward).sum(axis=1, keepdims=True), None, 0)
        direction = unit(direction - outward * inward * (sunk > 0))
        if style.around_face:
            position = _around_face(position)
        path.append(position)
    strands = np.stack(path, axis=1)
    if style.floor is not None:
        strands = _cut(strands, style.floor + rng.normal(0, 0.5, count))
    if style.clumps:
        strands = _clump(strands, style, rng)
    if style.curl_radius > 0:
        strands = _curl(strands, stride, style, rng)
    return strands


def _around_face(position: np.ndarray) -> np.ndarray:
    half = 6.7 * np.sqrt(np.clip((10.4 - position[:, 1]) / 4.0, 0, 1))
    front = (position[:, 2] > 1.0) & (position[:, 1] > -11)
    side = np.where(position[:, 0] >= 0, 1.0, -1.0)
    moved = position.copy()
    moved[:, 0] += side * np.clip(half - side * position[:, 0], 0, 1.0) * front
    return moved


def _cut(strands: np.ndarray, floor: np.ndarray) -> np.ndarray:
    """Ends each strand where it first falls below its floor, and spreads its points over what is left."""
    count, steps, _ = strands.shape
    below = strands[..., 1] < floor[:, None]
    end = np.where(below.any(axis=1), below.argmax(axis=1), steps - 1)
    at = np.maximum(end, 2)[:, None] * np.linspace(0, 1, steps)[None]
    low = np.minimum(at.astype(int), steps - 2)
    share, rows = (at - low)[..., None], np.arange(count)[:, None]
    return strands[rows, low] * (1 - share) + strands[rows, low + 1] * share


def _clump(strands: np.ndarray, style: Style, rng: np.random.Generator) -> np.ndarray:
    count, steps, _ = strands.shape
    leaders = rng.choice(count, min(style.clumps, count), replace=False)
    _, nearest = cKDTree(strands[leaders, 0]).query(strands[:, 0])
    strength = style.clump * rng.uniform(0.5, 1.0, (count, 1, 1))
    along = np.linspace(0, 1, steps)[None, :, None] ** 0.8
    return strands + (strands[leaders[nearest]] - strands) * strength * along


def _curl(strands: np.ndarray, stride: np.ndarray, style: Style, rng: np.random.Generator) -> np.ndarray:
    count, steps, _ = strands.shape
    tangent = unit(np.gradient(strands, axis=1))
    side = unit(np.cross(tangent, np.array([0.31, 0.83, 0.46])))
    up = np.cross(tangent, side)
    leaders = max(1, style.clumps or count)
    # Strands of one clump curl together, or the curls average out into fuzz.
    group = cKDTree(strands[rng.choice(count, min(leaders, count), replace=False), 0]).query(strands[:, 0])[1]
    turns = style.curl_turns_per_cm * rng.uniform(0.8, 1.25, leaders)[group]
    phase = rng.uniform(0, 2 * np.pi, leaders)[group] + rng.normal(0, 0.25, count)
    angle = 2 * np.pi * turns[:, None] * np.arange(steps)[None] * stride + phase[:, None]
    reach = style.curl_radius * np.clip(np.arange(steps) / 3, 0, 1)[None] * rng.uniform(0.8, 1.2, (count, 1))
    return strands + reach[..., None] * (np.cos(angle)[..., None] * side + np.sin(angle)[..., None] * up)
