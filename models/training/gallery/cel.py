"""A canvas for drawings as in animation: fills with gradients, soft shade, locks of hair, pen lines."""

from __future__ import annotations

import cv2
import numpy as np
from ink import curve

RGB = tuple[float, float, float]
Point = tuple[float, float]
Gradient = tuple[Point, RGB, Point, RGB]
"""a colour here, another there, and what lies between"""

SIZE = 1024


class Canvas:
    """RGB 0..255 in units of a 1024 picture, drawn at twice the size and only where a shape lies."""

    def __init__(self, scale: int = 2) -> None:
        self.scale = scale
        self.side = SIZE * scale
        self.pixels = np.zeros((self.side, self.side, 3), np.float32)
        self.covered = np.zeros((self.side, self.side), np.float32)

    def mask(self, outline: np.ndarray, blur: float = 0.0) -> np.ndarray:
        """The whole picture's mask of a shape, to clip others with."""
        layer = np.zeros((self.side, self.side), np.uint8)
        cv2.fillPoly(layer, [np.round(outline * self.scale * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
        if blur:
            layer = cv2.GaussianBlur(layer, (0, 0), blur * self.scale)
        return layer

    def fill(
        self,
        outline: np.ndarray,
        colour: RGB | Gradient,
        alpha: float = 1.0,
        blur: float = 0.0,
        clip: np.ndarray | None = None,
        shade: bool = False,
    ) -> None:
        """Lay a shape; `shade` multiplies what is there instead of covering it."""
        pad = 3 * blur + 2
        low = np.maximum(0, np.floor((outline.min(axis=0) - pad) * self.scale)).astype(int)
        high = np.minimum(self.side, np.ceil((outline.max(axis=0) + pad) * self.scale)).astype(int)
        if (high <= low).any():
            return
        layer = np.zeros((high[1] - low[1], high[0] - low[0]), np.uint8)
        shifted = np.round((outline * self.scale - low) * 16).astype(np.int32)
        cv2.fillPoly(layer, [shifted], 255, cv2.LINE_AA, 4)
        if blur:
            layer = cv2.GaussianBlur(layer, (0, 0), blur * self.scale)
        cover = layer.astype(np.float32) * (alpha / 255)
        box = slice(low[1], high[1]), slice(low[0], high[0])
        if clip is not None:
            cover = cover * (clip[box].astype(np.float32) / 255)
        paint = self._paint(colour, low, high)
        here = self.pixels[box]
        if shade:
            paint = here * paint / 255
        below = self.covered[box]
        if not shade:
            # What shines through a soft edge on nothing is nothing: the colour is the shape's own.
            whole = below + cover - below * cover
            cover = cover / np.maximum(whole, 1e-6)
            below[:] = whole
        here += (paint - here) * cover[..., None]

    def _paint(self, colour: RGB | Gradient, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        if len(colour) == 3:
            return np.array(colour, np.float32)
        start, first, end, last = colour
        axis = np.array(end, float) - start
        y, x = np.mgrid[low[1] : high[1], low[0] : high[0]].astype(np.float32) / self.scale
        t = ((x - start[0]) * axis[0] + (y - start[1]) * axis[1]) / (axis @ axis)
        t = np.clip(t, 0, 1)[..., None]
        t = t * t * (3 - 2 * t)
        return np.array(first, np.float32) * (1 - t) + np.array(last, np.float32) * t

    def ink(
        self,
        line: np.ndarray,
        width: float,
        colour: RGB,
        ends: tuple[float, float] = (0.0, 0.0),
        alpha: float = 1.0,
        clip: np.ndarray | None = None,
    ) -> None:
        """A pen line that swells from `ends`, shares of its width, towards its middle."""
        direction = np.gradient(line, axis=0)
        normal = np.stack([-direction[:, 1], direction[:, 0]], 1)
        normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-6)
        t = np.linspace(0, 1, len(line))
        swell = np.minimum(1, np.minimum(ends[0] + 4 * t, ends[1] + 4 * (1 - t))) ** 0.8
        edge = normal * (0.5 * width * swell)[:, None]
        self.fill(np.vstack([line + edge, (line - edge)[::-1]]), colour, alpha, clip=clip)

    def lock(
        self,
        points: list[Point],
        width: float,
        root: RGB,
        tip: RGB,
        line: RGB,
        strands: int = 3,
        start: float = 0.35,
        clip: np.ndarray | None = None,
        gloss: RGB | None = None,
        gloss_at: float = 0.45,
        seed: int = 0,
        sharp: float = 0.85,
        edge: float = 2.4,
    ) -> None:
        """A lock of hair along a curve: widest in its middle, ending in a point, with strands drawn on it."""
        rng = np.random.default_rng(seed + round(points[-1][0] * 7 + points[-1][1]))
        middle = curve(points, closed=False)
        t = np.linspace(0, 1, len(middle))
        direction = np.gradient(middle, axis=0)
        normal = np.stack([-direction[:, 1], direction[:, 0]], 1)
        normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-6)
        full = start + (1 - start) * np.sin(0.5 * np.pi * np.clip(t / 0.4, 0, 1))
        profile = full * np.clip((1 - t) / 0.62, 0, 1) ** sharp
        half = (0.5 * width * profile)[:, None] * normal
        shape = np.vstack([middle + half, (middle - half)[::-1]])
        self.fill(shape, (points[0], root, points[-1], tip), clip=clip)
        own = self.mask(shape)
        if clip is not None:
            own = np.minimum(own, clip)
        # The side away from the light.
        dark = tuple(0.5 * (a + b) for a, b in zip(root, line, strict=True))
        side = np.sign(half[len(half) // 2, 0]) or 1.0
        self.fill(
            np.vstack([middle + side * half, (middle + side * 0.35 * half)[::-1]]),
            dark,
            0.32,
            blur=2.5,
            clip=own,
        )
        if gloss:
            k = int(gloss_at * len(middle))
            reach = max(3, len(middle) // 16)
            part = slice(max(0, k - reach), k + reach)
            fade = np.sin(np.linspace(0, np.pi, len(middle[part])))[:, None]
            self.fill(
                np.vstack(
                    [middle[part] + half[part] * 0.8 * fade, (middle[part] - half[part] * 0.8 * fade)[::-1]]
                ),
                gloss,
                0.75,
                blur=1.6,
                clip=own,
            )
        for _ in range(strands):
            off = rng.uniform(-0.8, 0.8)
            a, b = sorted(rng.uniform(0.02, 1.0, 2))
            if b - a < 0.25:
                b = min(1.0, a + 0.4)
            part = slice(int(a * len(middle)), max(int(a * len(middle)) + 6, int(b * len(middle))))
            bright = rng.uniform() < 0.35
            tone = tip if bright else line
            self.ink(
                (middle + off * half)[part],
                1.5 if bright else 1.3,
                tone,
                alpha=0.55 if bright else 0.5,
                clip=own,
            )
        self.ink(middle + half, edge, line, (0.2, 0.1), clip=clip)
        self.ink(middle - half, edge, line, (0.2, 0.1), clip=clip)

    def ellipse(self, x: float, y: float, rx: float, ry: float, tilt: float = 0.0) -> np.ndarray:
        t = np.linspace(0, 2 * np.pi, 120, endpoint=False)
        points = np.stack([rx * np.cos(t), ry * np.sin(t)], 1)
        turn = np.array([[np.cos(tilt), -np.sin(tilt)], [np.sin(tilt), np.cos(tilt)]])
        return points @ turn.T + [x, y]

    def cut_out(self, crop: tuple[int, int, int], size: int = 768) -> np.ndarray:
        """As `result`, RGBA: transparent where nothing was laid."""
        left, top, side = (n * self.scale for n in crop)
        box = slice(top, top + side), slice(left, left + side)
        covered = self.covered[box][..., None]
        laid = np.concatenate([self.pixels[box] * covered, covered], 2)
        small = cv2.resize(laid, (size, size), interpolation=cv2.INTER_AREA)
        alpha = small[..., 3:]
        rgb = small[..., :3] / np.maximum(alpha, 1e-6)
        return np.round(np.clip(np.concatenate([rgb, 255 * alpha], 2), 0, 255)).astype(np.uint8)

    def result(self, crop: tuple[int, int, int], size: int = 768) -> np.ndarray:
        """The square (left, top, side) of the sheet, RGB uint8."""
        left, top, side = (n * self.scale for n in crop)
        small = cv2.resize(
            self.pixels[top : top + side, left : left + side], (size, size), interpolation=cv2.INTER_AREA
        )
        return np.round(np.clip(small, 0, 255)).astype(np.uint8)
