"""Hair behind and before a face, hats, ears of animals, ribbons."""

from __future__ import annotations

import numpy as np

from .canvas import Canvas, curve, ellipse, mixed
from .faces import Face
from .head import Head
from .looks import Look, shade


class Hair:
    def __init__(self, look: Look, face: Face, rng: np.random.Generator) -> None:
        self.look, self.face, self.rng = look, face, rng
        self.crown = face.top - rng.uniform(0.1, 0.35)
        self.wide = rng.uniform(1.08, 1.3)

    def behind(self, canvas: Canvas, head: Head, ink) -> None:
        look, u = self.look, self.rng.uniform
        if look.hair_kind in ("none", "fur"):
            return
        length = u(0.1, 3.5) if u() < 0.7 else 0
        w, flare = self.wide, u(0.8, 1.6)
        colour = look.hair_shade if u() < 0.7 else look.hair
        if look.style in ("line", "sketch"):
            colour = look.hair
        back = curve([(-w, 0), (-w * 0.95, -0.7), (0, self.crown), (w * 0.95, -0.7), (w, 0),
            (w * flare, length), (w * 0.6, length + u(0, 0.4)), (0, length * u(0.6, 1)), (-w * 0.6, length + u(0, 0.4)), (-w * flare, length)], True)  # fmt: skip
        placed = head.place(back, depth=-0.3)
        canvas.fill(placed, colour, to=shade(colour, u(-0.2, 0.3)))
        canvas.line(placed, ink, look.line, closed=True)
        if u() < 0.2:
            for k in (-1, 1):
                tail = curve(
                    [(k * 0.8, -0.9), (k * 1.9, -0.8), (k * 2.4, 1.0), (k * u(1.2, 2.6), u(1.5, 4)), (k * 1.5, 1.0)],
                    True,
                )
                placed = head.place(tail, depth=-0.2)
                canvas.fill(placed, look.hair, to=look.hair_shade)
                canvas.line(placed, ink, look.line, closed=True)

    def before(self, canvas: Canvas, head: Head, ink) -> None:
        look, u, rng = self.look, self.rng.uniform, self.rng
        kind = look.hair_kind
        if kind == "none":
            return
        top, w, d = self.crown, self.wide, look.dims
        if kind == "fur":
            for k in rng.uniform(-0.4, 0.4, rng.integers(2, 6)):
                tuft = [
                    (k - 0.1, self.face.top * 0.9),
                    (k + rng.normal(0, 0.1), self.face.top * u(0.3, 0.7)),
                    (k + 0.1, self.face.top * 0.9),
                ]
                canvas.fill(head.place(tuft, 0.05), look.hair)
            return
        line = -d["up"] - u(0.0, 0.5)
        reach = u(-0.2, 0.6) * d["up"] if u() < 0.35 else -u(0.1, 0.3)
        sides = u(0.1, 2.2) if u() < 0.5 else u(-0.4, 0.1)
        front = []
        if kind == "bangs":
            n = int(rng.integers(3, 9))
            xs = np.linspace(0.92, -0.92, n + 1)
            front = [(w * 0.98, 0.0), (w * 0.95, sides), (0.86, min(sides, 0.2) - 0.3)]
            for a, b in zip(xs[:-1], xs[1:], strict=True):
                tip = (0.5 * (a + b) + rng.normal(0, 0.07), reach + rng.normal(0, 0.14))
                front += [
                    (0.75 * a + 0.25 * b, 0.5 * (line + tip[1]) - 0.1),
                    tip,
                    (0.25 * a + 0.75 * b, 0.5 * (line + tip[1]) - 0.1),
                    (b, line - u(0.05, 0.4)),
                ]
            front += [(-0.86, min(sides, 0.2) - 0.3), (-w * 0.95, sides + rng.normal(0, 0.1)), (-w * 0.98, 0.0)]
        elif kind == "parted":
            part, drop = u(-0.4, 0.4), u(-0.5, 0.4)
            front = [(w, 0.0), (w * 0.92, max(sides, drop)), (0.82, drop), (0.5 + 0.5 * part, -0.75), (part, self.face.top * u(0.75, 0.95)),
                (-0.5 + 0.5 * part, -0.75), (-0.82, drop), (-w * 0.92, max(sides, drop)), (-w, 0.0)]  # fmt: skip
        elif kind == "swept":
            k = 1 if u() < 0.5 else -1
            front = [
                (k * w, 0.0),
                (k * 0.9, u(-0.4, 0.3)),
                (k * 0.6, -0.6),
                (k * 0.1, -0.55 + u(-0.1, 0.2)),
                (-k * 0.5, u(-0.5, 0.5)),
                (-k * 0.9, u(0, 1.0)),
                (-k * w, 0.2),
            ]
        elif kind == "short":
            front = [
                (w, -0.1),
                (0.95, -0.2),
                (0.85, -0.65),
                (0.4, self.face.top * u(0.6, 0.85)),
                (-0.4, self.face.top * u(0.6, 0.85)),
                (-0.85, -0.65),
                (-0.95, -0.2),
                (-w, -0.1),
            ]
        elif kind == "cap":
            y = -d["up"] - u(0.1, 0.35)
            front = [(w, y - 0.1), (0.5, y), (-0.5, y), (-w, y - 0.1)]
        cap = [(-w * 0.97, -0.5), (-w * 0.6, top * 0.85), (0, top), (w * 0.6, top * 0.85), (w * 0.97, -0.5)]
        outline = np.asarray(front + cap, float)
        shape = curve(outline, True, 4) if kind != "bangs" or u() < 0.5 else outline
        placed = head.place(shape, 0.12)
        colour = look.clothes if kind == "cap" else look.hair
        cast = look.shading in ("cel", "soft", "lit") and u() < 0.6
        if cast:
            canvas.clip(self.face.outline(head))
            canvas.fill(
                placed + (0, 0.09 * head.scale), look.skin_shade, 0.9, 0.02 * head.scale * (look.shading != "cel")
            )
            canvas.unclip()
        thin = u(0.6, 0.9) if u() < 0.12 else 1
        canvas.fill(placed, colour, thin, to=mixed(colour, look.hair_shade, u(0, 0.8)))
        if look.shading in ("cel", "lit") and u() < 0.5:
            gloss = curve([(-0.7, -0.75), (0, -0.95), (0.7, -0.75), (0, -0.86)], True)
            canvas.fill(head.place(gloss, 0.14), shade(colour, -0.5), 0.7)
        for _ in range(int(rng.integers(0, 9))):
            x = u(-0.8, 0.8)
            strand = curve([(0.4 * x, top * 0.9), (x, -0.9), (x * 1.1 + rng.normal(0, 0.05), min(reach, -0.3))])
            canvas.line(head.place(strand, 0.13), 0.6 * ink, look.line if look.width else look.hair_shade, 0.7, 0.8)
        canvas.line(placed, ink, look.line, closed=True)
        if u() < 0.15:
            for _ in range(int(rng.integers(1, 4))):
                x = u(-0.7, 0.7)
                lock = curve([(x, -0.8), (x + rng.normal(0, 0.12), -0.2), (x + rng.normal(0, 0.2), u(0.1, 0.8))])
                canvas.line(head.place(lock, 0.13), u(0.03, 0.1) * head.scale, colour, 1, 0.9)

    def wear(self, canvas: Canvas, head: Head, ink) -> None:
        look, u = self.look, self.rng.uniform
        if look.style == "animal" or u() < 0.1:
            kind = self.rng.integers(3)
            for k in (-1, 1):
                ear = {0: [(k * 0.25, -1.1), (k * 0.9, -1.9), (k * 1.0, -0.7)], 1: [(k * 0.3, -1.1), (k * 0.4, -2.6), (k * 0.7, -2.6), (k * 0.75, -0.9)],
                    2: [(k * 0.5, -1.1), (k * 0.95, -1.55), (k * 1.25, -1.1), (k * 0.95, -0.75)]}[int(kind)]  # fmt: skip
                shape = np.asarray(ear, float) if kind == 0 else curve(ear, True)
                placed = head.place(shape, depth=0.0)
                colour = look.skin if look.style == "animal" else look.hair
                canvas.fill(placed, colour)
                middle = placed.mean(0)
                canvas.fill(middle + 0.55 * (placed - middle), look.lip if u() < 0.7 else shade(colour, 0.3), 0.9)
                canvas.line(placed, ink, look.line, closed=True)
        if u() < 0.08:
            for k in (-1, 1):
                horn = curve(
                    [(k * 0.4, -1.0), (k * 0.8, -1.5), (k * 0.7, -2.0), (k * 0.6, -1.4), (k * 0.65, -1.0)], True
                )
                canvas.fill(head.place(horn), shade(look.clothes, 0.3))
                canvas.line(head.place(horn), ink, look.line, closed=True)
        if u() < 0.12:
            k = self.rng.choice([-1, 1])
            x, y = k * u(0.5, 1.1), u(-1.2, -0.5)
            bow = [(x, y), (x - 0.3, y - 0.2), (x - 0.3, y + 0.2), (x, y), (x + 0.3, y - 0.2), (x + 0.3, y + 0.2)]
            canvas.fill(head.place(bow, 0.2), look.lip)
        if u() < 0.06:
            band = curve([(-1.2, 0), (-1.1, -0.9), (0, self.crown - 0.1), (1.1, -0.9), (1.2, 0)])
            canvas.line(head.place(band, depth=0), 0.12 * head.scale, look.clothes)
            for k in (-1, 1):
                canvas.fill(head.place(ellipse(k * 1.2, 0.1, 0.2, 0.32), depth=0), shade(look.clothes, 0.3))
