"""What stands behind characters, and pictures without any."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from .canvas import Canvas, curve, ellipse
from .looks import hsv

GALLERY = Path(__file__).parents[3] / "client-demo/public/gallery"
PHOTOGRAPHED = ("kwame", "mei", "noor", "henrik", "amara")
"""portraits of the gallery that look photographed"""
LAID_ON = (127, 132, 138)
"""what portraits with a transparent ground are laid on (src/image/transparency.ts)"""


def ground(canvas: Canvas, rng: np.random.Generator, grey: bool) -> None:
    u, side = rng.uniform, canvas.side
    colour = lambda: (int(u(0, 255)),) * 3 if grey else hsv(u(), u(0, 0.8), u(0.1, 1))  # noqa: E731
    kind = u()
    whole = np.array([(0, 0), (side, 0), (side, side), (0, side)], float)
    if kind < 0.28:
        canvas.fill(whole, LAID_ON)
    elif kind < 0.42:
        canvas.fill(whole, (255, 255, 255) if u() < 0.8 else (0, 0, 0))
    elif kind < 0.6:
        canvas.fill(whole, colour(), to=colour(), along=((0, 0), (u(0, side), side)))
    else:
        clutter(canvas, rng, colour, int(rng.integers(4, 34)))


def clutter(canvas: Canvas, rng: np.random.Generator, colour, count: int) -> None:
    """Shapes, lines, dots, rows: also what may look a little like eyes and mouths."""
    u, side = rng.uniform, canvas.side
    canvas.fill(np.array([(0, 0), (side, 0), (side, side), (0, side)], float), colour(), to=colour())
    for _ in range(count):
        x, y, r = u(0, side), u(0, side), side * np.exp(u(-4.5, -1.2))
        kind = rng.integers(8)
        c, blur = colour(), u(0, 6) if u() < 0.2 else 0
        if kind == 0:
            canvas.fill(ellipse(x, y, r, r * u(0.4, 1.6), u(0, 3)), c, u(0.4, 1), blur)
        elif kind == 1:
            canvas.fill(
                np.array([(x, y), (x + r * u(0.5, 3), y), (x + r * u(0.5, 3), y + r * u(0.5, 3)), (x, y + r)]),
                c,
                u(0.4, 1),
                blur,
            )
        elif kind == 2:
            canvas.fill(
                curve(rng.uniform((x - 2 * r, y - 2 * r), (x + 2 * r, y + 2 * r), (6, 2)), True), c, u(0.4, 1), blur
            )
        elif kind == 3:
            canvas.line(curve(rng.uniform((x - 3 * r, y - 3 * r), (x + 3 * r, y + 3 * r), (5, 2))), u(1, 8), c)
        elif kind == 4:
            step, n = r * u(0.3, 0.8), int(rng.integers(3, 8))
            for i in range(n):
                for j in range(int(rng.integers(1, 4))):
                    canvas.fill(ellipse(x + i * step, y + j * step, step * 0.3, step * 0.3, n=12), c)
        elif kind == 5:
            for i in range(int(rng.integers(3, 12))):
                canvas.line(np.array([(x, y + i * 0.25 * r), (x + r * u(1, 3), y + i * 0.25 * r)]), max(1, 0.08 * r), c)
        elif kind == 6:
            canvas.fill(ellipse(x, y, r, r), c)
            if u() < 0.5:
                canvas.fill(ellipse(x, y, 0.5 * r, 0.5 * r), colour())
            canvas.line(ellipse(x, y, r, r), max(1, 0.1 * r), colour(), closed=True)
        else:
            a = np.linspace(0, np.pi, 12)
            canvas.line(np.stack([x + r * np.cos(a), y + r * u(-0.8, 0.8) * np.sin(a)], 1), max(1, 0.15 * r), c)


def beside_faces(rng: np.random.Generator, side: int) -> np.ndarray:
    """A part of a portrait that looks photographed, beside or below its face: hair, clothes, rooms."""
    image = Image.open(GALLERY / f"{PHOTOGRAPHED[rng.integers(len(PHOTOGRAPHED))]}.jpg").convert("RGB")
    w, h = image.size
    length = w * rng.uniform(0.12, 0.24)
    x = rng.uniform(0, w - length)
    y = rng.uniform(0, h - length) if x < 0.01 * w or x > w - 1.01 * length else rng.uniform(0.74 * h, h - length)
    if rng.uniform() < 0.4:
        x, y = (0.0, w - length)[rng.integers(2)], rng.uniform(0, h - length)
    part = image.crop((int(x), int(y), int(x + length), int(y + length)))
    return np.asarray(part.resize((side, side), Image.Resampling.BICUBIC).rotate(90 * int(rng.integers(4))))
