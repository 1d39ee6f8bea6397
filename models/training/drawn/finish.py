"""What becomes of a drawing on its way to a file: paper, print, pencil, wash, blur, compression."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageFilter

from .looks import Look


def finish(rgb: np.ndarray, look: Look | None, rng: np.random.Generator) -> np.ndarray:
    """`[side, side, 3]` uint8."""
    u = rng.uniform
    x = rgb.astype(np.float32)
    side = x.shape[0]
    style = look.style if look else ["line", "painted", "watercolour", "sketch", "flat", "manga"][rng.integers(6)]
    if (look.grey if look else u() < 0.3) and u() < 0.9:
        x = np.repeat((x @ np.array([0.3, 0.59, 0.11], np.float32))[..., None], 3, 2)
        if u() < 0.25:
            x = x * np.array([1, u(0.9, 1), u(0.75, 0.95)], np.float32)
    if style == "watercolour" or (style == "painted" and u() < 0.6):
        rough = _noise(rng, side, u(6, 30)) * u(8, 30)
        soft = _blurred(x, u(0.4, 1.6))
        x = soft + rough[..., None] + _noise(rng, side, 1.2)[..., None] * u(2, 9)
    if style == "sketch":
        x = x + _noise(rng, side, 0.8)[..., None] * u(5, 25) * (255 - x.mean(2, keepdims=True) + 40) / 255
        x = 255 - (255 - x) * u(0.6, 1)
    if style == "woodcut" or u() < 0.06:
        paper = np.array([u(225, 250), u(210, 240), u(180, 225)], np.float32)
        x = x * paper / 255 + _noise(rng, side, 1.5)[..., None] * u(2, 10)
    if style == "manga" and u() < 0.4:
        y, z = np.mgrid[0:side, 0:side]
        pitch = u(4, 8)
        dots = np.sin(2 * np.pi * (y + z) / pitch) * np.sin(2 * np.pi * (y - z) / pitch)
        grey = (x.mean(2) > 90) & (x.mean(2) < 225)
        x = np.where(grey[..., None], np.where(dots[..., None] > 2 * x / 255 - 1, 30, 245), x)
    if u() < 0.25:
        x = _blurred(x, u(0.4, 1.4))
    x = (x - 127) * u(0.75, 1.1) + 127 + u(-20, 15)
    if u() < 0.3:
        x = x + u(1, 7) * rng.standard_normal(x.shape, np.float32)
    image = Image.fromarray(np.clip(x, 0, 255).astype(np.uint8))
    if u() < 0.1:
        small = int(side * u(0.4, 0.8))
        image = image.resize((small, small), Image.Resampling.BILINEAR).resize((side, side), Image.Resampling.BICUBIC)
    if u() < 0.08:
        image = image.filter(ImageFilter.SHARPEN)
    if u() < 0.35:
        kept = io.BytesIO()
        image.save(kept, "JPEG", quality=int(u(25, 92)))
        image = Image.open(kept).convert("RGB")
    return np.asarray(image)


def _blurred(x: np.ndarray, radius: float) -> np.ndarray:
    image = Image.fromarray(np.clip(x, 0, 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(radius))
    return np.asarray(image).astype(np.float32)


def _noise(rng: np.random.Generator, side: int, size: float) -> np.ndarray:
    """Smooth noise of unit spread; `size`: of its blots, pixels."""
    n = max(8, int(side / size))
    small = Image.fromarray(rng.normal(0, 1, (n, n)).astype(np.float32))
    return np.asarray(small.resize((side, side), Image.Resampling.BICUBIC))
