"""Finds the landmarks on hm08: what the face finder sees of people at rest, carried to the mesh.

The median over people is taken on the base mesh, which all share. Lips and lids are then put onto its own
rims: a landmark of the upper lid must not lie on the eyeball, nor one of the upper lip on the lower.

Run: node ../../bench/ground-truth/find-landmarks.ts <folder of people>/*/rest.webp > found.json
     python -m people.correspondence found.json
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from scipy.interpolate import RBFInterpolator

from .assets import BASE_MESH, MAKEHUMAN, face_units, read_obj
from .body import Body
from .camera import camera_of
from .identity import person_of
from .landmarks import FILE, SKIN_LANDMARKS
from .regions import base_cm
from .view import View
from .wearing import triangles_of

# From the right corner to the left one, as in src/face/topology.ts.
UPPER_LIPS = [
    [185, 40, 39, 37, 0, 267, 269, 270, 409],
    [184, 74, 73, 72, 11, 302, 303, 304, 408],
    [183, 42, 41, 38, 12, 268, 271, 272, 407],
    [191, 80, 81, 82, 13, 312, 311, 310, 415],
]
LOWER_LIPS = [
    [146, 91, 181, 84, 17, 314, 405, 321, 375],
    [77, 90, 180, 85, 16, 315, 404, 320, 307],
    [96, 89, 179, 86, 15, 316, 403, 319, 325],
    [95, 88, 178, 87, 14, 317, 402, 318, 324],
]
INNER_CORNERS = (78, 308)
# From the outer corner to the inner one.
LIDS = {
    "Left": (263, [466, 388, 387, 386, 385, 384, 398], [249, 390, 373, 374, 380, 381, 382], 362),
    "Right": (33, [246, 161, 160, 159, 158, 157, 173], [7, 163, 144, 145, 153, 154, 155], 133),
}
SEEN_WELL = 0.5
"""Cosine between skin and line of sight from which on depth is known."""
SPLIT_CM = 1.5
"""An open jaw lowers the corners of the mouth by this much: above it lies the upper lip."""
RIM_OF_UPPER_LIP, RIM_OF_LOWER_LIP, RIM_OF_LEFT_LIDS = 474, 493, (13352, 13370)
"""Vertices of hm08 in the middle of each rim, as it is seen from before."""


def hits(
    origin: np.ndarray, rays: np.ndarray, vertices: np.ndarray, triangles: np.ndarray
) -> list[tuple[int, np.ndarray] | None]:
    """The first triangle that each ray [n, 3] meets, and where on it; Möller & Trumbore 1997."""
    a, b, c = (vertices[triangles[:, k]] for k in range(3))
    ab, ac, ao = b - a, c - a, origin - a
    q = np.cross(ao, ab)
    found: list[tuple[int, np.ndarray] | None] = []
    for ray in rays:
        p = np.cross(ray, ac)
        det = (ab * p).sum(1)
        det = np.where(np.abs(det) < 1e-12, 1e-12, det)
        u, v, t = (ao * p).sum(1) / det, (q @ ray) / det, (ac * q).sum(1) / det
        inside = (u >= -1e-6) & (v >= -1e-6) & (u + v <= 1 + 1e-6) & (t > 0)
        if not inside.any():
            found.append(None)
            continue
        k = int(np.flatnonzero(inside)[np.argmin(t[inside])])
        found.append((k, np.array([1 - u[k] - v[k], u[k], v[k]])))
    return found


def closest(points: np.ndarray, vertices: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """Rows (three vertices, three shares) of the nearest place of a mesh to each point [n, 3]."""
    a, b, c = (vertices[triangles[:, k]] for k in range(3))
    rows = []
    for point in points:
        ab, ac, ap = b - a, c - a, point - a
        d00, d01, d11 = (ab * ab).sum(1), (ab * ac).sum(1), (ac * ac).sum(1)
        d20, d21 = (ap * ab).sum(1), (ap * ac).sum(1)
        det = np.maximum(d00 * d11 - d01 * d01, 1e-12)
        v, w = (d11 * d20 - d01 * d21) / det, (d00 * d21 - d01 * d20) / det
        shares = np.clip(np.stack([1 - v - w, v, w], axis=1), 0, 1)
        shares /= shares.sum(1, keepdims=True)
        place = shares[:, :1] * a + shares[:, 1:2] * b + shares[:, 2:] * c
        k = int(np.argmin(np.linalg.norm(place - point, axis=1)))
        rows.append([*triangles[k], *shares[k]])
    return np.array(rows)


def loop(through: int) -> list[int]:
    """The edge loop of the base mesh through a vertex, sideways, to where it ends or closes."""
    mesh = read_obj(BASE_MESH)
    faces_at: dict[int, list[list[int]]] = {}
    for face, group in zip(mesh.faces, mesh.groups, strict=True):
        if group == "body":
            for vertex in face:
                faces_at.setdefault(vertex, []).append(face)

    def neighbours(v: int) -> set[int]:
        return {w for f in faces_at[v] for k, w in enumerate(f) if v in (f[k - 1], f[(k + 1) % len(f)])}

    def onwards(before: int, v: int) -> int | None:
        beside = {w for f in faces_at[v] if before in f for w in f}
        ways = neighbours(v) - beside
        return ways.pop() if len(ways) == 1 else None

    places = base_cm()
    first = max(
        neighbours(through),
        key=lambda w: abs(places[w, 0] - places[through, 0]) - abs(places[w, 1] - places[through, 1]),
    )
    second = onwards(first, through)
    arms = []
    for start in (first, second):
        arm, before, here = [], through, start
        while here is not None and here != through and len(arm) < 80:
            arm.append(here)
            before, here = here, onwards(before, here)
        arms.append(arm)
        if here == through:
            return [through, *arm]
    return [*arms[0][::-1], through, *arms[1]]


def median_places(found: dict[str, list[list[float]]], views: dict[str, tuple[Body, View]]) -> np.ndarray:
    """[468, 3] on the base mesh, cm of regions.Frame."""
    base = base_cm()
    seen = []
    for name, points in found.items():
        body, view = views[name]
        triangles = triangles_of(body)
        vertices = body.posed({})
        near = vertices[triangles, 2].min(1) > body.joint[2] - 0.3
        triangles = triangles[near]
        rays = view.rays(np.array(points)[:SKIN_LANDMARKS])
        places = np.full((SKIN_LANDMARKS, 3), np.nan)
        for i, hit in enumerate(hits(view.origin, rays, vertices, triangles)):
            if hit:
                places[i] = hit[1] @ base[triangles[hit[0]]]
        seen.append(places)
    middle = np.nanmedian(np.array(seen), axis=0)
    return middle


def _with_outline(places: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """Depth is not seen where the skin turns away: there the canonical face, bent over, says it."""
    base = base_cm()
    rows = closest(places, base, triangles)
    a, b, c = (base[rows[:, k].astype(int)] for k in range(3))
    normals = np.cross(b - a, c - a)
    faces_us = normals[:, 2] / np.maximum(np.linalg.norm(normals, axis=1), 1e-9) > SEEN_WELL
    lines = (MAKEHUMAN.parent / "mediapipe" / "canonical_face_model.obj").read_text().splitlines()
    canonical = np.array([line.split()[1:4] for line in lines if line.startswith("v ")], float)
    bend = RBFInterpolator(canonical[faces_us], places[faces_us], kernel="linear", smoothing=0.5, degree=1)
    return np.where(faces_us[:, None], places, bend(canonical))


def on_mesh(places: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """Rows (three vertices, three shares) [468, 6]."""
    base = base_cm()
    fall = _moved("jawOpen")
    of_upper = fall[triangles].max(1) < SPLIT_CM
    of_lower = fall[triangles].min(1) > SPLIT_CM
    front = base[triangles, 2].min(1) > 4.0
    places = _with_outline(places, triangles[front])
    rows = closest(places, base, triangles[front])
    for rings, allowed in ((UPPER_LIPS, of_upper), (LOWER_LIPS, of_lower)):
        ids = np.concatenate(rings)
        rows[ids] = closest(places[ids], base, triangles[front & allowed])
    for ids, rim in ((UPPER_LIPS[3], RIM_OF_UPPER_LIP), (LOWER_LIPS[3], RIM_OF_LOWER_LIP)):
        path = np.array(loop(rim))
        path = path[np.argsort(base[path, 0])]
        inner = path[[0, -1]]
        upper = ids is UPPER_LIPS[3]
        path = path[(fall[path] < SPLIT_CM) == upper]
        xs = places[[*ids], 0]
        rows[ids] = _along(path, xs)
        for corner, end in zip(INNER_CORNERS, inner, strict=True):
            rows[corner] = [end, end, end, 1, 0, 0]
    for side, (outer, upper, lower, inner) in LIDS.items():
        for ids, start in ((upper, RIM_OF_LEFT_LIDS[0]), (lower, RIM_OF_LEFT_LIDS[1])):
            path = np.array(loop(start))
            path = path[np.argsort(base[path, 0])]
            ends = path[0], path[-1]  # of the left eye: the inner corner, the outer one
            half = _half(path, base, upper=ids is upper)
            if side == "Right":
                half, ends = _mirrored(half), tuple(_mirrored(np.array(ends)))
                half = half[np.argsort(base[half, 0])]
            rows[ids] = _along(half, places[[*ids], 0])
            for corner, end in ((inner, ends[0]), (outer, ends[1])):
                rows[corner] = [end, end, end, 1, 0, 0]
    return rows


def _half(path: np.ndarray, base: np.ndarray, upper: bool) -> np.ndarray:
    """Of a closed rim, sorted by x: what lies above or below the line between its corners."""
    a, b = base[path[0]], base[path[-1]]
    line = a[1] + (base[path, 0] - a[0]) / (b[0] - a[0]) * (b[1] - a[1])
    chosen = base[path, 1] >= line - 1e-6 if upper else base[path, 1] <= line + 1e-6
    chosen[[0, -1]] = True
    return path[chosen]


def _mirrored(ids: np.ndarray) -> np.ndarray:
    base = base_cm()
    return np.array([int(np.argmin(np.linalg.norm(base - base[i] * [-1, 1, 1], axis=1))) for i in ids])


def _moved(unit: str) -> np.ndarray:
    """How far a shape lowers each vertex, cm."""
    fall = np.zeros(len(base_cm()))
    ids, deltas = face_units()[unit]
    fall[ids] = -10 * deltas[:, 1]
    return fall


def _along(path: np.ndarray, xs: np.ndarray) -> np.ndarray:
    """Rows for places on a rim (sorted by x) by their x."""
    own = base_cm()[path, 0]
    at = np.clip(np.searchsorted(own, xs), 1, len(path) - 1)
    share = np.clip((xs - own[at - 1]) / np.maximum(own[at] - own[at - 1], 1e-6), 0, 1)
    return np.column_stack([path[at - 1], path[at], path[at], 1 - share, share, np.zeros(len(xs))])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "found", type=Path, help="from find-landmarks.ts: by seed, [478][2] picture fractions"
    )
    found = json.loads(parser.parse_args().found.read_text())
    bodies = {name: Body(person_of(int(name))) for name in found}
    views = {name: (body, View.of(camera_of(int(name)), body)) for name, body in bodies.items()}
    write(found, views)


def write(found: dict[str, list[list[float]]], views: dict[str, tuple[Body, View]]) -> None:
    places = median_places(found, views)
    any_body = next(iter(views.values()))[0]
    rows = on_mesh(places, triangles_of(any_body))
    lines = [",".join([*(str(int(v)) for v in row[:3]), *(f"{v:.4f}" for v in row[3:])]) for row in rows]
    FILE.write_text("\n".join(["a,b,c,of_a,of_b,of_c", *lines]) + "\n")


if __name__ == "__main__":
    main()
