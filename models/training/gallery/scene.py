"""Film, lights, strands and nodes in Blender (the `bpy` module), and the render with Cycles on the CPU."""

from __future__ import annotations

from pathlib import Path

import bpy
import cv2
import mathutils
import numpy as np


def to_blender(points: np.ndarray) -> np.ndarray:
    """Head (x right, y up, z to the viewer) to Blender (x right, y away, z up)."""
    return np.stack([points[..., 0], -points[..., 2], points[..., 1]], axis=-1)


def new_scene(size_px: int, samples: int, threads: int) -> bpy.types.Scene:
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.cycles.samples = samples
    scene.cycles.use_adaptive_sampling = True
    scene.cycles.adaptive_threshold = 0.04
    scene.cycles.use_denoising = True
    scene.cycles.denoiser = "OPENIMAGEDENOISE"
    scene.cycles.max_bounces = 6
    scene.cycles.transparent_max_bounces = 8
    scene.cycles.caustics_reflective = False
    scene.cycles.caustics_refractive = False
    scene.render.threads_mode = "FIXED"
    scene.render.threads = threads
    scene.render.resolution_x = scene.render.resolution_y = size_px
    scene.render.film_transparent = True
    scene.render.image_settings.color_mode = "RGBA"
    scene.render.image_settings.color_depth = "16"
    scene.view_settings.view_transform = "Filmic"
    scene.view_settings.look = "Medium High Contrast"
    camera = bpy.data.cameras.new("camera")
    camera.clip_end = 1000
    scene.camera = bpy.data.objects.new("camera", camera)
    scene.collection.objects.link(scene.camera)
    return scene


def add_light(
    position: tuple[float, float, float], size: float, watts: float, colour: tuple[float, float, float]
) -> None:
    """An area light at a position in head coordinates, aimed at the face."""
    light = bpy.data.lights.new("light", "AREA")
    light.shape, light.size, light.energy, light.color = "DISK", size, watts, colour
    holder = bpy.data.objects.new("light", light)
    place = to_blender(np.array(position))
    holder.location = place
    aim = mathutils.Vector(to_blender(np.array([0.0, 1.0, 4.0])) - place)
    holder.rotation_euler = aim.to_track_quat("-Z", "Y").to_euler()
    bpy.context.scene.collection.objects.link(holder)


def set_ambient(colour: tuple[float, float, float], strength: float) -> None:
    world = bpy.data.worlds.new("world")
    bpy.context.scene.world = world
    world.use_nodes = True
    background = world.node_tree.nodes["Background"]
    background.inputs[0].default_value = (*colour, 1)
    background.inputs[1].default_value = strength


def add_hair(name: str, strands: np.ndarray, radius: float, material: bpy.types.Material) -> None:
    """Strands [n, steps, 3] as Cycles hair, thinning towards the tip."""
    count, steps, _ = strands.shape
    curves = bpy.data.hair_curves.new(name)
    curves.add_curves([steps] * count)
    curves.attributes["position"].data.foreach_set("vector", to_blender(strands).astype(np.float32).ravel())
    taper = radius * (1 - 0.75 * np.linspace(0, 1, steps) ** 2)
    width = curves.attributes.get("radius") or curves.attributes.new("radius", "FLOAT", "POINT")
    width.data.foreach_set("value", np.tile(taper, count).astype(np.float32))
    curves.materials.append(material)
    bpy.context.scene.collection.objects.link(bpy.data.objects.new(name, curves))


def image_from(array: np.ndarray, path: Path, linear: bool = False) -> bpy.types.Image:
    """Hand a float picture (0..1, RGB or grey, top row first) to Blender by way of a PNG file."""
    data = np.round(np.clip(array, 0, 1) * 65535).astype(np.uint16)
    cv2.imwrite(str(path), data[..., ::-1] if data.ndim == 3 else data)
    image = bpy.data.images.load(str(path))
    image.colorspace_settings.name = "Non-Color" if linear else "sRGB"
    return image


def srgb(colour: tuple[float, float, float], alpha: float = 1.0) -> tuple[float, float, float, float]:
    """sRGB to the linear values Blender's sockets take."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
    return (linear[0], linear[1], linear[2], alpha)


class Nodes:
    """A material that is built node by node."""

    def __init__(self, name: str) -> None:
        self.material = bpy.data.materials.new(name)
        self.material.use_nodes = True
        self.tree = self.material.node_tree
        self.tree.nodes.clear()
        self.output = self.add("ShaderNodeOutputMaterial")

    def add(self, kind: str, **inputs: object) -> bpy.types.Node:
        node = self.tree.nodes.new(kind)
        for key, value in inputs.items():
            node.inputs[key.replace("_", " ")].default_value = value
        return node

    def link(self, source: object, target: object) -> None:
        self.tree.links.new(source, target)


def hair_material(colour: tuple[float, float, float], variety: float, shine: float) -> bpy.types.Material:
    """Strands that shine (Chiang's model) over a matt share that keeps dark hair brown instead of grey."""
    nodes = Nodes("hair")
    info = nodes.add("ShaderNodeHairInfo")
    spread = nodes.add("ShaderNodeMix")
    spread.data_type = "RGBA"
    nodes.link(info.outputs["Random"], spread.inputs[0])
    spread.inputs[6].default_value = srgb(tuple(max(0.0, c * (1 - variety)) for c in colour))
    spread.inputs[7].default_value = srgb(tuple(min(1.0, c * (1 + variety)) for c in colour))
    glossy = nodes.add("ShaderNodeBsdfHairPrincipled", Roughness=0.36)
    glossy.model = "CHIANG"
    glossy.parametrization = "COLOR"
    glossy.inputs["Radial Roughness"].default_value = 0.5
    matt = nodes.add("ShaderNodeBsdfPrincipled", Roughness=0.7)
    matt.inputs["Specular IOR Level"].default_value = 0.1
    for shader, slot in ((glossy, "Color"), (matt, "Base Color")):
        nodes.link(spread.outputs[2], shader.inputs[slot])
    blend = nodes.add("ShaderNodeMixShader", Fac=shine)
    nodes.link(matt.outputs[0], blend.inputs[1])
    nodes.link(glossy.outputs[0], blend.inputs[2])
    nodes.link(blend.outputs[0], nodes.output.inputs[0])
    return nodes.material


def render(path: Path) -> np.ndarray:
    """Render to a file; returns RGBA float [h, w, 4], display-referred."""
    scene = bpy.context.scene
    scene.render.filepath = str(path)
    bpy.ops.render.render(write_still=True)
    return read_render(path)


def read_render(path: Path) -> np.ndarray:
    picture = cv2.imread(str(path), cv2.IMREAD_UNCHANGED).astype(np.float32) / 65535
    return cv2.cvtColor(picture, cv2.COLOR_BGRA2RGBA)
