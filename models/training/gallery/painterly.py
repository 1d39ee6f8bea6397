"""From a render to a painting: oil in strokes of a brush, or ink and watercolour on paper."""

from __future__ import annotations

import cv2
import numpy as np

RGB = tuple[float, float, float]
LUMA = np.array([0.3, 0.59, 0.11], np.float32)


def compose(render: np.ndarray, ground: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """RGB [size, size, 3] over a ground, and the figure's share [size, size]."""
    layered = np.dstack([render[..., :3] * render[..., 3:4], render[..., 3]])
    layered = cv2.resize(layered, (size, size), interpolation=cv2.INTER_CUBIC)
    alpha = np.clip(layered[..., 3], 0, 1)
    return np.clip(layered[..., :3], 0, 1) + ground * (1 - alpha[..., None]), alpha


def oil(render: np.ndarray, centre: RGB, edge: RGB, seed: int, size: int = 768) -> np.ndarray:
    """Strokes from broad to fine (Hertzmann 1998), along the forms, with the relief of thick paint."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:size, 0:size].astype(np.float32) / size
    glow = np.exp(-(((x - 0.46) / 0.5) ** 2 + ((y - 0.42) / 0.55) ** 2))[..., None]
    cloud = cv2.resize(
        rng.standard_normal((9, 9, 3)).astype(np.float32), (size, size), interpolation=cv2.INTER_CUBIC
    )
    picture, figure = compose(
        render,
        np.array(edge) * (1 - glow)
        + np.array(centre) * glow
        + 0.012 * cloud.mean(axis=2, keepdims=True)
        + 0.004 * cloud,
        size,
    )
    picture = _livelier(picture.astype(np.float32))
    canvas = np.full_like(picture, 0.0) + np.array([0.42, 0.33, 0.25], np.float32)
    height = np.zeros((size, size), np.float32)
    # Where the face is, the painter takes a finer brush.
    care = cv2.GaussianBlur(_detail(picture) * figure, (0, 0), size / 60)
    care = np.clip(care / care.max() * 2.2, 0, 1)
    for radius, tolerance, least_care in (
        (22, 0.0, 0.0),
        (11, 0.04, 0.0),
        (6, 0.05, 0.03),
        (3, 0.055, 0.12),
        (1.6, 0.05, 0.2),
    ):
        wanted = cv2.GaussianBlur(picture, (0, 0), radius * 0.55)
        angle = _along_forms(wanted, radius)
        step = max(2, int(radius * 0.9))
        ys, xs = np.mgrid[step // 2 : size : step, step // 2 : size : step]
        spots = np.stack([xs.ravel(), ys.ravel()], 1) + rng.integers(-step // 2, step // 2 + 1, (xs.size, 2))
        spots = np.clip(rng.permutation(spots), 0, size - 1)
        for sx, sy in spots:
            colour = wanted[sy, sx]
            if care[sy, sx] < least_care or np.abs(canvas[sy, sx] - colour).sum() < 3 * tolerance:
                continue
            path, px, py, turn = [(sx, sy)], float(sx), float(sy), 1.0
            last = None
            for _ in range(7):
                a = angle[int(py), int(px)]
                d = np.array([np.cos(a), np.sin(a)])
                if last is not None and d @ last < 0:
                    d = -d
                last = d if last is None else 0.6 * last + 0.4 * d
                px, py = px + last[0] * radius * 0.9 * turn, py + last[1] * radius * 0.9 * turn
                if (
                    not (0 <= px < size and 0 <= py < size)
                    or np.abs(wanted[int(py), int(px)] - colour).sum() > 0.16
                ):
                    break
                path.append((px, py))
            tone = colour * (1 + rng.normal(0, 0.025)) + rng.normal(0, 0.009, 3)
            _stroke(canvas, height, np.array(path), radius, tone, rng)
    light = cv2.GaussianBlur(height, (0, 0), 0.8)
    relief = cv2.Sobel(light, cv2.CV_32F, 1, 0, ksize=3) + cv2.Sobel(light, cv2.CV_32F, 0, 1, ksize=3)
    weave = np.sin(np.arange(size) * 2.2)[None] * np.sin(np.arange(size) * 2.2)[:, None]
    # What a brush can't say of eyes and lips the picture below says.
    fine = (picture - cv2.GaussianBlur(picture, (0, 0), 2.2)) * (0.25 + 0.75 * care[..., None])
    out = canvas + 0.8 * fine + 0.032 * np.tanh(relief * 1.4)[..., None] + 0.006 * weave[..., None]
    return np.round(np.clip(out, 0, 1) * 255).astype(np.uint8)


def _stroke(
    canvas: np.ndarray,
    height: np.ndarray,
    path: np.ndarray,
    radius: float,
    tone: np.ndarray,
    rng: np.random.Generator,
) -> None:
    thick = max(1, round(2 * radius))
    low = np.maximum(0, path.min(axis=0) - radius - 3).astype(int)
    high = np.minimum(canvas.shape[0], path.max(axis=0) + radius + 4).astype(int)
    layer = np.zeros((high[1] - low[1], high[0] - low[0]), np.uint8)
    points = np.round((path - low) * 16).astype(np.int32)
    if len(points) == 1:
        points = np.vstack([points, points + 8])
    cv2.polylines(layer, [points], False, 255, thick, cv2.LINE_AA, 4)
    box = slice(low[1], high[1]), slice(low[0], high[0])
    cover = layer.astype(np.float32)[..., None] / 255
    # Bristles leave furrows along the stroke: paint lies higher at one edge.
    bristles = rng.normal(0, 0.5, layer.shape).astype(np.float32)
    bristles = cv2.GaussianBlur(bristles, (0, 0), 0.9)
    canvas[box] += (tone - canvas[box]) * cover * 0.94
    solid = cover[..., 0]
    height[box] = height[box] * (1 - solid) + solid * (
        0.35 + 0.28 * bristles + 0.25 * cv2.GaussianBlur(solid, (0, 0), max(0.6, radius / 3))
    )


def _along_forms(picture: np.ndarray, radius: float) -> np.ndarray:
    """Angle [h, w] across the smoothed structure tensor's gradient."""
    luma = picture @ LUMA
    gx, gy = cv2.Sobel(luma, cv2.CV_32F, 1, 0, ksize=5), cv2.Sobel(luma, cv2.CV_32F, 0, 1, ksize=5)
    smooth = lambda a: cv2.GaussianBlur(a, (0, 0), 2 + radius)  # noqa: E731
    xx, yy, xy = smooth(gx * gx), smooth(gy * gy), smooth(gx * gy)
    return 0.5 * np.arctan2(2 * xy, xx - yy) + np.pi / 2


def _detail(picture: np.ndarray) -> np.ndarray:
    luma = picture @ LUMA
    return np.abs(luma - cv2.GaussianBlur(luma, (0, 0), 6))


def _livelier(picture: np.ndarray) -> np.ndarray:
    """Warmer lights, cooler shadows, more colour, as a palette has."""
    luma = (picture @ LUMA)[..., None]
    picture = luma + (picture - luma) * 1.25
    picture = picture + (luma - 0.45) * np.array([0.06, 0.015, -0.06], np.float32)
    return np.clip(picture, 0, 1)


def watercolour(render: np.ndarray, wash: RGB, seed: int, size: int = 768) -> np.ndarray:
    """Washes with pigment at their edges on rough paper, drawn over with a pen."""
    rng = np.random.default_rng(seed)
    picture, figure = compose(render, np.ones(3, np.float32), size)
    picture = picture.astype(np.float32)
    luma = (picture @ LUMA)[..., None]
    picture = np.clip(luma + (picture - luma) * 1.35, 0, 1)
    # Brighter, as paper shines through.
    picture = 1 - (1 - picture**0.8) ** 1.3 * 0.9
    flat = picture
    for _ in range(2):
        flat = cv2.bilateralFilter(flat, 0, 0.12, size / 130)
    paper = _paper(size, rng)
    # Washes: a few steps of tone, whose borders wander.
    field = np.stack(
        [
            cv2.GaussianBlur(rng.standard_normal((size, size)).astype(np.float32), (0, 0), 6) * 26
            for _ in range(2)
        ]
    )
    yy, xx = np.mgrid[0:size, 0:size].astype(np.float32)
    care = cv2.GaussianBlur(_detail(picture) * figure, (0, 0), size / 50)
    calm = 1 - np.clip(care / care.max() * 1.6, 0, 0.9)
    flat = cv2.remap(
        flat, xx + field[0] * calm, yy + field[1] * calm, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
    )
    tone = flat @ LUMA
    steps = 6
    level = tone * steps
    soft = (np.floor(level) + 1 / (1 + np.exp(-(level % 1 - 0.5) * 12))) / steps
    washes = flat * (0.45 + 0.55 * soft / np.maximum(tone, 0.02))[..., None]
    rims = cv2.GaussianBlur(
        np.abs(cv2.Laplacian(cv2.GaussianBlur(soft, (0, 0), 1.1), cv2.CV_32F)), (0, 0), 0.8
    )
    density = 1 + 1.3 * np.clip(rims * 5, 0, 0.3) + 0.16 * paper + 0.22 * _cloud(size, 14, rng)
    out = np.clip(washes, 0.02, 1) ** density[..., None]
    # A loose wash behind the head that stops before the edge of the paper.
    r = (
        np.hypot((xx / size - 0.5) / 0.47, (yy / size - 0.47) / 0.50)
        + 0.10 * _cloud(size, 7, rng)
        + 0.05 * _cloud(size, 26, rng)
    )
    behind = np.clip((1.0 - r) / 0.035, 0, 1) * (1 - figure)
    rim = np.exp(-(((r - 0.975) / 0.012) ** 2)) * (1 - figure)
    pool = behind * (0.55 + 0.22 * _cloud(size, 5, rng) + 0.16 * paper) + 0.22 * rim
    out = out * (1 - np.clip(pool, 0, 1)[..., None] * (1 - np.array(wash, np.float32)))
    # The bust runs out into the paper.
    end = np.clip((0.97 + 0.03 * _cloud(size, 12, rng) - yy / size) / 0.05, 0, 1)[..., None]
    sheet = np.array([0.985, 0.975, 0.95], np.float32)
    out = out * end + (1 - end)
    ink = _pen(picture, figure, rng)
    out = out * (1 - 0.86 * ink[..., None] * (1 - np.array([0.16, 0.11, 0.12], np.float32)))
    out = out * sheet * (1 + 0.028 * paper[..., None])
    return np.round(np.clip(out, 0, 1) * 255).astype(np.uint8)


def _pen(picture: np.ndarray, figure: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Lines where tone changes quickly (XDoG, Winnemöller 2011), lighter where the pen ran dry."""
    luma = cv2.bilateralFilter((picture @ LUMA).astype(np.float32), 0, 0.08, 4)
    fine, broad = cv2.GaussianBlur(luma, (0, 0), 1.15), cv2.GaussianBlur(luma, (0, 0), 2.1)
    edge = fine - 0.985 * broad
    line = np.where(edge > 0.0, 0, np.tanh(-edge * 42))
    border = cv2.morphologyEx(
        np.round(cv2.GaussianBlur(figure, (0, 0), 2.5)).astype(np.uint8),
        cv2.MORPH_GRADIENT,
        np.ones((2, 2), np.uint8),
    ).astype(np.float32)
    line = np.maximum(line, 0.6 * cv2.GaussianBlur(border, (0, 0), 0.7))
    dry = np.clip(0.8 + 0.35 * _cloud(luma.shape[0], 30, rng), 0.25, 1)
    return np.clip(cv2.GaussianBlur(line.astype(np.float32), (0, 0), 0.5) * dry, 0, 1)


def _paper(size: int, rng: np.random.Generator) -> np.ndarray:
    rough = cv2.GaussianBlur(rng.standard_normal((size, size)).astype(np.float32), (0, 0), 1.3)
    grain = rough / rough.std() * 0.7 + 0.5 * _cloud(size, 90, rng)
    return np.clip(grain / 1.6, -1.5, 1.5)


def _cloud(size: int, cells: int, rng: np.random.Generator) -> np.ndarray:
    return cv2.resize(
        rng.standard_normal((cells, cells)).astype(np.float32), (size, size), interpolation=cv2.INTER_CUBIC
    )
