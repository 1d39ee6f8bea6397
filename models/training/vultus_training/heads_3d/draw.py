"""Draws heads with OpenGL (off screen, EGL; Mesa's llvmpipe will do)."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import moderngl
import numpy as np

from .shaders import FRAGMENT, SHADOW_FRAGMENT, SHADOW_VERTEX, VERTEX

SHADOW_SIDE = 1024
BYTES_PER_VERTEX = 4 * (3 + 3 + 2 + 3 + 1)


@dataclass
class Camera:
    distance_cm: float
    target: np.ndarray
    """[3], seen in the middle of the picture"""
    height_cm: float
    """what the picture's height shows at the target's distance"""

    @property
    def position(self) -> np.ndarray:
        return self.target + [0.0, 0.0, self.distance_cm]

    def matrix(self) -> np.ndarray:
        near, far = self.distance_cm - 60, self.distance_cm + 80
        focal = 2 * self.distance_cm / self.height_cm
        projection = np.array(
            [
                [focal, 0, 0, 0],
                [0, focal, 0, 0],
                [0, 0, -(far + near) / (far - near), -2 * far * near / (far - near)],
                [0, 0, -1, 0],
            ]
        )
        view = np.eye(4)
        view[:3, 3] = -self.position
        return projection @ view

    def project(self, points: np.ndarray) -> np.ndarray:
        """Picture fractions [n, 2], x right and y down."""
        relative = points - self.position
        scale = self.distance_cm / self.height_cm / -relative[:, 2]
        return np.stack([0.5 + scale * relative[:, 0], 0.5 - scale * relative[:, 1]], 1)


@dataclass
class Mesh:
    """What one draw call needs; rows per vertex, float32."""

    positions: np.ndarray
    normals: np.ndarray
    texture: np.ndarray
    local: np.ndarray
    material: np.ndarray
    triangles: np.ndarray
    blended: bool = False

    def interleaved(self) -> bytes:
        columns = [self.positions, self.normals, self.texture, self.local, self.material[:, None]]
        return np.concatenate(columns, 1).astype("f4").tobytes()


class Studio:
    """One OpenGL context for pictures of one size."""

    def __init__(self, side: int) -> None:
        self.side = side
        self.context = moderngl.create_context(standalone=True, backend="egl")
        self.program = self.context.program(vertex_shader=VERTEX, fragment_shader=FRAGMENT)
        self.shadow_program = self.context.program(
            vertex_shader=SHADOW_VERTEX, fragment_shader=SHADOW_FRAGMENT
        )
        self.picture = self.context.framebuffer(
            [self.context.texture((side, side), 4)], self.context.depth_renderbuffer((side, side))
        )
        self.depth = self.context.depth_texture((SHADOW_SIDE, SHADOW_SIDE))
        self.depth.compare_func = "<="
        self.shadow = self.context.framebuffer(depth_attachment=self.depth)
        self.textures: dict[str, moderngl.Texture] = {}
        self.sitter: object = None
        """whose skin is loaded"""

    def set_texture(self, name: str, unit: int, image: np.ndarray) -> None:
        """`image`: uint8 [height, width, channels]."""
        with self.context:
            if name in self.textures:
                self.textures.pop(name).release()
            data = np.ascontiguousarray(image).tobytes()
            texture = self.context.texture(image.shape[1::-1], image.shape[2], data)
            texture.build_mipmaps()
            texture.filter = (moderngl.LINEAR_MIPMAP_LINEAR, moderngl.LINEAR)
            texture.use(unit)
            self.textures[name] = texture
            self.program[name] = unit

    def draw(self, meshes: list[Mesh], camera: Camera, light: dict[str, object]) -> np.ndarray:
        """Returns uint8 [side, side, 4]: colour premultiplied by alpha, and alpha, the top row first."""
        with self.context:
            return self._draw(meshes, camera, light)

    def _draw(self, meshes: list[Mesh], camera: Camera, light: dict[str, object]) -> np.ndarray:
        light_view = shadow_matrix(np.asarray(light["key_direction"]), camera.target)
        for name, value in light.items():
            if name in self.program:
                self.program[name] = tuple(value) if np.ndim(value) else float(value)
        self.program["camera"] = tuple(camera.position)
        self.program["view"].write(camera.matrix().T.astype("f4").tobytes())
        self.program["light_view"].write(light_view.T.astype("f4").tobytes())
        self.shadow_program["light_view"].write(light_view.T.astype("f4").tobytes())
        self.depth.use(7)
        self.program["shadow"] = 7
        resources = [self._upload(mesh) for mesh in meshes]
        self.context.enable(moderngl.DEPTH_TEST)
        self.context.disable(moderngl.BLEND)
        self.shadow.use()
        self.shadow.clear(depth=1.0)
        for mesh, (_, shadow, _) in zip(meshes, resources, strict=True):
            if not mesh.blended:
                shadow.render()
        self.picture.use()
        self.picture.clear(0.0, 0.0, 0.0, 0.0)
        self.context.blend_func = (
            moderngl.SRC_ALPHA, moderngl.ONE_MINUS_SRC_ALPHA, moderngl.ONE, moderngl.ONE_MINUS_SRC_ALPHA,
        )  # fmt: skip
        for mesh, (visible, _, _) in zip(meshes, resources, strict=True):
            (self.context.enable if mesh.blended else self.context.disable)(moderngl.BLEND)
            visible.render()
        for visible, shadow, buffers in resources:
            for thing in (visible, shadow, *buffers):
                thing.release()
        data = np.frombuffer(self.picture.read(components=4), np.uint8)
        return data.reshape(self.side, self.side, 4)[::-1].copy()

    def _upload(self, mesh: Mesh) -> tuple[moderngl.VertexArray, moderngl.VertexArray, list[moderngl.Buffer]]:
        vertices = self.context.buffer(mesh.interleaved())
        indices = self.context.buffer(mesh.triangles.astype("i4").tobytes())
        names = ("position", "normal", "texture_place", "local", "material")
        visible = self.context.vertex_array(self.program, [(vertices, "3f 3f 2f 3f 1f", *names)], indices)
        rest = BYTES_PER_VERTEX - 12
        shadow = self.context.vertex_array(
            self.shadow_program, [(vertices, f"3f {rest}x", "position")], indices
        )
        return visible, shadow, [vertices, indices]


def shadow_matrix(direction: np.ndarray, target: np.ndarray, reach_cm: float = 22.0) -> np.ndarray:
    """Orthographic view [4, 4] along the key light, around the head."""
    forward = direction / np.linalg.norm(direction)
    right = np.cross([0.0, 1.0, 0.0], forward)
    right /= np.linalg.norm(right)
    up = np.cross(forward, right)
    matrix = np.eye(4)
    for row, axis in enumerate((right, up, -forward)):
        matrix[row, :3] = axis / reach_cm
        matrix[row, 3] = -(axis @ target) / reach_cm
    return matrix


def noise_texture(rng: np.random.Generator, side: int = 1024) -> np.ndarray:
    """Tileable noise [side, side, 3]: fine grain, strands along y, weave."""
    grain = rng.standard_normal((side, side)).astype(np.float32)

    def blurred(across: float, along: float) -> np.ndarray:
        tiled = cv2.copyMakeBorder(grain, side // 2, side // 2, side // 2, side // 2, cv2.BORDER_WRAP)
        soft = cv2.GaussianBlur(tiled, (0, 0), sigmaX=across, sigmaY=along)
        soft = soft[side // 2 : -side // 2, side // 2 : -side // 2]
        return np.clip(0.5 + 0.22 * (soft - soft.mean()) / soft.std(), 0, 1)

    fine = 0.6 * blurred(1.2, 1.2) + 0.4 * blurred(5, 5)
    strands = 0.5 * blurred(1.2, 60) + 0.5 * blurred(6, 90)
    weave = 0.5 * blurred(1.0, 8) + 0.5 * blurred(8, 1.0)
    return np.clip(255 * np.dstack([fine, strands, weave]) + 0.5, 0, 255).astype(np.uint8)
