"""Render one photographic character of the gallery: `python render_photo.py lin --out DIR`."""

from __future__ import annotations

import argparse
from pathlib import Path

import bpy
import cv2
import hair_grow
import human
import numpy as np
import photo_hair
import photo_skin
import scene
from hair_grow import Ground
from human import MAKEHUMAN, PEOPLE, Mesh
from photo_people import PEOPLE_OF_THE_GALLERY
from sitter import Coat, Sitter

LENS_MM = 85


def add(
    name: str, mesh: Mesh, material: bpy.types.Material, levels: int, second: object = None
) -> bpy.types.Object:
    """A textured mesh; `second` = (material, predicate on the mean texture place) for some of its faces."""
    used = sorted({i for f in mesh.faces for i, _ in f})
    renumber = {i: k for k, i in enumerate(used)}
    data = bpy.data.meshes.new(name)
    data.from_pydata(
        scene.to_blender(mesh.vertices[used]).tolist(), [], [[renumber[i] for i, _ in f] for f in mesh.faces]
    )
    layer = data.uv_layers.new().data
    flat = np.array([mesh.places[t] for f in mesh.faces for _, t in f])
    layer.foreach_set("uv", flat.astype(np.float32).ravel())
    data.polygons.foreach_set("use_smooth", np.ones(len(mesh.faces), bool))
    data.materials.append(material)
    if second:
        data.materials.append(second[0])
        index = [int(second[1](np.mean([mesh.places[t] for _, t in f], axis=0))) for f in mesh.faces]
        data.polygons.foreach_set("material_index", index)
    thing = bpy.data.objects.new(name, data)
    bpy.context.scene.collection.objects.link(thing)
    if levels:
        modifier = thing.modifiers.new("subdivide", "SUBSURF")
        modifier.levels = modifier.render_levels = levels
    return thing


def set_camera(sitter: Sitter) -> None:
    camera = bpy.context.scene.camera
    camera.data.lens = LENS_MM
    camera.data.sensor_width = 36
    distance = LENS_MM / 36 * sitter.frame_cm
    camera.location = (0, -(distance + 8), sitter.centre_y + 1.0)
    camera.rotation_euler = (np.pi / 2 - np.arctan2(1.0, distance), 0, 0)
    camera.data.dof.use_dof = True
    camera.data.dof.focus_distance = distance - 1.0
    # Blender takes its unit for a metre; ours are centimetres.
    camera.data.dof.aperture_fstop = sitter.f_number / 100


def build(sitter: Sitter, work: Path, size_px: int, samples: int, threads: int, thin: int = 1) -> None:
    """Set the scene; `thin` grows one strand of so many, each as much thicker, for a quick look."""
    rng = np.random.default_rng(sitter.seed)
    film = scene.new_scene(size_px, samples, threads)
    film.view_settings.exposure = sitter.exposure
    set_camera(sitter)
    body, skin = human.build_body(sitter.shape)
    covered = None
    stone = photo_skin.marble_material(sitter.stone) if sitter.stone else None
    surface = (
        photo_skin.marble_material(sitter.stone, lips=work / "lips.png")
        if sitter.stone
        else photo_skin.skin_material(sitter.look, work, sitter.seed)
    )
    thing = add("skin", skin, surface, 2)
    bpy.context.view_layer.update()
    head, places = photo_hair.surface(thing)

    eyes = human.wear(MAKEHUMAN / "eyes/high-poly/high-poly.mhclo", body)
    # Stone has no cornea that mirrors a window across the iris.
    cornea = (
        photo_skin.cornea_material(mirrors=not stone),
        lambda place: place[0] > 0.9 and place[1] < 0.12,
    )
    seen = (
        photo_skin.stone_eye(sitter.stone)
        if sitter.stone
        else photo_skin.eye_picture(sitter.eyes, sitter.iris_tint)
    )
    add("eyes", eyes, photo_skin.eye_material(seen, work, wet=not stone), 1, cornea)
    if not stone:
        lashes = human.wear(PEOPLE / f"eyelashes/{sitter.lashes}.mhclo", body)
        photo_hair.shorten(lashes, head, sitter.lash_cut)
        add(
            "lashes",
            lashes,
            photo_skin.card_material(
                PEOPLE / f"eyelashes/{sitter.lashes}.png", (0.012, 0.008, 0.006), sitter.lash_opacity
            ),
            0,
        )
    for k, (name, dye) in enumerate(sitter.clothes):
        garment = human.wear(PEOPLE / f"clothes/{name}.mhclo", body)
        cloth = (
            photo_skin.knit_material(dye)
            if dye
            else photo_skin.cloth_material(PEOPLE / f"clothes/{name}.webp")
        )
        cloth = stone or cloth
        add(f"clothes{k}", garment, cloth, 2)
        covered = garment.vertices if covered is None else np.vstack([covered, garment.vertices])

    locks = photo_skin.marble_material(sitter.stone, 0.0) if sitter.stone else None
    hair = locks or scene.hair_material(sitter.hair, sitter.hair_variety, sitter.shine)
    cards = human.wear(PEOPLE / f"eyebrows/{sitter.brows}.mhclo", body)
    opacity = photo_hair.card_opacity(PEOPLE / f"eyebrows/{sitter.brows}.png")
    strands = photo_hair.brows(cards, opacity, head, sitter.brow_count, sitter.brow_cm, rng)
    scene.add_hair(
        "brows",
        strands,
        0.03 if stone else 0.005,
        locks or scene.hair_material(sitter.brow_colour or sitter.hair, 0.3, 0.3),
    )

    extra = covered if covered is not None else None
    normals = (
        None
        if extra is None
        else np.tile([0.0, 0.3, 1.0], (len(extra), 1)) * np.where(extra[:, 2:] > 0, 1, -1)
    )
    skull = hair_grow.Skull(head, extra, normals)
    beard = photo_skin.beard_mask()
    for coat in sitter.coats:
        density = photo_hair.look_up(beard, places) if coat.region == "beard" else scalp(head, coat)
        roots, normal = hair_grow.sample_roots(head, density, coat.style.count // thin, rng)
        strands = hair_grow.grow(roots, normal, coat.style, skull, rng)
        material = (
            hair
            if coat.colour is None
            else scene.hair_material(coat.colour, sitter.hair_variety, sitter.shine)
        )
        scene.add_hair(coat.region, strands, coat.style.radius * thin**0.7, material)
    for lamp in sitter.lamps:
        scene.add_light(*lamp)
    scene.set_ambient(*sitter.ambient)


def scalp(head: Ground, coat: Coat) -> np.ndarray:
    """How dense hair grows at the vertices of the skin; its edge is ragged, none grows on the ears."""
    points = head.vertices
    ragged = 0.45 * np.sin(points[:, 0] * 2.3 + 1) * np.sin(points[:, 1] * 1.9 + points[:, 2] * 2.7)
    density = hair_grow.scalp_density(points + np.outer(ragged, [0.0, 1.0, 0.0]), coat.recede)
    ear = (np.abs(points[:, 0]) > 7.3) & (points[:, 1] < 6.2) & (points[:, 1] > -2) & (points[:, 2] < 4.5)
    density = np.where(ear | (points[:, 1] < -6.5), 0, density)
    return density * (1 - coat.bald_top * np.clip((points[:, 1] - 11.0) / 3.0, 0, 1))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("who", nargs="+", choices=sorted(PEOPLE_OF_THE_GALLERY))
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--size", type=int, default=640)
    parser.add_argument("--samples", type=int, default=20)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--thin", type=int, default=1, help="one strand of so many, for a quick look")
    parser.add_argument("--develop", action="store_true", help="finish an earlier render anew")
    options = parser.parse_args()
    for who in options.who:
        render(who, options)


def render(who: str, options: argparse.Namespace) -> None:
    sitter = PEOPLE_OF_THE_GALLERY[who]
    work = options.out / f"{who}-work"
    work.mkdir(parents=True, exist_ok=True)
    path = work / f"render{options.size}.png"
    if not (options.develop and path.exists()):
        build(sitter, work, options.size, options.samples, options.threads, options.thin)
        scene.render(path)
    picture = sitter.finish(scene.read_render(path), sitter.seed)
    target = options.out / f"{who}.jpg"
    cv2.imwrite(str(target), picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 90])
    cv2.imwrite(str(work / "finished.png"), picture[..., ::-1])
    print(target)


if __name__ == "__main__":
    main()
