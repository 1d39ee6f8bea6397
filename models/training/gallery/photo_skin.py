"""Skins, eyes and cloth of the photographic portraits: pictures prepared with numpy, and their materials."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import bpy
import cv2
import numpy as np
from human import MAKEHUMAN, PEOPLE
from scene import Nodes, image_from, srgb

RGB = tuple[float, float, float]

STONE_LIPS: RGB = (0.72, 0.68, 0.66)
"""factor on a statue's lips"""


@dataclass
class Complexion:
    skin: str
    """a picture of ../shared/data/people/skins"""
    tint: RGB = (1.0, 1.0, 1.0)
    """factor on its sRGB values"""
    gamma: float = 1.0
    saturation: float = 1.0
    lips: RGB = (1.0, 1.0, 1.0)
    """factor on the lips"""
    lines: float = 0.5
    """depth of the lines that the skin's picture shows"""
    freckles: int = 0
    shine: float = 0.5
    """0 matt, 1 oily"""
    scatter_cm: float = 0.22
    scalp: RGB | None = None
    """colour under the hair, in place of the skin's own"""


def read_rgb(path: Path) -> np.ndarray:
    return cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB).astype(np.float32) / 255


def scalp_mask(blur_px: float = 6.0) -> np.ndarray:
    """Where hair grows, in the skins' texture: the two skins whose hair is cropped close show it."""
    masks = []
    for name, skin in (("old_darkskinned_male", 0.25), ("young_darkskinned_male", 0.24)):
        luma = cv2.GaussianBlur(read_rgb(PEOPLE / f"skins/{name}.webp").mean(axis=2), (0, 0), blur_px)
        masks.append(np.clip((skin * 0.80 - luma) / (skin * 0.35), 0, 1))
    mask = 0.5 * masks[0] + 0.5 * masks[1]
    size = mask.shape[0]
    v, u = np.mgrid[0:size, 0:size] / size
    # The head's island, without face, ears and neck.
    inside = (u > 0.625) & (u < 0.81) & (v > 0.17) & (v < 0.86)
    return mask * cv2.GaussianBlur(inside.astype(np.float32), (0, 0), 4)


def _polygon(points: list[tuple[float, float]], blur_px: float, size: int = 2048) -> np.ndarray:
    """Mask of an outline in pixels of the 2048 skin, u to the right and v down."""
    layer = np.zeros((size, size), np.uint8)
    cv2.fillPoly(layer, [np.round(np.array(points)).astype(np.int32)], 255)
    return cv2.GaussianBlur(layer, (0, 0), blur_px).astype(np.float32) / 255


# The face lies on its side in the skins: forehead left, chin right; its middle line is v = 1058.
MIDDLE_V = 1058


def lips_mask() -> np.ndarray:
    upper = [(1838, 1058), (1833, 1046), (1844, 1030), (1866, 1014)]
    lower = [(1886, 1030), (1896, 1045), (1899, 1058)]
    half = upper + lower
    return _polygon(half + [(u, 2 * MIDDLE_V - v) for u, v in half[::-1]], 4)


def beard_mask(moustache: bool = True) -> np.ndarray:
    half = [
        (1812, 1058),
        (1818, 1010),
        (1850, 960),
        (1800, 880),
        (1745, 815),
        (1690, 800),
        (1690, 782),
        (1780, 790),
        (1850, 800),
        (1950, 880),
        (1990, 980),
        (1996, 1058),
    ]
    mask = _polygon(half + [(u, 2 * MIDDLE_V - v) for u, v in half[::-1]], 10)
    return mask * (1 - cv2.dilate(lips_mask(), np.ones((9, 9))))


def skin_pictures(look: Complexion, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Albedo and relief (grey, 0.5 is level) of a complexion."""
    rng = np.random.default_rng(seed)
    albedo = read_rgb(PEOPLE / f"skins/{look.skin}.webp")
    luma = albedo @ np.array([0.3, 0.59, 0.11], np.float32)
    relief = np.clip(0.5 + 1.6 * (luma - cv2.GaussianBlur(luma, (0, 0), 7)) * look.lines, 0, 1)
    grey = luma[..., None]
    albedo = grey + (albedo - grey) * look.saturation
    albedo = np.clip(albedo, 0, 1) ** look.gamma * np.array(look.tint, np.float32)
    lips = lips_mask()[..., None]
    albedo = albedo * (1 - lips) + albedo * np.array(look.lips, np.float32) * lips
    size = albedo.shape[0]
    for cells, share in ((40, 0.016), (110, 0.014), (420, 0.016)):
        noise = rng.standard_normal((cells, cells, 3)).astype(np.float32)
        noise[..., 1:] = 0.85 * noise[..., :1] + 0.25 * noise[..., 1:]
        albedo = albedo * (
            1 + share * cv2.resize(noise, (size, size), interpolation=cv2.INTER_CUBIC) * [0.6, 1, 1.1]
        )
    for _ in range(look.freckles):
        u, v = rng.normal(1745, 70), rng.normal(MIDDLE_V, 120)
        spot = np.zeros((size, size), np.uint8)
        cv2.circle(spot, (round(u), round(v)), rng.integers(1, 3), 255, -1)
        box = slice(max(0, round(v) - 12), round(v) + 12), slice(max(0, round(u) - 12), round(u) + 12)
        soft = cv2.GaussianBlur(spot[box], (0, 0), 1.0).astype(np.float32)[..., None] / 255
        albedo[box] *= 1 - soft * rng.uniform(0.15, 0.45) * np.array([0.6, 1.0, 1.2])
    if look.scalp:
        scalp = scalp_mask()[..., None] * 0.85
        albedo = albedo * (1 - scalp) + np.array(look.scalp, np.float32) * scalp
    return np.clip(albedo, 0, 1), relief


def skin_material(look: Complexion, work: Path, seed: int) -> bpy.types.Material:
    albedo, relief = skin_pictures(look, seed)
    nodes = Nodes("skin")
    shader = nodes.add("ShaderNodeBsdfPrincipled", Roughness=0.5)
    shader.subsurface_method = "RANDOM_WALK"
    shader.inputs["Subsurface Weight"].default_value = 1.0
    shader.inputs["Subsurface Radius"].default_value = (1.0, 0.36, 0.2)
    shader.inputs["Subsurface Scale"].default_value = look.scatter_cm
    shader.inputs["Specular IOR Level"].default_value = 0.30 + 0.16 * look.shine
    colour, height = nodes.add("ShaderNodeTexImage"), nodes.add("ShaderNodeTexImage")
    colour.image = image_from(albedo, work / "albedo.png")
    height.image = image_from(relief, work / "relief.png", linear=True)
    nodes.link(colour.outputs[0], shader.inputs["Base Color"])
    place = nodes.add("ShaderNodeTexCoord")
    bumps = None
    # Pores, and the finer net of lines between them.
    for kind, scale, strength, distance in (
        ("ShaderNodeTexVoronoi", 9.0, 0.30, 0.02),
        ("ShaderNodeTexNoise", 5.0, 0.25, 0.03),
        ("ShaderNodeTexNoise", 22.0, 0.35, 0.012),
    ):
        grain = nodes.add(kind, Scale=scale)
        nodes.link(place.outputs["Object"], grain.inputs["Vector"])
        bump = nodes.add("ShaderNodeBump", Strength=strength, Distance=distance)
        nodes.link(grain.outputs[0], bump.inputs["Height"])
        if bumps:
            nodes.link(bumps.outputs[0], bump.inputs["Normal"])
        bumps = bump
    line = nodes.add("ShaderNodeBump", Strength=0.8, Distance=0.22)
    nodes.link(height.outputs[0], line.inputs["Height"])
    nodes.link(bumps.outputs[0], line.inputs["Normal"])
    nodes.link(line.outputs[0], shader.inputs["Normal"])
    # Skin is unevenly oily.
    sheen = nodes.add("ShaderNodeTexNoise", Scale=1.3, Detail=6.0)
    nodes.link(place.outputs["Object"], sheen.inputs["Vector"])
    ramp = nodes.add("ShaderNodeMapRange")
    ramp.inputs["To Min"].default_value = 0.60 - 0.16 * look.shine
    ramp.inputs["To Max"].default_value = 0.48 - 0.16 * look.shine
    nodes.link(sheen.outputs[0], ramp.inputs["Value"])
    nodes.link(ramp.outputs[0], shader.inputs["Roughness"])
    nodes.link(shader.outputs[0], nodes.output.inputs[0])
    return nodes.material


def marble_material(colour: RGB, depth: float = 0.8, lips: Path | None = None) -> bpy.types.Material:
    """Polished stone, into which light goes a little way; `depth` 0 for locks, which it would darken.

    `lips`: where to keep their mask, of a head: they are a little darker, so that their edges are found.
    """
    nodes = Nodes("marble")
    shader = nodes.add("ShaderNodeBsdfPrincipled", Roughness=0.38)
    shader.subsurface_method = "RANDOM_WALK"
    shader.inputs["Subsurface Weight"].default_value = depth
    shader.inputs["Subsurface Radius"].default_value = (1.0, 0.9, 0.75)
    shader.inputs["Subsurface Scale"].default_value = 0.12
    place = nodes.add("ShaderNodeTexCoord")
    cloud = nodes.add("ShaderNodeTexNoise", Scale=0.25, Detail=5.0, Distortion=1.0)
    nodes.link(place.outputs["Object"], cloud.inputs["Vector"])
    ramp = nodes.add("ShaderNodeMix")
    ramp.data_type = "RGBA"
    ramp.inputs[6].default_value, ramp.inputs[7].default_value = (
        srgb(tuple(0.93 * c for c in colour)),
        srgb(colour),
    )
    nodes.link(cloud.outputs[0], ramp.inputs[0])
    stone = ramp.outputs[2]
    if lips:
        picture, darker = nodes.add("ShaderNodeTexImage"), nodes.add("ShaderNodeMix")
        picture.image = image_from(np.repeat(lips_mask()[..., None], 3, axis=2), lips, linear=True)
        darker.data_type, darker.blend_type = "RGBA", "MULTIPLY"
        darker.inputs[7].default_value = (*STONE_LIPS, 1)
        nodes.link(picture.outputs[0], darker.inputs[0])
        nodes.link(stone, darker.inputs[6])
        stone = darker.outputs[2]
    nodes.link(stone, shader.inputs["Base Color"])
    chisel = nodes.add("ShaderNodeTexNoise", Scale=2.2, Detail=5.0)
    nodes.link(place.outputs["Object"], chisel.inputs["Vector"])
    bump = nodes.add("ShaderNodeBump", Strength=0.18, Distance=0.04)
    nodes.link(chisel.outputs[0], bump.inputs["Height"])
    nodes.link(bump.outputs[0], shader.inputs["Normal"])
    nodes.link(shader.outputs[0], nodes.output.inputs[0])
    return nodes.material


def stone_eye(colour: RGB) -> np.ndarray:
    """Eyes as sculptors inlay them: a disc of darker stone for the iris, with a rim, and a drilled pupil."""
    eye = np.empty((512, 512, 3), np.float32)
    eye[:] = np.array(colour) * 0.97
    y, x = np.mgrid[0:512, 0:512] / 512
    for cx, cy in ((0.705, 0.295), (0.293, 0.703)):
        r = np.hypot(x - cx, y - cy)
        rim = np.exp(-(((r - 0.108) / 0.012) ** 2))
        pupil = np.clip((0.046 - r) / 0.008, 0, 1)
        iris = np.clip((0.112 - r) / 0.008, 0, 1)
        eye *= (1 - 0.55 * iris)[..., None]
        eye *= (1 - 0.45 * rim)[..., None]
        eye *= (1 - 0.9 * pupil)[..., None]
    return eye


def eye_picture(name: str | None, tint: RGB) -> np.ndarray:
    """An eye's texture with a tinted iris and a soft, darker limbus."""
    source = PEOPLE / f"eyes/{name}.webp" if name else MAKEHUMAN / "eyes/materials/brown_eye.png"
    eye = read_rgb(source)
    size = eye.shape[0]
    y, x = np.mgrid[0:size, 0:size] / size
    iris_radius = 0.113
    for cx, cy in ((0.705, 0.295), (0.293, 0.703)):
        r = np.hypot(x - cx, y - cy)
        iris = np.clip((iris_radius * 1.03 - r) / 0.006, 0, 1)[..., None]
        eye = eye * (1 - iris) + np.clip(eye * np.array(tint, np.float32), 0, 1) * iris
        ring = np.exp(-(((r - iris_radius) / 0.016) ** 2))[..., None]
        eye = eye * (1 - 0.45 * ring)
        pupil = np.clip((0.040 - r) / 0.005, 0, 1)[..., None]
        eye = eye * (1 - pupil) + 0.008 * pupil
    return eye


def eye_material(picture: np.ndarray, work: Path, wet: bool = True) -> bpy.types.Material:
    nodes = Nodes("eyes")
    shader = nodes.add("ShaderNodeBsdfPrincipled", Roughness=0.3)
    shader.inputs["Subsurface Weight"].default_value = 0.3
    shader.inputs["Subsurface Scale"].default_value = 0.1
    shader.inputs["Coat Weight"].default_value = 0.35 if wet else 0.0
    shader.inputs["Coat Roughness"].default_value = 0.05
    shader.inputs["Specular IOR Level"].default_value = 0.3 if wet else 0.1
    texture = nodes.add("ShaderNodeTexImage")
    texture.image = image_from(picture, work / "eyes.png")
    nodes.link(texture.outputs[0], shader.inputs["Base Color"])
    nodes.link(shader.outputs[0], nodes.output.inputs[0])
    return nodes.material


def cornea_material(mirrors: bool = True) -> bpy.types.Material:
    """Clear but for what it mirrors."""
    nodes = Nodes("cornea")
    if not mirrors:
        nodes.link(nodes.add("ShaderNodeBsdfTransparent").outputs[0], nodes.output.inputs[0])
        return nodes.material
    clear, gloss = nodes.add("ShaderNodeBsdfTransparent"), nodes.add("ShaderNodeBsdfGlossy", Roughness=0.02)
    fresnel = nodes.add("ShaderNodeFresnel", IOR=1.25)
    mix = nodes.add("ShaderNodeMixShader")
    nodes.link(fresnel.outputs[0], mix.inputs[0])
    nodes.link(clear.outputs[0], mix.inputs[1])
    nodes.link(gloss.outputs[0], mix.inputs[2])
    nodes.link(mix.outputs[0], nodes.output.inputs[0])
    return nodes.material


def card_material(path: Path, tint: RGB, opacity: float = 1.0) -> bpy.types.Material:
    """Brows and lashes painted on cards that are clear elsewhere."""
    nodes = Nodes(path.stem)
    shader = nodes.add("ShaderNodeBsdfPrincipled", Roughness=0.7)
    shader.inputs["Specular IOR Level"].default_value = 0.1
    shader.inputs["Base Color"].default_value = (*tint, 1)
    texture = nodes.add("ShaderNodeTexImage")
    texture.image = bpy.data.images.load(str(path))
    share = nodes.add("ShaderNodeMath")
    share.operation = "MULTIPLY"
    share.inputs[1].default_value = opacity
    nodes.link(texture.outputs[1], share.inputs[0])
    nodes.link(share.outputs[0], shader.inputs["Alpha"])
    nodes.link(shader.outputs[0], nodes.output.inputs[0])
    return nodes.material


def cloth_material(path: Path) -> bpy.types.Material:
    """A garment's photograph, with the weave of its threads."""
    nodes = Nodes(path.stem)
    shader = nodes.add("ShaderNodeBsdfPrincipled", Roughness=0.85)
    shader.inputs["Specular IOR Level"].default_value = 0.15
    shader.inputs["Sheen Weight"].default_value = 0.15
    texture = nodes.add("ShaderNodeTexImage")
    texture.image = bpy.data.images.load(str(path))
    nodes.link(texture.outputs[0], shader.inputs["Base Color"])
    _weave(nodes, shader, 14.0, 0.35)
    return nodes.material


def knit_material(colour: RGB) -> bpy.types.Material:
    """Plain fine knit."""
    nodes = Nodes("knit")
    shader = nodes.add("ShaderNodeBsdfPrincipled", Roughness=0.9)
    shader.inputs["Base Color"].default_value = srgb(colour)
    shader.inputs["Specular IOR Level"].default_value = 0.1
    shader.inputs["Sheen Weight"].default_value = 0.2
    _weave(nodes, shader, 9.0, 0.7)
    return nodes.material


def _weave(nodes: Nodes, shader: bpy.types.Node, scale: float, strength: float) -> None:
    place = nodes.add("ShaderNodeTexCoord")
    threads = nodes.add("ShaderNodeTexNoise", Scale=scale, Detail=2.0)
    nodes.link(place.outputs["Object"], threads.inputs["Vector"])
    bump = nodes.add("ShaderNodeBump", Strength=strength, Distance=0.04)
    nodes.link(threads.outputs[0], bump.inputs["Height"])
    nodes.link(bump.outputs[0], shader.inputs["Normal"])
    nodes.link(shader.outputs[0], nodes.output.inputs[0])
