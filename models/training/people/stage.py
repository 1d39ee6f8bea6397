"""The scene in Blender: built once for a person, then only vertices move; path-traced with Cycles."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable
from pathlib import Path

import bpy
import mathutils
import numpy as np

from .body import Body, Pose
from .light import Light
from .view import View

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in picture fractions."""
Points = Callable[[Pose], np.ndarray]
"""Vertices [n, 3] under a pose, axes as in assets.py."""


def to_blender(points: np.ndarray) -> np.ndarray:
    """x right, y up, z to the viewer → x right, y away, z up."""
    return np.stack([points[..., 0], -points[..., 2], points[..., 1]], axis=-1)


class Stage:
    def __init__(self, side: int, samples: int, threads: int = 2) -> None:
        bpy.ops.wm.read_factory_settings(use_empty=True)
        self.side = side
        self._moving: list[tuple[bpy.types.ID, Points, np.ndarray | None]] = []
        self._shown: dict[str, np.ndarray] = {}
        self._file = Path(tempfile.mkdtemp(prefix="people-")) / "picture.exr"
        scene = bpy.context.scene
        scene.render.engine = "CYCLES"
        cycles = scene.cycles
        cycles.samples, cycles.use_adaptive_sampling, cycles.adaptive_threshold = samples, True, 0.03
        cycles.use_denoising, cycles.denoiser = True, "OPENIMAGEDENOISE"
        cycles.max_bounces, cycles.diffuse_bounces, cycles.glossy_bounces = 5, 3, 2
        cycles.transparent_max_bounces = 12
        cycles.caustics_reflective = cycles.caustics_refractive = False
        cycles.seed = 1
        scene.render.threads_mode, scene.render.threads = "FIXED", threads
        scene.render.resolution_x = scene.render.resolution_y = side
        scene.render.film_transparent = True
        scene.render.use_persistent_data = True
        settings = scene.render.image_settings
        settings.file_format, settings.color_mode, settings.color_depth = "OPEN_EXR", "RGBA", "16"
        settings.exr_codec = "NONE"
        scene.render.filepath = str(self._file)
        self.scene = scene

    def add_mesh(
        self,
        name: str,
        points: Points,
        faces: list[list[int]],
        material: bpy.types.Material,
        uv: np.ndarray | None = None,
        subdivide: int = 0,
        attributes: dict[str, np.ndarray] | None = None,
    ) -> bpy.types.Object:
        """`uv`: [corners, 2] in the order of the faces; `attributes`: of all vertices that `points` gives."""
        used = np.unique(np.concatenate([np.array(face) for face in faces]))
        whole = points({})
        renumber = np.full(len(whole), -1)
        renumber[used] = np.arange(len(used))
        mesh = bpy.data.meshes.new(name)
        rest = to_blender(whole[used])
        mesh.from_pydata(rest.tolist(), [], [renumber[face].tolist() for face in faces])
        if uv is not None:
            mesh.uv_layers.new().data.foreach_set("uv", uv.astype(np.float32).ravel())
        mesh.attributes.new("rest", "FLOAT_VECTOR", "POINT").data.foreach_set(
            "vector", rest.astype(np.float32).ravel()
        )
        for key, values in (attributes or {}).items():
            mesh.attributes.new(key, "FLOAT", "POINT").data.foreach_set(
                "value", values[used].astype(np.float32)
            )
        mesh.polygons.foreach_set("use_smooth", np.ones(len(mesh.polygons), bool))
        mesh.materials.append(material)
        thing = bpy.data.objects.new(name, mesh)
        self.scene.collection.objects.link(thing)
        if subdivide:
            modifier = thing.modifiers.new("smooth", "SUBSURF")
            modifier.levels = modifier.render_levels = subdivide
        self._moving.append((mesh, points, used))
        return thing

    def add_strands(
        self, name: str, points: Points, steps: int, radius: float, material: bpy.types.Material
    ) -> None:
        """`points`: [strands · steps, 3]; radius in decimetres, thinning towards the tips."""
        count = len(points({})) // steps
        curves = bpy.data.hair_curves.new(name)
        curves.add_curves([steps] * count)
        taper = radius * (1 - 0.7 * np.linspace(0, 1, steps) ** 2)
        width = curves.attributes.get("radius") or curves.attributes.new("radius", "FLOAT", "POINT")
        width.data.foreach_set("value", np.tile(taper, count).astype(np.float32))
        curves.materials.append(material)
        self.scene.collection.objects.link(bpy.data.objects.new(name, curves))
        self._moving.append((curves, points, None))

    def set_light(self, light: Light, body: Body) -> None:
        middle = mathutils.Vector((0, -0.9, body.top - 1.15))
        for number, lamp in enumerate(light.lamps):
            x, y, z = lamp.place
            area = bpy.data.lights.new(f"lamp {number}", "AREA")
            area.size, area.color = lamp.size, lamp.colour
            place = middle + mathutils.Vector((x, -z, y))
            area.energy = math.pi**2 * lamp.strength * (place - middle).length_squared
            holder = bpy.data.objects.new(area.name, area)
            holder.location = place
            holder.rotation_euler = (middle - place).to_track_quat("-Z", "Y").to_euler()
            holder.visible_camera = False
            self.scene.collection.objects.link(holder)
        world = bpy.data.worlds.new("world")
        self.scene.world = world
        world.use_nodes = True
        nodes, link = world.node_tree.nodes, world.node_tree.links.new
        place, split, ramp = (
            nodes.new("ShaderNodeTexCoord"),
            nodes.new("ShaderNodeSeparateXYZ"),
            nodes.new("ShaderNodeMix"),
        )
        ramp.data_type = "RGBA"
        scale = nodes.new("ShaderNodeMapRange")
        scale.inputs[1].default_value, scale.inputs[2].default_value = -0.7, 0.7
        ramp.inputs[6].default_value, ramp.inputs[7].default_value = (*light.ground, 1), (*light.sky, 1)
        link(place.outputs["Generated"], split.inputs[0])
        link(split.outputs[2], scale.inputs[0])
        link(scale.outputs[0], ramp.inputs[0])
        link(ramp.outputs[2], nodes["Background"].inputs[0])

    def set_camera(self, view: View) -> None:
        lens = bpy.data.cameras.new("camera")
        lens.sensor_width, lens.lens = 36, 36 * view.focal
        lens.shift_x, lens.shift_y = view.shift
        holder = bpy.data.objects.new("camera", lens)
        holder.location = to_blender(view.origin)
        holder.rotation_euler = mathutils.Matrix(to_blender(view.axes).T).to_euler()
        self.scene.collection.objects.link(holder)
        self.scene.camera = holder

    def render(self, pose: Pose, box: Box | None = None) -> np.ndarray:
        """Linear light, premultiplied, and coverage: float32 [side, side, 4], top row first."""
        render = self.scene.render
        render.use_border = box is not None
        if box:
            render.border_min_x, render.border_max_x = box[0], box[2]
            render.border_min_y, render.border_max_y = 1 - box[3], 1 - box[1]
        for block, points, used in self._moving:
            moved = points(pose) if used is None else points(pose)[used]
            flat = to_blender(moved).astype(np.float32).ravel()
            if np.array_equal(self._shown.get(block.name_full), flat):
                continue  # what stays needs no new tree of its geometry
            self._shown[block.name_full] = flat
            if isinstance(block, bpy.types.Mesh):
                block.vertices.foreach_set("co", flat)
                block.update()
            else:
                block.attributes["position"].data.foreach_set("vector", flat)
                block.update_tag()
        bpy.ops.render.render(write_still=True)
        image = bpy.data.images.load(str(self._file), check_existing=False)
        pixels = np.empty(self.side * self.side * 4, np.float32)
        image.pixels.foreach_get(pixels)
        bpy.data.images.remove(image)
        return pixels.reshape(self.side, self.side, 4)[::-1]
