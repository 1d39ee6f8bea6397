"""Hair of the photographic portraits: strands of scalp, beard, brows and lashes over MakeHuman's skin."""

from __future__ import annotations

import bpy
import cv2
import numpy as np
from hair_grow import Ground
from human import Mesh
from scipy.spatial import cKDTree


def surface(thing: bpy.types.Object) -> tuple[Ground, np.ndarray]:
    """The subdivided skin as the ground for hair, and the texture place [n, 2] of every vertex."""
    mesh = thing.evaluated_get(bpy.context.evaluated_depsgraph_get()).to_mesh()
    count = len(mesh.vertices)
    points, normals = np.empty(count * 3), np.empty(count * 3)
    mesh.vertices.foreach_get("co", points)
    mesh.vertex_normals.foreach_get("vector", normals)
    corners = np.empty(len(mesh.loops), np.int32)
    mesh.loops.foreach_get("vertex_index", corners)
    flat = np.empty(len(mesh.loops) * 2)
    mesh.uv_layers[0].data.foreach_get("uv", flat)
    places = np.zeros((count, 2))
    places[corners] = flat.reshape(-1, 2)
    back = lambda a: np.stack([a[:, 0], a[:, 2], -a[:, 1]], axis=1)  # noqa: E731
    points, normals = back(points.reshape(-1, 3)), back(normals.reshape(-1, 3))
    head = Ground(points, corners.reshape(-1, 4), normals)
    return head, places


def look_up(picture: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Values of a texture [h, w] at places [n, 2] (v upwards)."""
    h, w = picture.shape[:2]
    x = np.clip((places[:, 0] * w).astype(int), 0, w - 1)
    y = np.clip(((1 - places[:, 1]) * h).astype(int), 0, h - 1)
    return picture[y, x]


def brows(
    cards: Mesh, opacity: np.ndarray, skin: Ground, count: int, length_cm: float, rng: np.random.Generator
) -> np.ndarray:
    """Strands [n, 7, 3] as dense as the brows that a card shows, fanning from upright to outwards."""
    triangles = np.array(
        [[f[a], f[b], f[c]] for f in cards.faces for a, b, c in ((0, 1, 2), (0, 2, 3))[: len(f) - 2]]
    )
    corners, places = cards.vertices[triangles[..., 0]], cards.places[triangles[..., 1]]
    area = 0.5 * np.linalg.norm(
        np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1
    )
    pick = rng.choice(len(triangles), count * 14, p=area / area.sum())
    weight = rng.dirichlet([1, 1, 1], len(pick))[..., None]
    root, place = (corners[pick] * weight).sum(axis=1), (places[pick] * weight).sum(axis=1)
    keep = rng.uniform(0, 1, len(pick)) < look_up(opacity, place) ** 0.8
    root = root[keep][: 2 * count]
    _, near = cKDTree(skin.vertices).query(root)
    normal = skin.normals[near]
    root = skin.vertices[near] + 0.3 * (
        root - skin.vertices[near] - ((root - skin.vertices[near]) * normal).sum(1, keepdims=True) * normal
    )
    strands = np.zeros((len(root), 7, 3))
    for side in (-1, 1):
        own = np.sign(root[:, 0]) == side
        x = np.abs(root[own, 0])
        along = (x - x.min()) / max(1e-6, np.ptp(x))
        # The middle of the brow at this distance from the nose, and whether the root lies above it.
        middle = np.polyval(np.polyfit(x, root[own, 1], 3), x)
        slope = np.polyval(np.polyder(np.polyfit(x, root[own, 1], 3)), x)
        above = np.clip((root[own, 1] - middle) / 0.35, -1, 1)
        angle = (
            np.arctan(slope)
            + np.radians(np.interp(along, [0, 0.12, 0.35, 1], [58, 40, 20, 6]))
            - above * np.radians(16)
        )
        angle += np.radians(rng.normal(0, 7, own.sum()))
        aim = np.stack([side * np.cos(angle), np.sin(angle), np.zeros(own.sum())], axis=1)
        n = normal[own]
        aim = _unit(aim - (aim * n).sum(1, keepdims=True) * n)
        reach = (
            length_cm
            * rng.uniform(0.6, 1.0, own.sum())
            * np.interp(along, [0, 0.2, 0.7, 1], [0.7, 1, 0.85, 0.55])
        )
        t = np.linspace(0, 1, 7)[None, :, None]
        bend = np.array([0.0, -0.16, 0.0]) * reach[:, None]
        step = reach[:, None, None]
        strands[own] = (
            root[own][:, None]
            + step * t * aim[:, None]
            + (0.012 + 0.10 * step * t * (1 - 0.8 * t)) * n[:, None]
            + bend[:, None] * t**2
        )
    return strands


def shorten(cards: Mesh, skin: Ground, share: float) -> None:
    """Pull the tips of cards of lashes towards the lid: long lashes smear when the avatar blinks."""
    _, near = cKDTree(skin.vertices).query(cards.vertices)
    cards.vertices += share * (skin.vertices[near] - cards.vertices)


def forwards(position: np.ndarray, outward: np.ndarray) -> np.ndarray:
    """From the crown to the forehead and the temples, as on Roman busts."""
    crown = np.array([0.0, 14.0, -4.0])
    aim = _unit(position - crown) + np.array([0.0, -0.25, 0.35])
    return _unit(aim - (aim * outward).sum(axis=1, keepdims=True) * outward)


def _unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)


def card_opacity(path: object) -> np.ndarray:
    return cv2.imread(str(path), cv2.IMREAD_UNCHANGED)[..., 3].astype(np.float32) / 255
