"""Puts a person on the stage: body, eyes, brows, lashes, teeth, tongue, clothes, hair, beard, glasses."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from . import materials, regions
from .assets import BASE_MESH, PEOPLE, Mesh, read_obj, read_worn
from .body import Body
from .glasses import glasses_on
from .identity import Person
from .stage import Stage
from .strands import BEARDS, HAIR
from .wearing import strands_on

STUBBLE = {"stubble": 0.6, "short": 0.75, "moustache": 0.6, "goatee": 0.6, "full": 0.7}
"""How far the skin under a beard is darkened."""


def _uv(mesh: Mesh, polygons: list[int]) -> np.ndarray:
    return mesh.uv[np.array([t for i in polygons for t in mesh.face_uv[i]])]


def put_on(stage: Stage, person: Person, body: Body) -> None:
    rng = np.random.default_rng([person.seed, 5])
    base = read_obj(BASE_MESH)
    attributes = {
        "lip": regions.lips(),
        "beard": regions.beard(person.beard) * STUBBLE[person.beard]
        if person.beard
        else np.zeros(len(base.vertices)),
        "scalp": regions.scalp() * (0.0 if person.hair == "bald" else 0.9),
    }
    stage.add_mesh(
        "skin",
        body.posed,
        [base.faces[i] for i in body.skin_faces],
        materials.skin(person),
        _uv(base, body.skin_faces),
        subdivide=2,
        attributes=attributes,
    )
    eyes = body.eyes.mesh
    stage.add_mesh(
        "eyes",
        body.eyes_posed,
        eyes.faces,
        materials.eyes(person),
        _uv(eyes, list(range(len(eyes.faces)))),
        1,
    )
    brows_colour = tuple(0.8 * c for c in person.hair_colour)
    part = PEOPLE / "eyebrows" / person.brows
    _add_worn(stage, body, part, materials.cut_out("brows", part.with_suffix(".png"), brows_colour, 0.9), 0)
    part = PEOPLE / "eyelashes" / person.lashes
    _add_worn(
        stage,
        body,
        part,
        materials.cut_out("lashes", part.with_suffix(".png"), (0.01, 0.008, 0.007), 0.85),
        0,
    )
    tint = tuple(a * b for a, b in zip(materials.TEETH, person.teeth_tint, strict=True))
    teeth = materials.textured("teeth", PEOPLE / "teeth" / "teeth.webp", tint, 0.18, 0.5, scatter=0.04)
    shift = body.teeth_shift(read_worn(PEOPLE / "teeth" / f"{person.teeth}.mhclo"))
    _add_worn(stage, body, PEOPLE / "teeth" / person.teeth, teeth, 1, shift)
    tongue = materials.textured(
        "tongue", PEOPLE / "tongue" / "tongue01.webp", materials.TONGUE, 0.3, 0.5, scatter=0.05
    )
    _add_worn(stage, body, PEOPLE / "tongue" / "tongue01", tongue, 1, shift.mean(0) * [0, 0.3, 0.5])
    if person.clothes:
        part = PEOPLE / "clothes" / person.clothes
        cloth = materials.textured("clothes", part.with_suffix(".webp"), person.clothes_tint, 0.85, 0.1)
        _add_worn(stage, body, part, cloth, 1)
    if person.hair in HAIR:
        style = HAIR[person.hair]
        hair = strands_on(body, regions.scalp(), style, True, rng)
        rest = hair.points({})
        material = materials.hair(person.hair_colour)
        radius = style.radius / regions.Frame.of(body.posed({})).scale
        hang = _share_of_head(body, rest)
        stage.add_strands("hair", lambda pose: body.turn(rest, hang, pose), hair.steps, radius, material)
    if person.beard in BEARDS:
        style = BEARDS[person.beard]
        beard = strands_on(body, regions.beard(person.beard), style, False, rng)
        radius = style.radius / regions.Frame.of(body.posed({})).scale
        stage.add_strands("beard", beard.points, beard.steps, radius, materials.hair(person.hair_colour))
    if person.glasses:
        worn = glasses_on(body, person.glasses)
        dark = materials.plain("rims", _one_colour(rng), 0.3, float(person.glasses == "thin"))
        stage.add_mesh("rims", lambda pose: body.turn(worn.frame, 1.0, pose), worn.frame_faces, dark)
        stage.add_mesh(
            "lenses", lambda pose: body.turn(worn.lenses, 1.0, pose), worn.lens_faces, materials.lens()
        )


def _add_worn(
    stage: Stage, body: Body, part: Path, material, subdivide: int, shift: np.ndarray | float = 0.0
) -> None:
    worn = read_worn(part.with_suffix(".mhclo"))
    low = body.top - 4.9
    rest = body.worn(worn, {})
    polygons = [i for i, face in enumerate(worn.mesh.faces) if rest[face, 1].min() > low]
    stage.add_mesh(
        part.parent.name,
        lambda pose: body.worn(worn, pose, shift),
        [worn.mesh.faces[i] for i in polygons],
        material,
        _uv(worn.mesh, polygons),
        subdivide,
    )


def _share_of_head(body: Body, points: np.ndarray) -> np.ndarray:
    """Hair turns with the head, and less where it lies on the shoulders."""
    return 0.25 + 0.75 * np.clip((points[:, 1] - (body.top - 3.2)) / 1.2, 0, 1)


def _one_colour(rng: np.random.Generator) -> tuple[float, float, float]:
    options = [(0.01, 0.01, 0.012), (0.05, 0.02, 0.01), (0.3, 0.28, 0.26), (0.02, 0.03, 0.08)]
    return options[int(rng.integers(len(options)))]
