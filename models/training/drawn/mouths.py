"""Drawn mouths and noses, and where their points lie."""

from __future__ import annotations

import numpy as np

from . import points as P
from .canvas import Canvas, curve, ellipse
from .head import Head
from .looks import Look, shade


class Mouth:
    def __init__(self, look: Look, rng: np.random.Generator) -> None:
        u, d = rng.uniform, look.dims
        self.look, self.rng = look, rng
        chin = d["chin"]
        self.y = chin * u(0.6, 0.78)
        self.half = {"small": u(0.05, 0.1), "pout": u(0.05, 0.1), "puppet": u(0.25, 0.6), "cat": u(0.1, 0.25)}.get(
            look.mouth, u(0.12, 0.34))  # fmt: skip
        self.kind = look.mouth
        self.open = self.kind in ("open", "teeth", "hole", "muzzle") or (
            self.kind in ("lips", "cat", "puppet") and u() < 0.3
        )
        room = 0.8 * (chin - self.y)
        self.drop = min(room, u(0.06, 0.34)) if self.open else 0.0
        if self.open and u() < 0.3:
            self.half = u(0.07, 0.16)
        self.bend = float(np.clip(rng.normal(0.03, 0.05), -0.1, 0.14))
        self.roof = u(0, 0.3) * self.drop * (u() < 0.6)
        self.square = u(0.35, 0.9)
        self.tilt, self.shift = rng.normal(0, 0.03, 2) * (1, 0.6)
        self.lift = u(0.05, 0.25) if look.nose == "animal" else 0.0
        self.colours = dict(teeth=u() < 0.35 or self.kind == "teeth", tongue=u() < 0.5, rim=u() < 0.75)
        self.lip_up, self.lip_low = u(0.03, 0.09), u(0.04, 0.12)

    def at(self, u, v) -> np.ndarray:
        u, v = np.broadcast_arrays(np.asarray(u, float), np.asarray(v, float))
        return np.stack([self.shift + u * self.half, self.y + v + self.tilt * u * self.half], -1)

    def edge(self, u, upper: bool) -> np.ndarray:
        u = np.asarray(u, float)
        base = self.bend * (1 - u**2)
        if self.kind == "cat":
            base = self.bend * (1 - u**2) + 0.3 * self.half * np.abs(np.sin(np.pi * u)) * (1 - 0.3 * np.abs(u))
        if not self.open:
            return base
        s = np.clip(1 - np.abs(u) ** 2.2, 0, 1) ** self.square
        if upper:
            return base - self.roof * s
        return np.maximum(base * (self.kind != "cat") + self.drop * s, base)

    def points(self, head: Head) -> np.ndarray:
        """`[12, 2]`: corners, upper and lower line."""
        u = -1 + 2 * P.SHARES
        face = np.concatenate([
            self.at([-1, 1], self.edge([-1, 1], True)), self.at(u, self.edge(u, True)), self.at(u, self.edge(u, False)),
        ])  # fmt: skip
        return head.place(face, self.lift)

    def draw(self, canvas: Canvas, head: Head) -> None:
        look, u = self.look, np.linspace(-1, 1, 25)
        unit = head.scale
        width = max(look.width, 0.014) * unit
        up, low = self.edge(u, True), self.edge(u, False)
        upper, lower = (head.place(self.at(u, v), self.lift) for v in (up, low))
        s = np.clip(1 - u**2, 0, 1)
        if self.kind == "lips":
            bow = 1 + 0.25 * np.cos(2 * np.pi * u) - 0.25
            top = head.place(self.at(u * 1.04, up - self.lip_up * s**0.7 * bow), self.lift)
            bottom = head.place(self.at(u * 1.04, low + self.lip_low * s**0.7), self.lift)
            shape = np.concatenate([top, bottom[::-1]])
            if look.shading == "none":
                canvas.line(top, 0.7 * width, look.line, 0.9, 0.6)
                canvas.line(bottom[5:20], 0.7 * width, look.line, 0.9, 0.6)
            else:
                canvas.fill(shape, look.lip, to=shade(look.lip, -0.12), blur=0.01 * unit * (look.shading == "soft"))
        if self.kind == "puppet":
            for k in (0, -1):
                x = self.at(u[k], up[k])
                canvas.line(head.place([x, x + (0, 0.35)], self.lift), 0.7 * width, look.line, 0.8)
        if not self.open:
            canvas.line(upper, width * (1.3 if self.kind == "puppet" else 1), look.line, 1, 0.75 * look.taper)
            if self.kind == "line" and self.rng.uniform() < 0.3:
                below = self.at(0.35 * u, low + self.lip_low)
                canvas.line(
                    head.place(below, self.lift),
                    0.6 * width,
                    look.line if look.shading == "none" else look.skin_shade,
                    0.8,
                    0.7,
                )
            return
        outline = np.concatenate([upper, lower[::-1]])
        canvas.fill(outline, look.inside)
        canvas.clip(outline)
        if self.colours["tongue"]:
            c = self.at(0.1, self.drop * 0.95 + self.bend)
            canvas.fill(
                head.place(ellipse(c[0], c[1], 0.65 * self.half, 0.4 * self.drop), self.lift), shade(look.lip, -0.1)
            )
        if self.colours["teeth"]:
            strip = np.concatenate([self.at(u, up - 0.02), self.at(u, up + 0.28 * self.drop)[::-1]])
            canvas.fill(head.place(strip, self.lift), (250, 248, 244))
            if self.kind == "teeth" and self.rng.uniform() < 0.4:
                for a in np.linspace(-0.75, 0.75, 6):
                    canvas.line(
                        head.place(self.at([a, a], [-0.1, 0.28 * self.drop + self.bend]), self.lift),
                        0.3 * width,
                        look.line,
                        0.7,
                    )
        canvas.unclip()
        if self.colours["rim"] and self.kind != "lips":
            canvas.line(outline, width, look.line, closed=True)
        elif self.kind == "lips" and look.width:
            canvas.line(upper, 0.7 * width, look.line, 0.9, 0.5)


class Nose:
    def __init__(self, look: Look, mouth: Mouth, rng: np.random.Generator) -> None:
        u = rng.uniform
        self.look, self.rng = look, rng
        self.y = mouth.y * u(0.52, 0.7)
        self.x = 0.02 * rng.normal()
        self.half = u(0.06, 0.17)
        self.lift = u(0.05, 0.25) if look.nose not in ("dot", "tick", "none") else u(0, 0.12)
        self.side = 1 if u() < 0.5 else -1
        if look.nose == "animal":
            self.lift, self.y = mouth.lift, min(self.y, mouth.y - 0.08)

    def points(self, head: Head) -> np.ndarray:
        return head.place([(self.x, self.y)], self.lift)

    def draw(self, canvas: Canvas, head: Head) -> None:
        look, s, kind = self.look, self.side if abs(head.yaw) < 0.1 else np.sign(head.yaw), self.look.nose
        x, y, h, unit = self.x, self.y, self.half, head.scale
        width = max(look.width, 0.012) * unit
        put = lambda points, lift=None: head.place(points, self.lift if lift is None else lift)  # noqa: E731
        if kind == "dot":
            canvas.fill(put(ellipse(x, y - 0.01, 0.022, 0.018)), look.line)
        elif kind == "tick":
            canvas.line(put([(x, y - 0.08), (x + 0.03 * s, y - 0.01), (x, y)]), 0.8 * width, look.line, 0.9, 0.6)
        elif kind in ("line", "profile"):
            top = -0.1 if kind == "profile" else y - 0.25
            bridge = curve(
                [
                    (x + 0.5 * h * s, top),
                    (x + 0.35 * h * s, 0.5 * (top + y)),
                    (x + h * s, y - 0.06),
                    (x + 0.7 * h * s, y),
                    (x, y),
                ]
            )
            lifts = np.linspace(0.3, 1, len(bridge)) * self.lift
            placed = np.concatenate([head.place(p[None], z) for p, z in zip(bridge, lifts, strict=True)])
            canvas.line(placed, 0.9 * width, look.line, 1, 0.6)
        elif kind == "nostrils":
            for k in (-1, 1):
                canvas.fill(put(ellipse(x + 0.5 * h * k, y - 0.015, 0.03, 0.016, 0.3 * k)), look.line, 0.9)
                canvas.line(
                    put(curve([(x + h * k * 0.9, y - 0.09), (x + h * k * 1.1, y - 0.03), (x + h * k * 0.8, y)])),
                    0.7 * width,
                    look.line,
                    0.9,
                    0.5,
                )
        elif kind == "wedge":
            shape = np.array([(x, y - 0.35), (x + h * 1.2 * s, y - 0.02), (x, y)])
            canvas.fill(put(shape), look.skin_shade)
            canvas.line(put(shape[1:]), look.width * unit, look.line)
        elif kind == "shade":
            canvas.fill(put(curve([(x, y - 0.09), (x + 0.05 * s, y - 0.01), (x - 0.02 * s, y)], True)), look.skin_shade)
        elif kind == "lit":
            blur = 0.03 * unit
            canvas.fill(
                put(curve([(x + 0.3 * h * s, -0.05), (x + 0.5 * h * s, 0.5 * y), (x + h * s, y), (x, y)], True)),
                look.skin_shade,
                0.7,
                blur,
            )
            canvas.fill(put(ellipse(x - 0.2 * h * s, y - 0.08, 0.3 * h, 0.05)), shade(look.skin, -0.1), 0.7, blur)
            for k in (-1, 1):
                canvas.fill(
                    put(ellipse(x + 0.5 * h * k, y - 0.01, 0.04, 0.02)), shade(look.skin_shade, 0.6), 0.8, 0.008 * unit
                )
        elif kind == "button":
            ball = ellipse(x, y - 0.8 * h, h, 0.8 * h)
            colour = look.skin if self.rng.uniform() < 0.5 else look.lip
            canvas.fill(put(ball), shade(colour, -0.05), to=shade(colour, 0.25))
            canvas.line(put(ball), look.width * unit, look.line, closed=True)
        elif kind == "animal":
            dark = look.line if self.rng.uniform() < 0.6 else look.lip
            canvas.fill(put(curve([(x - h, y - 0.7 * h), (x, y - 0.9 * h), (x + h, y - 0.7 * h), (x, y)], True)), dark)
            if self.rng.uniform() < 0.6:
                canvas.line(put([(x, y), (x, y + 0.12)]), 0.8 * width, look.line)
