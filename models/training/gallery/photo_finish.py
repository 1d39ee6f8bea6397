"""From a render to a photograph: backdrop out of focus, a lens, film."""

from __future__ import annotations

import cv2
import numpy as np

RGB = tuple[float, float, float]


def paper(size: int, centre: RGB, edge: RGB, at: tuple[float, float], rng: np.random.Generator) -> np.ndarray:
    """Studio paper under one lamp."""
    y, x = np.mgrid[0:size, 0:size].astype(np.float32) / size
    glow = np.exp(-(((x - at[0]) / 0.62) ** 2 + ((y - at[1]) / 0.66) ** 2))[..., None]
    cloud = cv2.resize(
        rng.standard_normal((5, 5)).astype(np.float32), (size, size), interpolation=cv2.INTER_CUBIC
    )
    return np.array(edge) * (1 - glow) + np.array(centre) * glow + 0.012 * cloud[..., None]


def room(
    size: int,
    wall: RGB,
    things: list[tuple[float, float, float, float, RGB]],
    blur: float,
    lamps: list[tuple[float, float, float, RGB]] = (),
) -> np.ndarray:
    """A room far out of focus: boxes (x0, y0, x1, y1, colour) and lamps (x, y, radius, colour), in shares."""
    picture = np.empty((size, size, 3), np.float32)
    y = np.linspace(1.06, 0.9, size, dtype=np.float32)[:, None, None]
    picture[:] = np.array(wall, np.float32) * y
    for x0, y0, x1, y1, colour in things:
        picture[int(max(0, y0) * size) : int(y1 * size), int(max(0, x0) * size) : int(x1 * size)] = colour
    for x, y0, r, colour in lamps:
        # Lamps are far brighter than paper; the disc of the lens keeps their edge.
        cv2.circle(
            picture,
            (int(x * size), int(y0 * size)),
            max(1, int(r * size)),
            tuple(6 * c for c in colour),
            -1,
            cv2.LINE_AA,
        )
    linear = np.clip(picture, 0, 8) ** 2.2
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * int(blur * size / 2) + 1,) * 2).astype(
        np.float32
    )
    soft = cv2.filter2D(
        cv2.filter2D(linear, -1, disc / disc.sum(), borderType=cv2.BORDER_REPLICATE),
        -1,
        cv2.getGaussianKernel(9, 2) @ cv2.getGaussianKernel(9, 2).T,
        borderType=cv2.BORDER_REPLICATE,
    )
    return np.clip(soft, 0, 1) ** (1 / 2.2)


def calm_edges(render: np.ndarray) -> np.ndarray:
    """The denoiser leaves the cover alone: where fine hair covers a pixel in part, it is smoothed."""
    layered = np.dstack([render[..., :3] * render[..., 3:4], render[..., 3]]).astype(np.float32)
    smooth = cv2.GaussianBlur(np.dstack([cv2.medianBlur(layered[..., k], 5) for k in range(4)]), (0, 0), 1.3)
    cover = layered[..., 3]
    local = cv2.GaussianBlur(cover, (0, 0), 1.6)
    # Outlines of skin and cloth are steps, not noise: there, neighbours differ along one direction alone.
    rough = cv2.GaussianBlur(np.abs(cover - cv2.medianBlur(cover, 3)), (0, 0), 2.0)
    partial = np.clip(local * (1 - local) * 8, 0, 1)
    noisy = np.clip(rough * 22, 0, 1) * np.clip(partial + 0.3, 0, 1)
    calm = layered + (smooth - layered) * noisy[..., None]
    calm[..., :3] /= np.maximum(calm[..., 3:4], 1e-3)
    return calm


def develop(
    render: np.ndarray,
    backdrop: np.ndarray,
    seed: int,
    warmth: float = 0.0,
    contrast: float = 1.0,
    grain: float = 0.006,
    vignette: float = 0.22,
    saturation: float = 1.0,
    stops: float = 0.0,
) -> np.ndarray:
    """Compose RGBA [n, n, 4] over a backdrop and expose it on film; returns RGB uint8."""
    rng = np.random.default_rng(seed)
    size = render.shape[0]
    render = calm_edges(render)
    alpha = np.clip(render[..., 3:4], 0, 1)
    # Light of the ground creeps round the edge, as it does in a lens.
    wrap = cv2.GaussianBlur(backdrop * (1 - alpha), (0, 0), size / 90) * alpha * 0.16
    picture = render[..., :3] * alpha + backdrop * (1 - alpha) + wrap
    linear = np.clip(picture, 0, None) ** 2.2 * 2**stops
    bloom = cv2.GaussianBlur(np.clip(linear - 0.55, 0, None), (0, 0), size / 60)
    linear = linear + 0.10 * bloom
    y, x = np.mgrid[0:size, 0:size].astype(np.float32) / size * 2 - 1
    linear = linear * (1 - vignette * np.clip((x**2 + y**2) / 2, 0, 1) ** 1.3)[..., None]
    picture = np.clip(linear, 0, 1).astype(np.float32) ** (1 / 2.2)
    picture = picture + 0.45 * (picture - cv2.GaussianBlur(picture, (0, 0), 1.1))
    luma = (picture @ np.array([0.3, 0.59, 0.11]))[..., None]
    picture = luma + (picture - luma) * saturation
    # A curve with a soft toe and shoulder.
    curve = picture * picture * (3 - 2 * picture)
    picture = picture + (curve - picture) * 0.35 * contrast
    picture = picture * 0.972 + 0.016
    picture = (
        picture
        + warmth * np.array([0.03, 0.004, -0.035]) * (0.3 + luma)
        + (0.5 - luma) * np.array([-0.008, 0.0, 0.012])
    )
    noise = rng.standard_normal((size, size, 3)).astype(np.float32)
    noise = 0.75 * noise.mean(axis=2, keepdims=True) * 1.7 + 0.35 * noise
    noise = cv2.GaussianBlur(noise, (0, 0), 0.6)
    picture = picture + grain * 1.6 * noise * (0.55 + 0.9 * (1 - np.abs(2 * luma - 1)))
    return np.round(np.clip(picture, 0, 1) * 255).astype(np.uint8)
