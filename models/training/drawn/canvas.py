"""Vector shapes on a picture, with Skia: fills, gradients, pen lines that swell and taper."""

from __future__ import annotations

import numpy as np
import skia

RGB = tuple[float, float, float]


def curve(points, closed: bool = False, steps: int = 6) -> np.ndarray:
    """Catmull-Rom through the points."""
    p = np.asarray(points, float)
    if closed:
        p = np.concatenate([p[-1:], p, p[:2]])
    else:
        p = np.concatenate([2 * p[:1] - p[1:2], p, 2 * p[-1:] - p[-2:-1]])
    t = np.arange(steps)[:, None] / steps
    a, b, c, d = p[:-3, None], p[1:-2, None], p[2:-1, None], p[3:, None]
    q = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
    q = q.reshape(-1, 2)
    return q if closed else np.concatenate([q, p[-2:-1]])


def ellipse(x: float, y: float, rx: float, ry: float, turn: float = 0, n: int = 28) -> np.ndarray:
    a = np.linspace(0, 2 * np.pi, n, endpoint=False)
    u, v = rx * np.cos(a), ry * np.sin(a)
    return np.stack([x + u * np.cos(turn) - v * np.sin(turn), y + u * np.sin(turn) + v * np.cos(turn)], 1)


def mixed(a: RGB, b: RGB, share: float) -> RGB:
    return tuple((1 - share) * np.asarray(a) + share * np.asarray(b))


def path_of(points: np.ndarray, closed: bool = True) -> skia.Path:
    path = skia.Path()
    path.addPoly([skia.Point(float(x), float(y)) for x, y in points], closed)
    return path


def colour_of(rgb: RGB, alpha: float = 1) -> int:
    r, g, b = (int(min(255, max(0, v))) for v in rgb)
    return skia.ColorSetARGB(int(255 * min(1, max(0, alpha))), r, g, b)


class Canvas:
    """RGBA of `side` pixels; lines may be wavy as those of a hand (`wobble`, pixels)."""

    def __init__(self, side: int, rng: np.random.Generator, wobble: float = 0) -> None:
        self.side = side
        self.rng = rng
        self.wobble = wobble
        self.surface = skia.Surface(side, side)
        self.canvas = self.surface.getCanvas()

    def by_hand(self, points: np.ndarray) -> np.ndarray:
        if not self.wobble or len(points) < 4:
            return points
        n = len(points)
        t = np.linspace(0, 1, n)
        off = np.zeros((n, 2))
        for k in (1.3, 2.7, 4.9):
            a, b = self.rng.normal(0, self.wobble / k, (2, 2))
            off += np.sin(2 * np.pi * k * t)[:, None] * a + np.cos(2 * np.pi * k * t)[:, None] * b
        return points + off * np.sin(np.pi * t)[:, None] ** 0.5

    def clip(self, points: np.ndarray) -> None:
        self.canvas.save()
        self.canvas.clipPath(path_of(points), skia.ClipOp.kIntersect, True)

    def unclip(self) -> None:
        self.canvas.restore()

    def fill(self, points, colour: RGB, alpha: float = 1, blur: float = 0, to: RGB | None = None,
             along=None, mode=None) -> None:  # fmt: skip
        """`to`: the colour at the other end of the gradient `along` (two points; top to bottom if not given)."""
        paint = skia.Paint(AntiAlias=True, Color=colour_of(colour, alpha))
        if to is not None:
            low, high = points.min(0), points.max(0)
            a, b = along if along is not None else ((low[0], low[1]), (low[0], high[1]))
            paint.setShader(
                skia.GradientShader.MakeLinear(
                    points=[skia.Point(*map(float, a)), skia.Point(*map(float, b))],
                    colors=[colour_of(colour, alpha), colour_of(to, alpha)],
                )
            )
        if blur > 0.3:
            paint.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, blur))
        if mode == "multiply":
            paint.setBlendMode(skia.BlendMode.kMultiply)
        self.canvas.drawPath(path_of(points), paint)

    def glow(self, x: float, y: float, radius: float, colour: RGB, alpha: float) -> None:
        paint = skia.Paint(AntiAlias=True)
        paint.setShader(
            skia.GradientShader.MakeRadial(
                center=skia.Point(float(x), float(y)),
                radius=float(max(radius, 1)),
                colors=[colour_of(colour, alpha), colour_of(colour, 0)],
            )
        )
        self.canvas.drawCircle(float(x), float(y), float(max(radius, 1)), paint)

    def line(self, points, width: float, colour: RGB, alpha: float = 1, taper: float = 0.0, closed=False) -> None:
        """`taper` 0..1: how much thinner the ends are than the middle."""
        if width <= 0:
            return
        points = self.by_hand(np.asarray(points, float))
        paint = skia.Paint(AntiAlias=True, Color=colour_of(colour, alpha))
        if taper > 0 and not closed and len(points) > 3:
            step = np.gradient(points, axis=0)
            normal = np.stack([-step[:, 1], step[:, 0]], 1) / (np.linalg.norm(step, axis=1)[:, None] + 1e-6)
            t = np.linspace(0, 1, len(points))
            half = 0.5 * width * ((1 - taper) + taper * np.sin(np.pi * t) ** 0.7)
            outline = np.concatenate([points + normal * half[:, None], (points - normal * half[:, None])[::-1]])
            self.canvas.drawPath(path_of(outline), paint)
            return
        paint.setStyle(skia.Paint.kStroke_Style)
        paint.setStrokeWidth(float(width))
        paint.setStrokeCap(skia.Paint.kRound_Cap)
        paint.setStrokeJoin(skia.Paint.kRound_Join)
        self.canvas.drawPath(path_of(points, closed), paint)

    def pixels(self) -> np.ndarray:
        """RGBA, not premultiplied, uint8."""
        return np.array(self.surface.makeImageSnapshot().toarray(colorType=skia.kRGBA_8888_ColorType))
