"""Set up one portrait in Blender (the `bpy` module, 4.2) and render it with Cycles on the CPU."""

from __future__ import annotations

import math
from pathlib import Path

import bpy
import cv2
import mathutils
import numpy as np
import skin_paint
from head_mesh import SKIN_END, Head

CAMERA_DISTANCE_CM = 170.0
FRAME_HEIGHT_CM = 38.6
FRAME_CENTRE_Y = 1.4


def to_blender(points: np.ndarray) -> np.ndarray:
    """ICT (x right, y up, z to the viewer) to Blender (x right, y away, z up)."""
    return np.stack([points[..., 0], -points[..., 2], points[..., 1]], axis=-1)


def new_scene(size_px: int, samples: int, threads: int) -> bpy.types.Scene:
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.cycles.samples = samples
    scene.cycles.use_adaptive_sampling = True
    scene.cycles.adaptive_threshold = 0.02
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
    scene.view_settings.view_transform = "AgX"
    scene.view_settings.look = "AgX - Medium High Contrast"
    scene.view_settings.exposure = 0.45

    camera = bpy.data.cameras.new("camera")
    camera.sensor_width = 36
    camera.lens = 36 * CAMERA_DISTANCE_CM / FRAME_HEIGHT_CM
    camera.clip_end = 1000
    holder = bpy.data.objects.new("camera", camera)
    holder.location = (0, -CAMERA_DISTANCE_CM, FRAME_CENTRE_Y)
    holder.rotation_euler = (math.pi / 2, 0, 0)
    scene.collection.objects.link(holder)
    scene.camera = holder
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


def add_mesh(
    name: str, vertices: np.ndarray, faces: np.ndarray, material: bpy.types.Material, subdivide: int = 0
) -> bpy.types.Object:
    used = np.unique(faces[faces >= 0])
    renumber = np.full(len(vertices), -1)
    renumber[used] = np.arange(len(used))
    polygons = [[int(renumber[k]) for k in face if k >= 0] for face in faces]
    mesh = bpy.data.meshes.new(name)
    points = vertices[used]
    mesh.from_pydata(to_blender(points).tolist(), [], polygons)
    layer = mesh.uv_layers.new(name="front")
    loops = np.empty(len(mesh.loops), np.int32)
    mesh.loops.foreach_get("vertex_index", loops)
    front = skin_paint.to_px(points[loops][:, :2]) / skin_paint.CANVAS_PX
    front[:, 1] = 1 - front[:, 1]
    layer.data.foreach_set("uv", front.astype(np.float32).ravel())
    mesh.polygons.foreach_set("use_smooth", np.ones(len(mesh.polygons), bool))
    mesh.materials.append(material)
    mesh.update()
    thing = bpy.data.objects.new(name, mesh)
    bpy.context.scene.collection.objects.link(thing)
    if subdivide:
        modifier = thing.modifiers.new("subdivide", "SUBSURF")
        modifier.render_levels = modifier.levels = subdivide
        modifier.uv_smooth = "NONE"
    return thing


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


class _Nodes:
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


def skin_material(
    albedo: bpy.types.Image, relief: bpy.types.Image, roughness: float, scatter: float
) -> bpy.types.Material:
    nodes = _Nodes("skin")
    shader = nodes.add("ShaderNodeBsdfPrincipled", Roughness=roughness)
    shader.subsurface_method = "RANDOM_WALK"
    shader.inputs["Subsurface Weight"].default_value = 1.0
    shader.inputs["Subsurface Radius"].default_value = (1.0, 0.38, 0.22)
    shader.inputs["Subsurface Scale"].default_value = scatter
    shader.inputs["Specular IOR Level"].default_value = 0.42
    uv = nodes.add("ShaderNodeUVMap")
    uv.uv_map = "front"
    colour, height = nodes.add("ShaderNodeTexImage"), nodes.add("ShaderNodeTexImage")
    colour.image, height.image = albedo, relief
    colour.extension = height.extension = "EXTEND"
    nodes.link(uv.outputs[0], colour.inputs[0])
    nodes.link(uv.outputs[0], height.inputs[0])
    nodes.link(colour.outputs[0], shader.inputs["Base Color"])
    place = nodes.add("ShaderNodeTexCoord")
    pores = nodes.add("ShaderNodeTexNoise", Scale=9.0, Detail=3.0)
    nodes.link(place.outputs["Object"], pores.inputs["Vector"])
    fine = nodes.add("ShaderNodeBump", Strength=0.05, Distance=0.05)
    nodes.link(pores.outputs[0], fine.inputs["Height"])
    wrinkle = nodes.add("ShaderNodeBump", Strength=0.6, Distance=0.28)
    nodes.link(height.outputs[0], wrinkle.inputs["Height"])
    nodes.link(fine.outputs[0], wrinkle.inputs["Normal"])
    nodes.link(wrinkle.outputs[0], shader.inputs["Normal"])
    nodes.link(shader.outputs[0], nodes.output.inputs[0])
    return nodes.material


def plain_material(
    name: str, colour: tuple[float, float, float], roughness: float, specular: float = 0.3
) -> bpy.types.Material:
    nodes = _Nodes(name)
    shader = nodes.add("ShaderNodeBsdfPrincipled", Base_Color=srgb(colour), Roughness=roughness)
    shader.inputs["Specular IOR Level"].default_value = specular
    nodes.link(shader.outputs[0], nodes.output.inputs[0])
    return nodes.material


def cloth_material(colour: tuple[float, float, float], knit: float) -> bpy.types.Material:
    nodes = _Nodes("cloth")
    shader = nodes.add("ShaderNodeBsdfPrincipled", Roughness=0.85)
    shader.inputs["Specular IOR Level"].default_value = 0.15
    shader.inputs["Sheen Weight"].default_value = 0.12
    shader.inputs["Sheen Roughness"].default_value = 0.4
    place = nodes.add("ShaderNodeTexCoord")
    blotch = nodes.add("ShaderNodeTexNoise", Scale=0.5, Detail=4.0)
    nodes.link(place.outputs["Object"], blotch.inputs["Vector"])
    ramp = nodes.add("ShaderNodeMix")
    ramp.data_type = "RGBA"
    nodes.link(blotch.outputs[0], ramp.inputs[0])
    ramp.inputs[6].default_value = srgb(tuple(0.82 * c for c in colour))
    ramp.inputs[7].default_value = srgb(tuple(min(1.0, 1.1 * c) for c in colour))
    nodes.link(ramp.outputs[2], shader.inputs["Base Color"])
    weave = nodes.add("ShaderNodeTexWave", Scale=2.4, Distortion=1.6, Detail=2.0)
    weave.bands_direction = "X"
    nodes.link(place.outputs["Object"], weave.inputs["Vector"])
    bump = nodes.add("ShaderNodeBump", Strength=knit, Distance=0.12)
    nodes.link(weave.outputs[1], bump.inputs["Height"])
    nodes.link(bump.outputs[0], shader.inputs["Normal"])
    nodes.link(shader.outputs[0], nodes.output.inputs[0])
    return nodes.material


def hair_material(colour: tuple[float, float, float], variety: float, shine: float) -> bpy.types.Material:
    """Strands that shine (Chiang's model) over a matt share that keeps dark hair brown instead of grey."""
    nodes = _Nodes("hair")
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


def paint_iris(colour: tuple[float, float, float], rng: np.random.Generator, iris_share: float) -> np.ndarray:
    """An eye seen from the front, [1024, 1024, 3] sRGB; `iris_share` is iris radius / eyeball radius."""
    size = 1024
    grid = (np.arange(size) + 0.5) / size * 2 - 1
    x, y = np.meshgrid(grid, -grid)
    r, angle = np.hypot(x, y) / iris_share, np.arctan2(y, x)
    fibres = (
        sum(np.sin(k * angle + rng.uniform(0, 6.3)) * rng.uniform(0.4, 1) for k in rng.integers(20, 90, 14))
        / 5
    )
    base = np.array(colour)
    shade = 0.62 + 0.55 * np.clip(r, 0, 1) ** 1.3 + 0.13 * fibres
    # Light that enters above leaves the iris brighter below.
    shade = shade * (1 - 0.30 * np.clip(y / iris_share, -1, 1))
    iris = base * shade[..., None]
    amber = np.exp(-(((r - 0.45) / 0.14) ** 2))[..., None] * 0.3
    iris = iris * (1 - amber) + np.clip(base * [1.7, 1.25, 0.8], 0, 1) * shade[..., None] * amber
    ring = 1 / (1 + np.exp(-(r - 0.90) / 0.035))
    iris = iris * (1 - 0.78 * ring[..., None])
    pupil = 1 / (1 + np.exp((r - 0.40) / 0.02))
    iris = iris * (1 - pupil[..., None]) + 0.012 * pupil[..., None]
    white = np.empty((size, size, 3))
    white[:] = (0.70, 0.67, 0.655)
    redness = np.clip((np.abs(x) - 0.5) * 1.3, 0, 0.5)[..., None]
    white = white * (1 - redness) + np.array([0.60, 0.42, 0.39]) * redness
    inside = 1 / (1 + np.exp((r - 1.0) / 0.03))
    return white * (1 - inside[..., None]) + iris * inside[..., None]


def add_eyes(
    head: Head,
    colour: tuple[float, float, float],
    work: Path,
    rng: np.random.Generator,
    iris_cm: float,
    gloss: float = 0.55,
) -> None:
    """Eyeballs with a painted iris that look into the camera, under a clear coat."""
    radius = head.eyes[0][1]
    picture = image_from(paint_iris(colour, rng, iris_cm / radius), work / "iris.png")
    nodes = _Nodes("eye")
    shader = nodes.add("ShaderNodeBsdfPrincipled", Roughness=0.25)
    shader.inputs["Coat Weight"].default_value = gloss
    shader.inputs["Coat Roughness"].default_value = 0.015
    shader.inputs["Specular IOR Level"].default_value = 0.3
    shader.inputs["Subsurface Weight"].default_value = 0.15
    shader.inputs["Subsurface Scale"].default_value = 0.15
    uv = nodes.add("ShaderNodeUVMap")
    uv.uv_map = "iris"
    texture = nodes.add("ShaderNodeTexImage")
    texture.image, texture.extension = picture, "EXTEND"
    nodes.link(uv.outputs[0], texture.inputs[0])
    nodes.link(texture.outputs[0], shader.inputs["Base Color"])
    nodes.link(shader.outputs[0], nodes.output.inputs[0])
    camera = np.array([0.0, FRAME_CENTRE_Y + 1.0, CAMERA_DISTANCE_CM])
    for centre, size in head.eyes:
        bpy.ops.mesh.primitive_uv_sphere_add(segments=96, ring_count=64, radius=1.0)
        ball = bpy.context.object
        mesh = ball.data
        points = np.empty(len(mesh.vertices) * 3, np.float32)
        mesh.vertices.foreach_get("co", points)
        points = points.reshape(-1, 3).astype(np.float64)
        sideways, along, up = points[:, 0], -points[:, 1], points[:, 2]
        # The cornea stands out from the ball, so that its highlight sits high on the iris.
        off_axis = np.degrees(np.arccos(np.clip(along, -1, 1)))
        bulge = 1 + 0.045 * np.exp(-((off_axis / 24) ** 2) * 1.2)
        forward = (camera - centre) / np.linalg.norm(camera - centre)
        right = np.cross([0.0, 1.0, 0.0], forward)
        right /= np.linalg.norm(right)
        above = np.cross(forward, right)
        placed = centre + size * bulge[:, None] * (
            sideways[:, None] * right + up[:, None] * above + along[:, None] * forward
        )
        mesh.vertices.foreach_set("co", to_blender(placed).astype(np.float32).ravel())
        loops = np.empty(len(mesh.loops), np.int32)
        mesh.loops.foreach_get("vertex_index", loops)
        layer = mesh.uv_layers.new(name="iris")
        flat = np.stack([0.5 + 0.5 * sideways, 0.5 + 0.5 * up], axis=1)[loops]
        layer.data.foreach_set("uv", flat.astype(np.float32).ravel())
        mesh.polygons.foreach_set("use_smooth", np.ones(len(mesh.polygons), bool))
        mesh.materials.append(nodes.material)
        mesh.update()


def add_skin(head: Head, material: bpy.types.Material) -> None:
    """The skin down to the collar; the bust below would only poke through the clothes."""
    points = head.vertices[:SKIN_END]
    covered = (points[:, 1] < -18.0) | ((points[:, 1] < -10.0) & (np.abs(points[:, 0]) > 9.3))
    covered |= (points[:, 1] < -8.5) & (points[:, 2] < -3.5)
    visible = ~covered[np.maximum(head.skin_faces, 0)].any(axis=1)
    add_mesh("skin", points, head.skin_faces[visible], material, subdivide=2)


def render(path: Path) -> np.ndarray:
    """Render to a file; returns RGBA float [h, w, 4], display-referred."""
    scene = bpy.context.scene
    scene.render.filepath = str(path)
    bpy.ops.render.render(write_still=True)
    picture = cv2.imread(str(path), cv2.IMREAD_UNCHANGED).astype(np.float32) / 65535
    return cv2.cvtColor(picture, cv2.COLOR_BGRA2RGBA)
