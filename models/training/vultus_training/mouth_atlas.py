"""Renders the mouth interior that lies behind an avatar's lips: upper teeth, lower teeth, tongue.

Teeth and gums are ICT-FaceKit's (MIT), the tongue's surface is MakeHuman's (CC0), its shape, colour and
light are made here. Seen from the front, orthographic, each layer alone, in soft light from the front and
above. The renderer places the layers in the mouth, tints them to the portrait and shades them by depth.

`mouth-atlas.png`: RGBA, three tiles of TILE_WIDTH × TILE_HEIGHT below each other (upper teeth, lower teeth,
tongue), PIXELS_PER_CM canonical centimetres, the middle of the closed lips at the centre of each tile.

Run: python -m vultus_training.mouth_atlas --meshes ../../../shared/data/meshes \\
         --people ../../../shared/data/people --out ../builtin/mouth-atlas.png
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from vultus_training.face_basis import read_canonical

TILE_WIDTH, TILE_HEIGHT = 320, 192
PIXELS_PER_CM = 40
SUPERSAMPLING = 4

TEETH_UPPER, TEETH_LOWER = (17039, 19247), (19247, 21451)
GUMS_AND_TONGUE = (14062, 17039)
LIP_MIDDLE = (5533, 5517)
LIP_CORNERS = (5708, 6213)

ENAMEL = np.array([236.0, 226.0, 208.0])
# Towards the gum the dentine shines through; the edge of an incisor lets the dark behind it through.
NECK_TINT, NECK_CM = np.array([0.97, 0.91, 0.83]), (0.4, 0.95)
EDGE_TINT, EDGE_CM = np.array([0.88, 0.91, 0.94]), (0.16, 0.02)
GUM = np.array([204.0, 128.0, 122.0])
TONGUE = np.array([206.0, 122.0, 116.0])
LIGHT = np.array([0.0, 0.35, 0.94])
DEPTH_FADE_PER_CM = 0.1
# Light between two teeth has been inside them: it is warmer.
WARMTH = np.array([0.0, 0.25, 0.5])
# The gaps between them, in pixels, and what is left there of the light.
GAP_WIDTH, GAP_TINT = 7, np.array([0.78, 0.66, 0.56])
GUM_WIDTH_CM = 0.9
GUM_INSIDE_CM = 0.1
TONGUE_HALF_WIDTH_CM = 2.3
TONGUE_TOP_CM = 0.15
# Upper left corner and side of a piece of the tongue's photograph without highlights, in pixels of 1024.
SURFACE = (480, 150, 240)


def triangles(kit: dict[str, np.ndarray]) -> np.ndarray:
    quads = kit["faces"]
    whole = quads[quads[:, 3] >= 0]
    return np.concatenate([quads[:, :3], whole[:, [0, 2, 3]]])


def split_gums(kit: dict[str, np.ndarray], points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Vertex indices of the upper and the lower gum; palate, throat and tongue are left out."""
    soft = np.arange(*GUMS_AND_TONGUE)
    jaw = kit["expression_deltas"][list(kit["expression_names"]).index("jawOpen")].astype(np.float64)
    fixed = np.linalg.norm(jaw[soft], axis=1) < 0.02
    gums = []
    for part, teeth in ((soft[fixed], TEETH_UPPER), (soft[~fixed], TEETH_LOWER)):
        row = points[slice(*teeth)]
        to_teeth, nearest = cKDTree(row).query(points[part])
        # Inside the row gums rise behind it as dark shards.
        outside = from_arch(points[part], row) > from_arch(row[nearest], row) - GUM_INSIDE_CM
        gums.append(part[(to_teeth < GUM_WIDTH_CM) & outside])
    return gums[0], gums[1]


def from_arch(points: np.ndarray, row: np.ndarray) -> np.ndarray:
    """Distance from the upright axis in the middle of a row of teeth."""
    return np.hypot(points[:, 0], points[:, 2] - row[:, 2].mean())


def tongue_surface(people: Path) -> np.ndarray:
    """What a photograph of a tongue adds to an even one: factors on colour, of the tile's size."""
    photograph = cv2.imread(str(people / "tongue" / "tongue01.webp"))[..., ::-1].astype(np.float32)
    left, top, side = (value * photograph.shape[0] // 1024 for value in SURFACE)
    piece = cv2.resize(photograph[top : top + side, left : left + side], (TILE_HEIGHT, TILE_HEIGHT))
    factors = piece / cv2.GaussianBlur(piece, (0, 0), TILE_HEIGHT / 8)
    mirrored = np.concatenate([factors, factors[:, ::-1]], 1)
    return mirrored[:, TILE_HEIGHT - TILE_WIDTH // 2 : TILE_HEIGHT + TILE_WIDTH // 2]


def draw_tongue(people: Path) -> np.ndarray:
    """A tongue seen from the front, resting just behind the lower teeth: RGBA tile."""
    x, y = np.meshgrid(np.arange(TILE_WIDTH) + 0.5, np.arange(TILE_HEIGHT) + 0.5)
    x = (x - TILE_WIDTH / 2) / PIXELS_PER_CM
    y = (TILE_HEIGHT / 2 - y) / PIXELS_PER_CM  # up
    side = np.abs(x) / TONGUE_HALF_WIDTH_CM
    # Its back, hollow in the middle and falling to the sides, fades into the throat; its front faces us.
    below = TONGUE_TOP_CM - 0.75 * side**2.6 - 0.06 * np.exp(-((side / 0.22) ** 2)) - y
    alpha = smoothstep(-0.05, 0.3, below) * smoothstep(0, 0.15, 1 - side)
    light = 0.52 + 0.48 * smoothstep(0, 0.75, below) - 0.3 * smoothstep(0.8, 1.9, below)
    light *= (1 - 0.3 * side**2) * (1 - 0.14 * np.exp(-((side / 0.07) ** 2)) * smoothstep(1.3, 0.5, below))
    # What shines back from within a tongue in the shade is redder.
    rgb = TONGUE * light[..., None] ** np.array([0.85, 1.15, 1.1]) * tongue_surface(people)
    wet = np.exp(-(((below - 0.62) / 0.2) ** 2) - ((side - 0.3) / 0.2) ** 2)
    speckle = np.clip(6 * (tongue_surface(people).mean(-1) - 1) + 0.35, 0, 1)
    rgb += (46 * wet * speckle)[..., None]
    return np.clip(np.dstack([rgb, 255 * alpha]) + 0.5, 0, 255).astype(np.uint8)


def smoothstep(low: float, high: float, value: np.ndarray) -> np.ndarray:
    t = np.clip((value - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def enamel(points: np.ndarray, row: tuple[int, int], faces: np.ndarray, towards_edge: int) -> np.ndarray:
    """Colours of a row of teeth by how far they are from the edge of their own tooth."""
    start, end = row
    inside = ((faces >= start) & (faces < end)).all(1)
    links = np.concatenate([faces[inside][:, [0, 1]], faces[inside][:, [1, 2]]]) - start
    graph = coo_matrix((np.ones(len(links)), links.T), shape=(end - start, end - start))
    _, tooth = connected_components(graph, directed=False)
    along = towards_edge * points[start:end, 1]
    edge = np.full(tooth.max() + 1, -np.inf)
    np.maximum.at(edge, tooth, along)
    from_edge = (edge[tooth] - along)[:, None]
    colours = ENAMEL * (1 + smoothstep(*NECK_CM, from_edge) * (NECK_TINT - 1))
    return colours * (1 + smoothstep(*EDGE_CM, from_edge) * (EDGE_TINT - 1))


def vertex_normals(points: np.ndarray, faces: np.ndarray) -> np.ndarray:
    normals = np.zeros_like(points)
    flat = np.cross(points[faces[:, 1]] - points[faces[:, 0]], points[faces[:, 2]] - points[faces[:, 0]])
    for corner in range(3):
        np.add.at(normals, faces[:, corner], flat)
    return normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)


def shade(normals: np.ndarray, depth: np.ndarray, colour: np.ndarray, gloss: float) -> np.ndarray:
    """Vertex colours: wrapped diffuse light, a soft highlight, darker with depth behind the front teeth."""
    diffuse = np.clip(0.45 + 0.55 * normals @ LIGHT, 0, 1)
    facing = smoothstep(-0.1, 0.75, normals[:, 2])
    highlight = gloss * np.clip(normals @ LIGHT, 0, 1) ** 40
    fade = np.exp(-DEPTH_FADE_PER_CM * np.maximum(0, depth))
    light = (0.25 + 0.75 * diffuse) * (0.35 + 0.65 * facing) * fade
    warm = light[:, None] ** (1 + WARMTH)
    return np.clip(colour * warm + 255 * (highlight * fade)[:, None], 0, 255)


def rasterise(points: np.ndarray, colours: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Draws with depth test; `points` in tile pixels × SUPERSAMPLING. Returns RGBA at tile size."""
    width, height = TILE_WIDTH * SUPERSAMPLING, TILE_HEIGHT * SUPERSAMPLING
    image = np.zeros((height, width, 4), dtype=np.float32)
    depth = np.full((height, width), -np.inf)
    for face in faces:
        p, c = points[face], colours[face]
        (x0, y0), (x1, y1) = np.floor(p[:, :2].min(0)).astype(int), np.ceil(p[:, :2].max(0)).astype(int)
        x0, y0, x1, y1 = max(0, x0), max(0, y0), min(width - 1, x1), min(height - 1, y1)
        area = np.cross(p[1, :2] - p[0, :2], p[2, :2] - p[0, :2])
        if x0 > x1 or y0 > y1 or abs(area) < 1e-9:
            continue
        gx, gy = np.meshgrid(np.arange(x0, x1 + 1) + 0.5, np.arange(y0, y1 + 1) + 0.5)
        wb = ((gx - p[0, 0]) * (p[2, 1] - p[0, 1]) - (gy - p[0, 1]) * (p[2, 0] - p[0, 0])) / area
        wc = ((gy - p[0, 1]) * (p[1, 0] - p[0, 0]) - (gx - p[0, 0]) * (p[1, 1] - p[0, 1])) / area
        inside = (wb >= 0) & (wc >= 0) & (wb + wc <= 1)
        z = p[0, 2] + wb * (p[1, 2] - p[0, 2]) + wc * (p[2, 2] - p[0, 2])
        region = depth[y0 : y1 + 1, x0 : x1 + 1]
        inside &= z > region
        region[inside] = z[inside]
        wb, wc = wb[inside, None], wc[inside, None]
        colour = (1 - wb - wc) * c[0] + wb * c[1] + wc * c[2]
        image[y0 : y1 + 1, x0 : x1 + 1][inside] = np.concatenate([colour, np.full((len(wb), 1), 255)], 1)
    premultiplied = image.copy()
    premultiplied[..., :3] *= image[..., 3:] / 255
    small = cv2.resize(premultiplied, (TILE_WIDTH, TILE_HEIGHT), interpolation=cv2.INTER_AREA)
    small[..., :3] /= np.maximum(small[..., 3:], 1) / 255
    return np.clip(small + 0.5, 0, 255).astype(np.uint8)


def close_gaps(tile: np.ndarray) -> np.ndarray:
    """Teeth touch: what shows between them is themselves in their own shade, not the dark behind."""
    opaque = tile[..., 3].astype(np.float32) / 255
    closed = cv2.morphologyEx(opaque, cv2.MORPH_CLOSE, np.ones((1, GAP_WIDTH), np.uint8))
    weight = cv2.blur(opaque, (GAP_WIDTH, 1))[..., None]
    beside = cv2.blur(tile[..., :3] * opaque[..., None], (GAP_WIDTH, 1)) / np.maximum(weight, 1e-3)
    colour = opaque[..., None] * tile[..., :3] + (1 - opaque[..., None]) * GAP_TINT * beside
    return np.clip(np.dstack([colour, 255 * closed]) + 0.5, 0, 255).astype(np.uint8)


def layers(meshes: Path, people: Path) -> list[np.ndarray]:
    with np.load(meshes / "ict-facekit" / "ict-facekit.npz") as archive:
        kit = {key: archive[key] for key in ("neutral", "faces", "expression_names", "expression_deltas")}
    rest = read_canonical(meshes / "mediapipe" / "face_model_with_iris.obj")
    faces = triangles(kit)
    neutral = kit["neutral"].astype(np.float64)
    width = np.linalg.norm(neutral[LIP_CORNERS[0]] - neutral[LIP_CORNERS[1]])
    scale = np.linalg.norm(rest[61] - rest[291]) / width
    points = scale * (neutral - neutral[list(LIP_MIDDLE)].mean(0))
    normals = vertex_normals(points, faces)
    upper_gum, lower_gum = split_gums(kit, points)
    front = points[slice(*TEETH_UPPER), 2].max()
    print(f"front teeth lie {-front:.2f} cm behind the lips' middle")
    result = []
    for teeth, gum, towards_edge in ((TEETH_UPPER, upper_gum, -1), (TEETH_LOWER, lower_gum, 1)):
        span = np.arange(*teeth)
        chosen = np.zeros(len(points), dtype=bool)
        chosen[gum] = chosen[span] = True
        colours = np.zeros((len(points), 3))
        colours[gum] = shade(normals[gum], front - points[gum, 2], GUM, 0.08)
        colours[span] = shade(
            normals[span], front - points[span, 2], enamel(points, teeth, faces, towards_edge), 0.1
        )
        drawn = faces[chosen[faces].all(1)]
        tile = np.empty_like(points)
        tile[:, 0] = (points[:, 0] * PIXELS_PER_CM + TILE_WIDTH / 2) * SUPERSAMPLING
        tile[:, 1] = (-points[:, 1] * PIXELS_PER_CM + TILE_HEIGHT / 2) * SUPERSAMPLING
        tile[:, 2] = points[:, 2]
        result.append(close_gaps(rasterise(tile, colours, drawn)))
    return [*result, draw_tongue(people)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--meshes", type=Path, required=True)
    parser.add_argument("--people", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    atlas = np.concatenate(layers(arguments.meshes, arguments.people))
    bgra = cv2.cvtColor(atlas, cv2.COLOR_RGBA2BGRA)
    cv2.imwrite(str(arguments.out), bgra, [cv2.IMWRITE_PNG_COMPRESSION, 9])


if __name__ == "__main__":
    main()
