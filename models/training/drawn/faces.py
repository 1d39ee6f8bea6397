"""The shape of a face: outline, ears, neck, shade, blush, whiskers, beard, glasses."""

from __future__ import annotations

import numpy as np

from .canvas import Canvas, curve, ellipse
from .head import Head
from .looks import Look, shade


class Face:
    def __init__(self, look: Look, rng: np.random.Generator) -> None:
        u, chin = rng.uniform, look.dims["chin"]
        self.look, self.rng, self.chin = look, rng, chin
        self.jaw = (u(0.7, 0.98), chin * u(0.5, 0.75))
        self.chin_half = u(0.08, 0.4)
        self.cheek = u(0.94, 1.03)
        self.top = -u(0.95, 1.45)

    def rim(self) -> np.ndarray:
        """From beside the right eye over the chin to beside the left one."""
        jx, jy = self.jaw
        half = [(-1.0, 0.0), (-self.cheek, 0.45 * jy), (-jx, jy), (-self.chin_half, self.chin - 0.05), (0, self.chin)]
        right = [(-x, y) for x, y in half[-2::-1]]
        return curve(half + right, steps=10)

    def points(self, head: Head) -> np.ndarray:
        """`[9, 2]`; the chin is the fifth."""
        rim = head.place(self.rim(), depth=0.0)
        middle = len(rim) // 2
        halves = []
        for part in (rim[: middle + 1], rim[middle:]):
            way = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(part, axis=0), axis=1))])
            at = np.linspace(0, way[-1], 5)
            halves.append(np.stack([np.interp(at, way, part[:, k]) for k in (0, 1)], 1))
        return np.concatenate([halves[0], halves[1][1:]])

    def outline(self, head: Head) -> np.ndarray:
        a = np.linspace(0, np.pi, 16)[1:-1]
        skull = np.stack([np.cos(a), self.top * np.sin(a) ** 0.9], 1)
        return head.place(np.concatenate([self.rim(), skull]), depth=0.0)

    def ears(self, canvas: Canvas, head: Head, ink) -> None:
        look, rng = self.look, self.rng
        if look.style == "mask" or (look.style == "animal" and rng.uniform() < 0.7):
            return
        for side in (-1, 1):
            shape = curve([(side * 0.96, -0.12), (side * 1.14, -0.16), (side * 1.16, 0.1), (side * 1.0, 0.3)], True)
            if look.style in ("anime", "cel", "comic") and self.rng.uniform() < 0.1:
                shape = curve([(side * 0.96, -0.1), (side * 1.5, -0.3), (side * 1.15, 0.12), (side * 1.0, 0.28)], True)
            placed = head.place(shape, depth=-0.12)
            canvas.fill(placed, look.skin, to=look.skin_shade)
            canvas.line(placed, ink, look.line, closed=True)

    def neck(self, canvas: Canvas, head: Head, ink) -> None:
        """Neck and shoulders hang straight down, however the head is held."""
        look, u = self.look, self.rng.uniform
        if look.style == "mask" and u() < 0.7:
            return
        x, y = head.place([(0, self.chin)], depth=-0.1)[0]
        s = head.scale
        n, long, wide = u(0.25, 0.55), u(0.15, 0.5), u(0.9, 2.2)
        neck = np.array(
            [(x - n * s, y - 0.5 * s), (x - n * s, y + long * s), (x + n * s, y + long * s), (x + n * s, y - 0.5 * s)]
        )
        if u() < 0.5:
            self._arms(canvas, x, y, s, wide, ink)
        body = curve([(x - n * s, y + 0.6 * long * s), (x - wide * s, y + (long + 0.35) * s), (x - wide * 1.15 * s, y + 1.6 * s),
            (x - wide * s, y + 12 * s), (x + wide * s, y + 12 * s), (x + wide * 1.15 * s, y + 1.6 * s),
            (x + wide * s, y + (long + 0.35) * s), (x + n * s, y + 0.6 * long * s)], True)  # fmt: skip
        canvas.fill(body, look.clothes, to=shade(look.clothes, 0.3))
        canvas.line(body, ink, look.line, closed=True)
        canvas.fill(neck, look.skin)
        if look.shading in ("cel", "soft", "lit") or not look.width:
            canvas.fill(neck[:, :] * (1, 1) - (0, 0.1 * s), look.skin_shade, 0.8, 0.03 * s)
        for side in (0, 3):
            canvas.line(neck[[side, 1 if side == 0 else 2]], ink, look.line)
        if u() < 0.5:
            collar = np.array(
                [
                    (x - 1.3 * n * s, y + 0.5 * long * s),
                    (x, y + (long + 0.8) * s),
                    (x + 1.3 * n * s, y + 0.5 * long * s),
                    (x, y + (long + 0.3) * s),
                ]
            )
            canvas.fill(collar, shade(look.clothes, u(-0.4, 0.4)))
            canvas.line(collar, ink, look.line, closed=True)

    def _arms(self, canvas: Canvas, x, y, s, wide, ink) -> None:
        for side in (-1, 1):
            tip = (x + side * self.rng.uniform(0.5, 3.5) * s, y + self.rng.uniform(0.4, 4) * s)
            arm = curve([(x + side * wide * s, y + 0.6 * s), (x + side * (wide + 0.7) * s, y + 2.2 * s), tip])
            canvas.line(arm, 0.55 * s, self.look.line)
            canvas.line(arm, 0.5 * s, self.look.skin if self.rng.uniform() < 0.5 else self.look.clothes)

    def skin(self, canvas: Canvas, head: Head, ink) -> None:
        look, u = self.look, self.rng.uniform
        shape = self.outline(head)
        canvas.fill(shape, look.skin)
        canvas.clip(shape)
        s = head.scale
        (cx, cy), light = head.place([(0, 0.1)])[0], self.rng.normal(0, 0.5, 2)
        if look.shading == "lit":
            canvas.glow(cx + light[0] * s, cy + light[1] * s - 0.3 * s, 1.5 * s, shade(look.skin, -0.3), 0.8)
            for k in (-1, 1):
                canvas.fill(head.place(ellipse(k * 0.95, 0.4, 0.3, 0.9)), look.skin_shade, 0.8, 0.15 * s)
            canvas.fill(head.place(ellipse(0, self.chin, 0.7, 0.25)), look.skin_shade, 0.6, 0.1 * s)
        elif look.shading == "soft":
            side = 1 if light[0] > 0 else -1
            canvas.fill(head.place(ellipse(side * 0.9, 0.4, 0.4, 1.0)), look.skin_shade, 0.8, 0.12 * s)
            for k in (-1, 1):
                canvas.fill(head.place(ellipse(k * look.dims["ex"], -0.1, 0.35, 0.25)), look.skin_shade, 0.4, 0.08 * s)
        elif look.shading == "cel":
            side = 1 if light[0] > 0 else -1
            edge = u(0.55, 0.95)
            cut = curve(
                [
                    (side * edge, -1.4),
                    (side * edge, -0.2),
                    (side * (edge - 0.2 * u()), 0.4),
                    (side * 0.3 * u(), self.chin + 0.1),
                    (side * 1.4, self.chin),
                    (side * 1.4, -1.4),
                ],
                True,
            )
            canvas.fill(head.place(cut), look.skin_shade, 0.9)
        elif look.shading == "hatch":
            side = 1 if light[0] > 0 else -1
            for k in range(14):
                y = -0.3 + k * 0.1
                canvas.line(
                    head.place([(side * 0.95, y), (side * (0.95 - 0.3 * u()), y + 0.15)]),
                    0.4 * max(ink, 1),
                    look.line,
                    0.9,
                )
        if u() < 0.35 and not look.grey:
            for k in (-1, 1):
                place = head.place(ellipse(k * 0.58, 0.42 * self.chin, 0.2, 0.1))
                canvas.fill(place, (255, 100, 110), u(0.15, 0.5), u(0, 0.07) * s)
        if u() < 0.1:
            for x, y in self.rng.uniform((-0.6, 0.2), (0.6, 0.5), (12, 2)):
                canvas.fill(head.place(ellipse(x, y, 0.015, 0.015)), look.skin_shade)
        if look.style == "animal" and u() < 0.6:
            canvas.fill(
                head.place(ellipse(0, 0.72 * self.chin, 0.5, 0.36)), shade(look.skin, -0.4 if u() < 0.7 else 0.2)
            )
        if look.style == "mask" and u() < 0.5:
            for k in (-1, 1):
                canvas.fill(head.place(curve([(k * 0.9, 0.2), (k * 0.4, 0.4), (k * 0.7, 0.8)], True)), look.lip)
        canvas.unclip()
        width = ink * u(0.8, 1.3)
        part = head.place(self.rim(), depth=0.0) if look.hair_kind not in ("none", "fur") else None
        if part is not None:
            canvas.line(part, width, look.line, 1, 0.4 * look.taper)
        else:
            canvas.line(shape, width, look.line, closed=True)

    def beard(self, canvas: Canvas, head: Head, mouth) -> None:
        look, u = self.look, self.rng.uniform
        if (
            look.style not in ("comic", "painted", "cartoon", "flat", "sketch", "line", "woodcut", "puppet")
            or u() > 0.2
        ):
            return
        rim = self.rim()
        low = rim[len(rim) // 5 : -len(rim) // 5]
        inner = [(0.62, 0.35 * self.chin), (mouth.half + 0.12, mouth.y - 0.05), (mouth.half, mouth.y + 0.1 + mouth.drop),
            (0, mouth.y + 0.14 + mouth.drop), (-mouth.half, mouth.y + 0.1 + mouth.drop), (-mouth.half - 0.12, mouth.y - 0.05), (-0.62, 0.35 * self.chin)]  # fmt: skip
        long = low * (1.05, 1) + np.stack([0 * low[:, 0], u(0.05, 0.8) * np.clip(low[:, 1] / self.chin, 0, 1) ** 3], 1)
        shape = head.place(np.concatenate([long, inner]), 0.03)
        canvas.fill(shape, look.hair, to=look.hair_shade)
        canvas.line(shape, look.width * head.scale, look.line, closed=True)
        if u() < 0.6:
            m = mouth.half + 0.12
            mous = curve(
                [
                    (-m, mouth.y + 0.04),
                    (-0.5 * m, mouth.y - 0.12),
                    (0, mouth.y - 0.07),
                    (0.5 * m, mouth.y - 0.12),
                    (m, mouth.y + 0.04),
                    (0, mouth.y - 0.025),
                ],
                True,
            )
            canvas.fill(head.place(mous, 0.1), look.hair)

    def glasses(self, canvas: Canvas, head: Head) -> None:
        look, u, d = self.look, self.rng.uniform, self.look.dims
        if u() > 0.13 or look.style in ("mask",):
            return
        r = max(d["ew"], 0.17) * u(1.05, 1.45)
        tall = r * u(0.65, 1.2) if d["up"] < 0.2 else max(r, d["up"] * 1.15)
        colour = (20, 18, 22) if u() < 0.6 else shade(look.clothes, 0.2)
        wide, down = u(0.015, 0.06) * head.scale, u(-0.02, 0.12)
        lift = u(0.08, 0.2)
        for k in (-1, 1):
            rim = ellipse(k * max(d["ex"], r + 0.05), down, r, tall)
            if u() < 0.4:
                x = k * max(d["ex"], r + 0.05)
                rim = curve(
                    [
                        (x - r, down - tall),
                        (x + r, down - tall),
                        (x + 0.9 * r, down + tall),
                        (x - 0.9 * r, down + tall),
                    ],
                    True,
                )
            placed = head.place(rim, lift)
            if u() < 0.3:
                canvas.fill(placed, (255, 255, 255), 0.15)
            canvas.line(placed, wide, colour, closed=True)
        gap = max(d["ex"], r + 0.05) - r
        canvas.line(head.place(curve([(-gap, down), (0, down - 0.05), (gap, down)]), lift), wide, colour)
