"""Materials. With their numbers these people's colours lie in the ranges of portraits: see README.md."""

from __future__ import annotations

from pathlib import Path

import bpy

from .assets import MAKEHUMAN, PEOPLE
from .identity import Person

SCLERA = (0.76, 0.74, 0.73)
"""factors on the eyes' texture"""
TEETH = (2.0, 1.95, 1.84)
TONGUE = (1.9, 1.25, 1.15)
SKIN_SCATTER_DM = 0.12
PORE_BUMP_DM = 0.0035


class _Nodes:
    """A material's node tree, short to write."""

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

    def link(self, source: bpy.types.NodeSocket, target: bpy.types.NodeSocket) -> None:
        self.tree.links.new(source, target)

    def image(self, path: Path) -> bpy.types.Node:
        node = self.add("ShaderNodeTexImage")
        node.image = bpy.data.images.load(str(path), check_existing=True)
        return node

    def times(
        self, colour: bpy.types.NodeSocket, factors: tuple[float, float, float]
    ) -> bpy.types.NodeSocket:
        node = self.add("ShaderNodeVectorMath")
        node.operation = "MULTIPLY"
        self.link(colour, node.inputs[0])
        node.inputs[1].default_value = factors
        return node.outputs[0]

    def mix(
        self, share: bpy.types.NodeSocket, a: bpy.types.NodeSocket, b: tuple[float, float, float]
    ) -> bpy.types.NodeSocket:
        """`a` where the share is 0, the colour `b` where it is 1."""
        node = self.add("ShaderNodeMix")
        node.data_type = "RGBA"
        self.link(share, node.inputs[0])
        self.link(a, node.inputs[6])
        node.inputs[7].default_value = (*b, 1)
        return node.outputs[2]

    def maths(
        self, operation: str, a: bpy.types.NodeSocket, b: bpy.types.NodeSocket | float
    ) -> bpy.types.NodeSocket:
        node = self.add("ShaderNodeMath")
        node.operation = operation
        self.link(a, node.inputs[0])
        if isinstance(b, (int, float)):
            node.inputs[1].default_value = b
        else:
            self.link(b, node.inputs[1])
        return node.outputs[0]

    def attribute(self, name: str) -> bpy.types.NodeSocket:
        node = self.add("ShaderNodeAttribute")
        node.attribute_name = name
        return node.outputs["Fac"]

    def noise(self, scale: float, detail: float = 2.0) -> bpy.types.NodeSocket:
        """0..1, per decimetre of the mesh at rest."""
        place = self.add("ShaderNodeAttribute")
        place.attribute_name = "rest"
        node = self.add("ShaderNodeTexNoise", Scale=scale, Detail=detail)
        self.link(place.outputs["Vector"], node.inputs["Vector"])
        return node.outputs[0]


def skin(person: Person) -> bpy.types.Material:
    """Painted albedo, tinted; stubble and shaved scalp darken it; pores and the painting's relief as bump."""
    nodes = _Nodes("skin")
    painted = nodes.image(PEOPLE / "skins" / f"{person.skin}.webp")
    colour = nodes.times(painted.outputs["Color"], person.tint)
    redder = (1.0 - 0.10 * max(0.0, person.lips), 1.0 - 0.32 * person.lips, 1.0 - 0.24 * person.lips)
    lip = nodes.add("ShaderNodeMix")
    lip.data_type = "RGBA"
    nodes.link(nodes.attribute("lip"), lip.inputs[0])
    nodes.link(colour, lip.inputs[6])
    nodes.link(nodes.times(colour, redder), lip.inputs[7])
    dots = nodes.maths("SMOOTH_MIN", nodes.noise(260, 0.0), 1.0)
    for name in ("beard", "scalp"):
        share = nodes.maths("MULTIPLY", nodes.attribute(name), dots)
        colour = nodes.mix(share, lip.outputs[2] if name == "beard" else colour, person.hair_colour)
    shader = nodes.add("ShaderNodeBsdfPrincipled", Roughness=person.gloss)
    shader.subsurface_method = "BURLEY"
    shader.inputs["Subsurface Weight"].default_value = 1.0
    shader.inputs["Subsurface Radius"].default_value = (1.0, 0.35, 0.2)
    shader.inputs["Subsurface Scale"].default_value = SKIN_SCATTER_DM
    shader.inputs["Specular IOR Level"].default_value = 0.35
    nodes.link(colour, shader.inputs["Base Color"])
    wet = nodes.maths("MULTIPLY", nodes.attribute("lip"), -0.12)
    nodes.link(nodes.maths("ADD", wet, person.gloss), shader.inputs["Roughness"])
    relief = nodes.add("ShaderNodeBump", Strength=0.12, Distance=0.02)
    nodes.link(painted.outputs["Color"], relief.inputs["Height"])
    pores = nodes.add("ShaderNodeBump", Strength=0.5, Distance=PORE_BUMP_DM)
    nodes.link(nodes.noise(90, 3.0), pores.inputs["Height"])
    nodes.link(relief.outputs[0], pores.inputs["Normal"])
    nodes.link(pores.outputs[0], shader.inputs["Normal"])
    nodes.link(shader.outputs[0], nodes.output.inputs[0])
    return nodes.material


def eyes(person: Person) -> bpy.types.Material:
    path = (
        PEOPLE / "eyes" / f"{person.iris}.webp"
        if person.iris
        else MAKEHUMAN / "eyes" / "materials" / "brown_eye.png"
    )
    nodes = _Nodes("eyes")
    image = nodes.image(path)
    shader = nodes.add("ShaderNodeBsdfPrincipled", Roughness=0.06)
    shader.inputs["Specular IOR Level"].default_value = 0.7
    shader.subsurface_method = "BURLEY"
    shader.inputs["Subsurface Weight"].default_value = 0.5
    shader.inputs["Subsurface Radius"].default_value = (1.0, 0.6, 0.5)
    shader.inputs["Subsurface Scale"].default_value = 0.03
    nodes.link(nodes.times(image.outputs["Color"], SCLERA), shader.inputs["Base Color"])
    nodes.link(image.outputs["Alpha"], shader.inputs["Alpha"])
    nodes.link(shader.outputs[0], nodes.output.inputs[0])
    return nodes.material


def textured(
    name: str,
    path: Path,
    tint: tuple[float, float, float] = (1, 1, 1),
    roughness: float = 0.5,
    specular: float = 0.5,
    scatter: float = 0.0,
    scatter_radius: tuple[float, float, float] = (1.0, 0.6, 0.4),
) -> bpy.types.Material:
    nodes = _Nodes(name)
    image = nodes.image(path)
    shader = nodes.add("ShaderNodeBsdfPrincipled", Roughness=roughness)
    shader.inputs["Specular IOR Level"].default_value = specular
    if scatter:
        shader.subsurface_method = "BURLEY"
        shader.inputs["Subsurface Weight"].default_value = 1.0
        shader.inputs["Subsurface Radius"].default_value = scatter_radius
        shader.inputs["Subsurface Scale"].default_value = scatter
    nodes.link(nodes.times(image.outputs["Color"], tint), shader.inputs["Base Color"])
    nodes.link(shader.outputs[0], nodes.output.inputs[0])
    return nodes.material


def cut_out(
    name: str, path: Path, colour: tuple[float, float, float], strength: float = 1.0
) -> bpy.types.Material:
    """Cards of brows and lashes: one colour where the texture is not transparent."""
    nodes = _Nodes(name)
    image = nodes.image(path)
    shader = nodes.add("ShaderNodeBsdfPrincipled", Roughness=0.7)
    shader.inputs["Specular IOR Level"].default_value = 0.05
    shader.inputs["Base Color"].default_value = (*colour, 1)
    nodes.link(nodes.maths("MULTIPLY", image.outputs["Alpha"], strength), shader.inputs["Alpha"])
    nodes.link(shader.outputs[0], nodes.output.inputs[0])
    return nodes.material


def hair(colour: tuple[float, float, float]) -> bpy.types.Material:
    nodes = _Nodes("hair")
    shader = nodes.add("ShaderNodeBsdfHairPrincipled")
    shader.parametrization = "COLOR"
    # This shader answers a colour with one about three times as light where many strands scatter.
    shader.inputs["Color"].default_value = (*(0.35 * c for c in colour), 1)
    shader.inputs["Roughness"].default_value = 0.35
    shader.inputs["Radial Roughness"].default_value = 0.5
    nodes.link(shader.outputs[0], nodes.output.inputs[0])
    return nodes.material


def plain(
    name: str, colour: tuple[float, float, float], roughness: float, metallic: float = 0.0
) -> bpy.types.Material:
    nodes = _Nodes(name)
    shader = nodes.add("ShaderNodeBsdfPrincipled", Roughness=roughness, Metallic=metallic)
    shader.inputs["Base Color"].default_value = (*colour, 1)
    nodes.link(shader.outputs[0], nodes.output.inputs[0])
    return nodes.material


def lens() -> bpy.types.Material:
    """Thin coated glass: seen through, with weak reflections."""
    nodes = _Nodes("lens")
    clear, mirror = nodes.add("ShaderNodeBsdfTransparent"), nodes.add("ShaderNodeBsdfGlossy", Roughness=0.02)
    clear.inputs["Color"].default_value = (0.97, 0.98, 0.98, 1)
    fresnel, mix = nodes.add("ShaderNodeFresnel", IOR=1.3), nodes.add("ShaderNodeMixShader")
    nodes.link(fresnel.outputs[0], mix.inputs[0])
    nodes.link(clear.outputs[0], mix.inputs[1])
    nodes.link(mirror.outputs[0], mix.inputs[2])
    nodes.link(mix.outputs[0], nodes.output.inputs[0])
    return nodes.material
