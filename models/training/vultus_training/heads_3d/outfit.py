"""Hair and clothes around ICT's head: simple surfaces with the outline and texture of a portrait's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .face_model import SKIN, Person, neck_share


@dataclass
class Surface:
    """A mesh of its own beside the head's."""

    points: np.ndarray
    """[n, 3] centimetres, the head at rest"""
    triangles: np.ndarray
    head_share: np.ndarray
    """[n], how much of the head's turn each point takes"""
    texture: np.ndarray
    """[n, 2], place in the strands' or the cloth's texture"""
    layer: np.ndarray
    """[n], 0 at the root of the hair to 1 at its tips; 0 for cloth"""
    cover: np.ndarray
    """[n], how thick the hair grows; 1 for cloth"""


@dataclass
class HairStyle:
    length_cm: float
    droop: float
    """how much the hair hangs instead of standing off the head"""
    hairline_cm: float
    """how far the forehead reaches up against the neutral hairline"""
    curtain_cm: float
    """length of the hair behind the face below the crown; 0 for none"""
    layers: int = 14


def random_style(rng: np.random.Generator) -> HairStyle:
    long = rng.random() < 0.45
    return HairStyle(
        length_cm=float(rng.uniform(0.5, 2.6)) if not long else float(rng.uniform(1.0, 2.0)),
        droop=float(rng.uniform(0.0, 0.9)),
        hairline_cm=float(rng.normal(0.0, 0.7)),
        curtain_cm=float(rng.uniform(17, 34)) if long else 0.0,
    )


def scalp_cover(neutral: np.ndarray, hairline_cm: float) -> np.ndarray:
    """How thick hair grows at each vertex of the neutral head, 0..1."""
    azimuth = np.degrees(np.arctan2(np.abs(neutral[:, 0]), neutral[:, 2] + 1.0))
    edge = np.interp(
        azimuth, [0, 25, 42, 55, 70, 82, 100, 125, 180], [10.6, 10.3, 9.4, 7.2, 3.2, 4.4, 4.0, -3.0, -6.0]
    )
    edge = edge + hairline_cm * np.clip(1 - azimuth / 60, 0, 1)
    cover = np.clip((neutral[:, 1] - edge) / 1.2, 0, 1)
    cover[SKIN.stop :] = 0
    return cover


def scalp_hair(
    person: Person, neutral: np.ndarray, normals: np.ndarray, triangles: np.ndarray, style: HairStyle
) -> Surface:
    """Shells over the scalp from the roots to the tips; each shows the strands that reach so far."""
    cover = scalp_cover(neutral, style.hairline_cm)
    faces = triangles[(cover[triangles] > 0).any(1) & (triangles < SKIN.stop).all(1)]
    used, local = np.unique(faces, return_inverse=True)
    local = local.reshape(faces.shape)
    count = len(used)
    hang = np.array([0.0, -1.0, 0.0])
    around = np.arctan2(neutral[used, 0], -(neutral[used, 2] + 1.0))
    texture = np.stack([around / (2 * np.pi) + 0.5, neutral[used, 1] / 30 + 0.5], 1)
    shells = []
    for layer in np.linspace(0.04, 1, style.layers):
        grown = style.length_cm * cover[used, None] ** 0.5
        offset = grown * (layer * normals[used] + style.droop * layer**2 * hang)
        shells.append(person.vertices[used] + offset)
    return Surface(
        points=np.concatenate(shells),
        triangles=np.concatenate([local + k * count for k in range(style.layers)]),
        head_share=np.tile(person.head_share[used], style.layers),
        texture=np.tile(texture, (style.layers, 1)),
        layer=np.repeat(np.linspace(0.04, 1, style.layers), count),
        cover=np.tile(cover[used], style.layers),
    )


def curtain(person: Person, style: HairStyle) -> Surface:
    """Long hair that falls from the crown behind the face, as three sheets one over the other."""
    columns, rows = 90, 40
    head = person.vertices[SKIN]
    half_width = np.abs(head[head[:, 1] > 2, 0]).max()
    around = np.radians(np.linspace(62, 298, columns))[None]
    down = np.linspace(0, 1, rows)[:, None]
    sheets = []
    for swell in (0.0, 0.35, 0.7):
        flare = 0.45 + 0.75 * np.sin(np.clip(down * 2.4, 0, np.pi / 2)) - 0.1 * down
        wave = 0.25 * np.sin(9 * around + 6 * down)
        x = -(half_width + 0.9 + swell + wave) * flare * np.sin(around)
        z = (8.2 + swell) * flare * np.cos(around) - 1.5 + 1.2 * down
        y = 12.5 - style.curtain_cm * down + 0 * around
        sheets.append(np.stack([x, y, z], -1).reshape(-1, 3))
    points = np.concatenate(sheets)
    index = np.arange(rows * columns).reshape(rows, columns)
    a, b, c, d = index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]
    faces = np.concatenate([np.stack([a, b, c], -1).reshape(-1, 3), np.stack([a, c, d], -1).reshape(-1, 3)])
    texture = np.stack(
        [
            np.broadcast_to(around / (2 * np.pi) * 1.7, (rows, columns)),
            np.broadcast_to(down * 0.5, (rows, columns)),
        ],
        -1,
    )
    edge = np.minimum((around - around.min()) / 0.3, (around.max() - around) / 0.3)
    cover = np.clip(np.broadcast_to(edge, (rows, columns)), 0, 1) * np.clip((1 - down) / 0.12, 0, 1)
    chin = person.joint[1]
    return Surface(
        points=points,
        triangles=np.concatenate([faces + k * rows * columns for k in range(3)]),
        head_share=neck_share(points[:, 1], chin - 2, reach=11),
        texture=np.tile(texture.reshape(-1, 2), (3, 1)),
        layer=np.repeat([0.1, 0.35, 0.6], rows * columns),
        cover=np.tile(cover.ravel(), 3),
    )


def torso(rng: np.random.Generator) -> Surface:
    """Neck opening, shoulders and chest; the opening lies lower in front."""
    columns, rows = 96, 48
    around = np.linspace(0, 2 * np.pi, columns)[None]
    down = np.linspace(0, 1, rows)[:, None]
    front = 0.5 + 0.5 * np.cos(around)
    neckline = rng.uniform(0.5, 5.0)
    slope = rng.uniform(5.0, 8.0)
    spread = 1 - np.exp(-down * slope)
    half_width = 7.0 + rng.uniform(13, 16) * spread
    half_depth = 6.4 + rng.uniform(3.5, 6) * spread
    top = -11.5 - neckline * front**3
    x = half_width * np.sin(around)
    z = half_depth * np.cos(around) - 1.5
    y = top * np.exp(-3 * down) + (-13 - 30 * down) * (1 - np.exp(-3 * down)) - 1.2 * down
    points = np.stack(np.broadcast_arrays(x, y, z), -1).reshape(-1, 3)
    index = np.arange(rows * columns).reshape(rows, columns)
    a, b, c, d = index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]
    faces = np.concatenate([np.stack([a, b, c], -1).reshape(-1, 3), np.stack([a, c, d], -1).reshape(-1, 3)])
    texture = np.stack(np.broadcast_arrays(around / (2 * np.pi) * 3, down * 1.5), -1).reshape(-1, 2)
    count = len(points)
    return Surface(points, faces, np.full(count, 0.05), texture, np.zeros(count), np.ones(count))
