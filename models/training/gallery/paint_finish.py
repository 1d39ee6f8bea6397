"""Turn a render into a painted portrait: backdrop, brushwork, canvas, colour."""

from __future__ import annotations

import cv2
import numpy as np

RGB = tuple[float, float, float]


def finish(
    render: np.ndarray, backdrop: tuple[RGB, RGB], seed: int, size: int = 1024, brush: float = 1.0
) -> np.ndarray:
    """Compose RGBA float [n, n, 4] over a painted backdrop; returns RGB uint8 [size, size, 3].

    The render may be smaller than the picture: the brushwork gives enlarged edges back their crispness.
    """
    rng = np.random.default_rng(seed)
    # PNG keeps straight alpha, which must not be interpolated as such.
    layered = np.dstack([render[..., :3] * render[..., 3:4], render[..., 3]])
    if layered.shape[0] != size:
        layered = cv2.resize(layered, (size, size), interpolation=cv2.INTER_CUBIC)
    alpha = np.clip(layered[..., 3:4], 0, 1)
    picture = np.clip(layered[..., :3], 0, 1) + paint_backdrop(size, backdrop, rng) * (1 - alpha)
    scale = size / 1024
    if brush > 0:
        painted = kuwahara(picture, max(2, round(3.2 * scale * brush)))
        detail = picture - cv2.GaussianBlur(picture, (0, 0), 1.6 * scale)
        picture = 0.25 * picture + 0.75 * painted + 0.35 * detail
    picture = picture + 0.012 * canvas_grain(size, rng)[..., None]
    return np.round(np.clip(grade(picture), 0, 1) * 255).astype(np.uint8)


def paint_backdrop(size: int, colours: tuple[RGB, RGB], rng: np.random.Generator) -> np.ndarray:
    """A soft glow behind the head, laid down in broad strokes."""
    grid = (np.arange(size) + 0.5) / size * 2 - 1
    x, y = np.meshgrid(grid, grid)
    glow = np.exp(-(((x + 0.15) / 0.95) ** 2 + ((y + 0.1) / 0.95) ** 2))
    noise = cv2.resize(
        rng.standard_normal((size // 40, size // 40)).astype(np.float32),
        (size, size),
        interpolation=cv2.INTER_CUBIC,
    )
    strokes = cv2.warpAffine(
        noise,
        cv2.getRotationMatrix2D((size / 2, size / 2), 35, 1.5),
        (size, size),
        borderMode=cv2.BORDER_REFLECT,
    )
    strokes = cv2.GaussianBlur(strokes, (0, 0), sigmaX=size / 60, sigmaY=size / 200)
    glow = np.clip(glow + 0.035 * strokes, 0, 1)[..., None]
    return np.array(colours[1]) * (1 - glow) + np.array(colours[0]) * glow


def kuwahara(picture: np.ndarray, radius: int) -> np.ndarray:
    """Generalised Kuwahara filter (Papari et al. 2007) with eight soft sectors: flat dabs, crisp edges."""
    picture = picture.astype(np.float32)
    reach = 2 * radius
    yy, xx = np.mgrid[-reach : reach + 1, -reach : reach + 1].astype(np.float32)
    gauss = np.exp(-(xx**2 + yy**2) / (2 * (radius * 0.9) ** 2))
    angle = np.arctan2(yy, xx)
    total, weights = np.zeros_like(picture), np.zeros(picture.shape[:2] + (1,), np.float32)
    square = picture**2
    for k in range(8):
        turn = np.angle(np.exp(1j * (angle - k * np.pi / 4)))
        kernel = gauss * np.exp(-((turn / (np.pi / 6)) ** 2))
        kernel[reach, reach] = gauss[reach, reach] / 8
        kernel /= kernel.sum()
        mean = cv2.filter2D(picture, -1, kernel, borderType=cv2.BORDER_REFLECT)
        spread = cv2.filter2D(square, -1, kernel, borderType=cv2.BORDER_REFLECT) - mean**2
        spread = np.sqrt(np.clip(spread, 0, None).sum(axis=2, keepdims=True))
        weight = 1 / (1e-3 + spread) ** 4 * 1e-6
        total += mean * weight
        weights += weight
    return total / weights


def canvas_grain(size: int, rng: np.random.Generator) -> np.ndarray:
    """Woven canvas: two crossed threads and a little noise, about -1..1."""
    x, y = np.meshgrid(np.arange(size), np.arange(size))
    weave = 0.5 * (np.sin(x * 2.1) * np.cos(y * 0.35) + np.sin(y * 2.1) * np.cos(x * 0.35))
    return weave * 0.5 + 0.6 * cv2.GaussianBlur(
        rng.standard_normal((size, size)).astype(np.float32), (0, 0), 0.8
    )


def grade(picture: np.ndarray) -> np.ndarray:
    """Warm lights, cool shadows, a little more colour."""
    luma = picture @ np.array([0.299, 0.587, 0.114], picture.dtype)
    luma = luma[..., None]
    picture = luma + (picture - luma) * 1.18
    picture = picture + (luma - 0.5) * np.array([0.03, 0.008, -0.03])
    size = picture.shape[0]
    grid = (np.arange(size) + 0.5) / size * 2 - 1
    x, y = np.meshgrid(grid, grid)
    vignette = 1 - 0.14 * np.clip((x**2 + y**2 - 0.6) / 1.4, 0, 1)
    return picture * vignette[..., None]
