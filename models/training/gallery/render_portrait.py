"""Render one character of the gallery: `python render_portrait.py rafael --out DIR`."""

from __future__ import annotations

import argparse
from pathlib import Path

import clothes
import cv2
import hair_grow
import numpy as np
import paint_finish
import scene
import skin_paint
from characters import CHARACTERS, Character
from head_mesh import SKIN_END, build_head, vertex_normals

SHARED_MODEL = Path(__file__).resolve().parents[4] / "shared/data/meshes/ict-facekit/ict-facekit.npz"


def beard_density(painter: skin_paint.Painter, points: np.ndarray) -> np.ndarray:
    mask = painter.beard_mask()
    pixel = np.clip(skin_paint.to_px(points[:, :2]).astype(int), 0, skin_paint.CANVAS_PX - 1)
    return mask[pixel[:, 1], pixel[:, 0]] * (points[:, 2] > 0.5)


def off_the_lips(painter: skin_paint.Painter, strands: np.ndarray) -> np.ndarray:
    """Drop the hairs of a beard that would hang over the lips, which have to be seen to move."""
    pixel = np.clip(skin_paint.to_px(strands[..., :2]).astype(int), 0, skin_paint.CANVAS_PX - 1)
    return strands[(painter.lip_mask()[pixel[..., 1], pixel[..., 0]] < 0.35).all(axis=1)]


def render_character(
    person: Character, model: Path, work: Path, size_px: int, samples: int, threads: int
) -> np.ndarray:
    """Render and finish a portrait; returns RGB uint8 [size, size, 3]."""
    rng = np.random.default_rng(person.seed)
    head = build_head(model, person.identity, person.expression, person.eye_scale, person.neck_scale)
    scene.new_scene(size_px, samples, threads)
    albedo, relief = skin_paint.paint_skin(head, person.skin, rng)
    skin = scene.skin_material(
        scene.image_from(albedo, work / "albedo.png"),
        scene.image_from(relief, work / "relief.png", linear=True),
        person.roughness,
        person.scatter,
    )
    scene.add_skin(head, skin)
    scene.add_mesh("sockets", head.vertices, head.socket_faces, skin)
    lash = scene.hair_material((0.05, 0.035, 0.03), 0.2, 0.4)
    scene.add_hair("lashes", hair_grow.lashes(head, rng, person.lash_length), 0.015, lash)
    scene.add_eyes(head, person.iris, work, rng, iris_cm=0.68)

    cloth = scene.cloth_material(person.garment.colour, person.garment.knit)
    inner = scene.cloth_material(person.garment.inner or person.garment.colour, 0.2)
    garment = clothes.loft(head, person.garment.kind, rng)
    for k, (vertices, quads) in enumerate(garment):
        scene.add_mesh("garment", vertices, quads, cloth if k == 0 else inner, subdivide=1)

    # Long hair has to lie on the clothes as it lies on the skin.
    cloth_points = np.vstack([vertices for vertices, _ in garment])
    cloth_normals = np.vstack([vertex_normals(vertices, quads) for vertices, quads in garment])
    skull = hair_grow.Skull(head, cloth_points, cloth_normals)
    painter = skin_paint.Painter(head, person.skin, rng)
    points = head.vertices[:SKIN_END]
    for coat in person.coats:
        if coat.region == "beard":
            density = beard_density(painter, points)
        else:
            density = hair_grow.scalp_density(points, coat.recede, coat.bald_top)
        roots, normals = hair_grow.sample_roots(head, density, coat.style.count, rng)
        strands = hair_grow.grow(roots, normals, coat.style, skull, rng)
        if coat.region == "beard":
            strands = off_the_lips(painter, strands)
        material = scene.hair_material(person.hair, person.hair_variety, person.shine)
        scene.add_hair(coat.region, strands, coat.style.radius, material)

    e = person.exposure
    scene.add_light((-55, 48, 75), 46, 62000 * e, (1.0, 0.93, 0.84))
    scene.add_light((70, 5, 70), 80, 16000 * e, (0.82, 0.90, 1.0))
    scene.add_light((48, 40, -60), 35, 26000 * e * person.rim, (1.0, 0.90, 0.80))
    scene.add_light((-60, 30, -55), 35, 18000 * e * person.rim, (0.80, 0.90, 1.0))
    scene.set_ambient((0.75, 0.78, 0.85), 0.28 * e)
    picture = scene.render(work / "render.png")
    return paint_finish.finish(picture, person.backdrop, person.seed)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("who", choices=sorted(CHARACTERS))
    parser.add_argument("--model", type=Path, default=SHARED_MODEL)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--render-size", type=int, default=704)
    parser.add_argument("--samples", type=int, default=14)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    work = options.out / f"{options.who}-work"
    work.mkdir(exist_ok=True)
    picture = render_character(
        CHARACTERS[options.who], options.model, work, options.render_size, options.samples, options.threads
    )
    target = options.out / f"{options.who}.jpg"
    cv2.imwrite(str(target), picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 91])
    print(target)


if __name__ == "__main__":
    main()
