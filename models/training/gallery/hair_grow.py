"""Grow strands of hair: roots on the scalp, then a walk along a comb direction that stays off the skin."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

Field = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""Maps positions [n, 3] and outward normals [n, 3] to comb directions [n, 3]."""

SKULL_CENTRE = np.array([0.0, 5.5, 0.5])


@dataclass
class Ground:
    """The skin under the hair: x to the viewer's right, y up, z to the viewer, cm."""

    vertices: np.ndarray
    """[n, 3]"""
    faces: np.ndarray
    """[m, 4]"""
    normals: np.ndarray
    """[n, 3], outward"""


@dataclass
class Style:
    """One coat of hair. Lengths in cm."""

    count: int
    length: tuple[float, float]
    comb: Field
    steps: int = 20
    side_length: float = 1.0
    """length at temples and neck, as a share of that on top"""
    lift: float = 0.5
    """how far the first step leaves along the normal, 0..1"""
    stiffness: float = 0.75
    """share of the direction kept from step to step"""
    gravity: float = 0.1
    clearance: float = 0.25
    """least distance from the skin"""
    volume: float = 0.8
    """extra distance from the skin of the outermost layer"""
    rise_cm: float = 1.5
    """length over which a strand leaves the skin for its layer; long keeps a parting flat"""
    clumps: int = 900
    clump: float = 0.6
    frizz: float = 0.05
    curl_radius: float = 0.0
    curl_turns_per_cm: float = 0.5
    radius: float = 0.006
    cut_y: float | None = None
    """strands are trimmed at about this height"""
    part_x: float | None = None
    """where the hair parts (cm); strands then go around the face instead of hanging over it"""
    face_half_cm: float = 6.6
    """half the width of the face that hair which parts leaves free"""
    cling: float = 0.0
    """how fast strands sink back onto the skull above the ears, 0..1"""


class Skull:
    """Distance to and direction from the skin, by its nearest vertex."""

    def __init__(
        self, head: Ground, extra: np.ndarray | None = None, extra_normals: np.ndarray | None = None
    ) -> None:
        points, normals = head.vertices, head.normals
        # Hair lies over the ears, it does not jut out above them: a flat wall takes their place.
        ear = (np.abs(points[:, 0]) > 6.4) & (np.abs(points[:, 1] - 1.5) < 4.0) & (np.abs(points[:, 2]) < 3.6)
        y, z = np.meshgrid(np.arange(-2.5, 5.5, 0.6), np.arange(-3.6, 3.6, 0.6))
        walls = [np.stack([np.full(y.size, side * 7.5), y.ravel(), z.ravel()], 1) for side in (-1, 1)]
        facing = [np.tile([side, 0.0, 0.0], (y.size, 1)) for side in (-1.0, 1.0)]
        points, normals = np.vstack([points[~ear], *walls]), np.vstack([normals[~ear], *facing])
        if extra is not None and extra_normals is not None:
            points, normals = np.vstack([points, extra]), np.vstack([normals, extra_normals])
        self.points, self.normals = points, normals
        self.tree = cKDTree(points)

    def near(self, position: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Signed distance [n] and smooth outward direction [n, 3]."""
        distance, index = self.tree.query(position, k=4)
        weight = 1 / (distance + 0.05)
        weight /= weight.sum(axis=1, keepdims=True)
        normal = (self.normals[index] * weight[..., None]).sum(axis=1)
        normal /= np.linalg.norm(normal, axis=1, keepdims=True)
        height = ((position[:, None] - self.points[index]) * self.normals[index]).sum(axis=2)
        return (height * weight).sum(axis=1), normal


def hairline_y(azimuth: np.ndarray, recede: float = 0.0) -> np.ndarray:
    """Height (cm) above which hair grows; azimuth in degrees, 0 is the front, 180 the nape."""
    angles = [0, 22, 38, 52, 64, 76, 84, 104, 116, 140, 180]
    heights = [10.2, 10.4, 10.3, 8.6, 5.6, 2.6, 5.2, 5.0, 0.5, -3.5, -4.5]
    lift = np.interp(azimuth, [0, 15, 34, 52, 64, 76, 180], [0.35, 0.5, 1.4, 1.0, 0.2, 0, 0])
    return np.interp(azimuth, angles, heights) + recede * lift


def scalp_density(points: np.ndarray, recede: float = 0.0, bald_top: float = 0.0) -> np.ndarray:
    """How dense hair grows at points [n, 3] of the skin, 0..1."""
    offset = points - SKULL_CENTRE
    azimuth = np.degrees(np.arctan2(np.abs(offset[:, 0]), offset[:, 2]))
    edge = hairline_y(azimuth, recede)
    density = np.clip((points[:, 1] - edge) / 1.3 + 0.25, 0, 1) ** 1.3
    ear = (np.abs(points[:, 0]) > 7.7) & (points[:, 1] < 5.2) & (points[:, 1] > -4)
    density[ear] = 0
    if bald_top > 0:
        crown = np.clip((points[:, 1] - 10.5) / 2.5, 0, 1)
        density *= 1 - bald_top * crown
    return density


def sample_roots(
    head: Ground, density: np.ndarray, count: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Draw roots [count, 3] and normals on the skin, in proportion to area and `density` per vertex."""
    quads = head.faces
    triangles = np.vstack([quads[:, :3], quads[:, [0, 2, 3]]])
    a, b, c = (head.vertices[triangles[:, k]] for k in range(3))
    area = 0.5 * np.linalg.norm(np.cross(b - a, c - a), axis=1) * density[triangles].mean(axis=1)
    picked = triangles[rng.choice(len(triangles), count, p=area / area.sum())]
    weights = rng.dirichlet([1, 1, 1], count)
    roots = (head.vertices[picked] * weights[..., None]).sum(axis=1)
    normals = (head.normals[picked] * weights[..., None]).sum(axis=1)
    return roots, normals / np.linalg.norm(normals, axis=1, keepdims=True)


def grow(
    roots: np.ndarray, normals: np.ndarray, style: Style, skull: Skull, rng: np.random.Generator
) -> np.ndarray:
    """Walk each strand from its root. Returns control points [n, steps, 3]."""
    count = len(roots)
    length = rng.uniform(*style.length, count)
    low = 1 - np.clip((roots[:, 1] - 6.0) / 3.5, 0, 1)
    length *= 1 - (1 - style.side_length) * low
    lift = (style.lift * (1 - 0.8 * (1 - style.side_length) * low))[:, None]
    stride = (length / (style.steps - 1))[:, None]
    layer = rng.uniform(0, 1, count) ** 1.5
    direction = style.comb(roots, normals)
    direction = _unit(_unit(direction) * (1 - lift) + normals * lift)
    position = roots - 0.05 * normals
    path = [position]
    for step in range(1, style.steps):
        _, outward = skull.near(position)
        pull = _unit(style.comb(position, outward))
        pull[:, 1] -= style.gravity
        noise = rng.normal(0, style.frizz, (count, 3))
        direction = _unit(style.stiffness * direction + (1 - style.stiffness) * pull + noise)
        position = position + stride * direction
        height, outward = skull.near(position)
        rise = np.minimum(1.0, step * stride[:, 0] / style.rise_cm)
        # Coarse vertices hide hair that hugs the skin closer than this.
        wanted = 0.12 + rise * (style.clearance + style.volume * layer)
        sunk = np.clip(wanted - height, 0, None)[:, None]
        position = position + outward * sunk
        inward = np.clip((direction * outward).sum(axis=1, keepdims=True), None, 0)
        direction = _unit(direction - outward * inward * (sunk > 0))
        if style.cling > 0:
            excess = np.clip(height - wanted - 0.1, 0, 1.5) * np.clip((position[:, 1] + 1.0) / 4, 0, 1)
            position = position - outward * (style.cling * excess)[:, None]
        if style.part_x is not None:
            side = np.where(roots[:, 0] >= style.part_x, 1.0, -1.0)
            position = _around_face(position, side, style.face_half_cm)
        path.append(position)
    strands = np.stack(path, axis=1)
    if style.cut_y is not None:
        strands = _trim(strands, style.cut_y + rng.normal(0, 0.45, count))
    if style.clumps and style.clump > 0:
        strands = _clump(strands, style, rng)
    if style.curl_radius > 0:
        strands = _curl(strands, stride, style, rng)
    if style.part_x is not None:
        x, y, z = np.moveaxis(strands, 2, 0)
        over_face = (np.abs(x) < style.face_half_cm - 1.0) & (np.abs(y) < 8.5) & (z > 6.0)
        strands = strands[~over_face.any(axis=1)]
    return strands


def _around_face(position: np.ndarray, side: np.ndarray, half_cm: float) -> np.ndarray:
    half = half_cm * np.sqrt(np.clip((10.6 - position[:, 1]) / 4.0, 0, 1))
    front = (position[:, 2] > 1.0) & (position[:, 1] > -11)
    short = np.clip(half - side * position[:, 0], 0, 1.0) * front
    position = position.copy()
    position[:, 0] += side * short
    return position


def _trim(strands: np.ndarray, floor: np.ndarray) -> np.ndarray:
    """Cut each strand where it first falls below its floor, and spread its points over what is left."""
    count, steps, _ = strands.shape
    below = strands[..., 1] < floor[:, None]
    end = np.where(below.any(axis=1), below.argmax(axis=1), steps - 1)
    at = np.maximum(end, 2)[:, None] * np.linspace(0, 1, steps)[None]
    low = np.minimum(at.astype(int), steps - 2)
    share = (at - low)[..., None]
    rows = np.arange(count)[:, None]
    return strands[rows, low] * (1 - share) + strands[rows, low + 1] * share


def _clump(strands: np.ndarray, style: Style, rng: np.random.Generator) -> np.ndarray:
    count, steps, _ = strands.shape
    leaders = rng.choice(count, min(style.clumps, count), replace=False)
    _, nearest = cKDTree(strands[leaders, 0]).query(strands[:, 0])
    leader = strands[leaders[nearest]]
    t = np.linspace(0, 1, steps)[None, :, None]
    strength = style.clump * rng.uniform(0.6, 1.0, (count, 1, 1))
    return strands + (leader - strands) * strength * t**0.8


def _curl(strands: np.ndarray, stride: np.ndarray, style: Style, rng: np.random.Generator) -> np.ndarray:
    count, steps, _ = strands.shape
    tangent = np.gradient(strands, axis=1)
    tangent = _unit(tangent)
    side = _unit(np.cross(tangent, np.array([0.31, 0.83, 0.46])))
    up = np.cross(tangent, side)
    leaders = max(1, style.clumps)
    # Strands of one clump curl together, or the curls average out into fuzz.
    phase_of = rng.uniform(0, 2 * np.pi, leaders)
    turns_of = style.curl_turns_per_cm * rng.uniform(0.8, 1.25, leaders)
    anchors = strands[rng.choice(count, leaders, replace=leaders > count), 0]
    _, group = cKDTree(anchors).query(strands[:, 0])
    along = np.arange(steps)[None] * stride
    angle = 2 * np.pi * turns_of[group][:, None] * along + phase_of[group][:, None]
    angle = angle + rng.normal(0, 0.25, (count, 1))
    reach = style.curl_radius * np.clip(np.arange(steps) / 3, 0, 1)[None] * rng.uniform(0.8, 1.2, (count, 1))
    return strands + reach[..., None] * (np.cos(angle)[..., None] * side + np.sin(angle)[..., None] * up)


def _unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)
