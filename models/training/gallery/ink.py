"""Curves, shapes and brush lines for drawings made by code."""

from __future__ import annotations

import cv2
import numpy as np

SIZE = 1024
OVERSAMPLE = 3
CENTRE = 512
LINE = (72, 40, 44)


def curve(points: list[tuple[float, float]], closed: bool = True, per_span: int = 24) -> np.ndarray:
    """Catmull-Rom curve [n, 2]; a point given twice makes a corner."""
    p = np.array(points, float)
    padded = np.vstack([p[-1], p, p[0], p[1]]) if closed else np.vstack([p[0], p, p[-1]])
    spans = len(p) if closed else len(p) - 1
    t = np.linspace(0, 1, per_span, endpoint=False)[:, None]
    out = []
    for k in range(spans):
        a, b, c, d = padded[k : k + 4]
        if np.allclose(b, c):
            continue
        # A doubled point has no tangent: that is the corner.
        m0 = np.zeros(2) if np.allclose(a, b) else (c - a) / 2
        m1 = np.zeros(2) if np.allclose(c, d) else (d - b) / 2
        out.append(
            (2 * t**3 - 3 * t**2 + 1) * b
            + (t**3 - 2 * t**2 + t) * m0
            + (3 * t**2 - 2 * t**3) * c
            + (t**3 - t**2) * m1
        )
    if not closed:
        out.append(p[-1:])
    return np.vstack(out)


def mirrored(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """The same outline on the other side of the face."""
    return [(2 * CENTRE - x, y) for x, y in points]


class Sheet:
    """A picture in RGB 0..255 on which shapes are laid, drawn larger and reduced at the end."""

    def __init__(self) -> None:
        self.scale = OVERSAMPLE
        self.side = SIZE * OVERSAMPLE
        self.pixels = np.zeros((self.side, self.side, 3), np.float32)

    def mask(self, outline: np.ndarray, blur: float = 0.0) -> np.ndarray:
        layer = np.zeros((self.side, self.side), np.uint8)
        cv2.fillPoly(layer, [np.round(outline * self.scale * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
        if blur:
            layer = cv2.GaussianBlur(layer, (0, 0), blur * self.scale)
        return layer.astype(np.float32) / 255

    def lay(self, colour: tuple[int, int, int], mask: np.ndarray, alpha: float = 1.0) -> None:
        self.pixels += (np.array(colour, np.float32) - self.pixels) * (mask * alpha)[..., None]

    def fill(
        self,
        outline: np.ndarray,
        colour: tuple[int, int, int],
        alpha: float = 1.0,
        blur: float = 0.0,
        clip: np.ndarray | None = None,
    ) -> np.ndarray:
        mask = self.mask(outline, blur)
        if clip is not None:
            mask = mask * clip
        self.lay(colour, mask, alpha)
        return mask

    def ink(
        self,
        line: np.ndarray,
        width: float,
        colour: tuple[int, int, int] = LINE,
        taper: float = 0.85,
        alpha: float = 1.0,
        clip: np.ndarray | None = None,
    ) -> None:
        """A brush line that swells in the middle; `taper` 0 keeps it even."""
        direction = np.gradient(line, axis=0)
        normal = np.stack([-direction[:, 1], direction[:, 0]], 1)
        normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-6)
        swell = (1 - taper) + taper * np.sin(np.linspace(0, np.pi, len(line))) ** 0.7
        edge = normal * (0.5 * width * swell)[:, None]
        self.fill(np.vstack([line + edge, (line - edge)[::-1]]), colour, alpha, clip=clip)

    def outline(self, line: np.ndarray, width: float, colour: tuple[int, int, int] = LINE) -> None:
        """An even line around a closed shape, with round corners."""
        layer = np.zeros((self.side, self.side), np.uint8)
        points = np.round(line * self.scale * 16).astype(np.int32)
        cv2.polylines(layer, [points], True, 255, round(width * self.scale), cv2.LINE_AA, 4)
        self.lay(colour, layer.astype(np.float32) / 255)

    def ellipse(self, x: float, y: float, width: float, height: float, tilt: float = 0.0) -> np.ndarray:
        t = np.linspace(0, 2 * np.pi, 120, endpoint=False)
        points = np.stack([width * np.cos(t), height * np.sin(t)], 1)
        turn = np.array([[np.cos(tilt), -np.sin(tilt)], [np.sin(tilt), np.cos(tilt)]])
        return points @ turn.T + [x, y]

    def result(self) -> np.ndarray:
        small = cv2.resize(self.pixels, (SIZE, SIZE), interpolation=cv2.INTER_AREA)
        return np.round(np.clip(small, 0, 255)).astype(np.uint8)
