"""Drawn brows."""

from __future__ import annotations

import numpy as np

from .canvas import Canvas, curve
from .head import Head
from .looks import Look, shade


class Brow:
    def __init__(self, look: Look, side: int, rng: np.random.Generator, state: dict) -> None:
        d = look.dims
        self.look, self.state = look, state
        length, y = state["length"] * max(d["ew"], 0.14), -d["up"] - state["gap"]
        t = np.linspace(-1, 1, 4)
        x = side * (d["ex"] + 0.03 - t * length)
        lift = state["arch"] * (1 - t**2) - state["angle"] * t
        self.middle = np.stack([x, y - lift + rng.uniform(-0.015, 0.015)], 1)

    def points(self, head: Head) -> np.ndarray:
        return head.place(self.middle)

    def draw(self, canvas: Canvas, head: Head) -> None:
        s, look = self.state, self.look
        if look.brow == "none":
            return
        line = curve(self.middle)
        t = np.linspace(-1, 1, len(line))
        thick = s["thick"] if look.brow == "thick" else max(0.6 * look.width, 0.012)
        if look.brow == "thick":
            half = 0.5 * thick * np.clip(1 - s["point"] * np.clip(-t, 0, 1), 0.15, 1)
            shape = np.concatenate([line - np.stack([0 * t, half], 1), (line + np.stack([0 * t, half], 1))[::-1]])
            canvas.fill(canvas.by_hand(head.place(shape)), s["colour"])
        else:
            canvas.line(head.place(line), 1.3 * thick * head.scale, s["colour"], 1, 0.6)


def brow_state(look: Look, rng: np.random.Generator) -> dict:
    u = rng.uniform
    return dict(length=u(0.75, 1.3), gap=u(0.08, 0.34), arch=u(0, 0.1), angle=float(rng.normal(0, 0.05)),
        thick=u(0.03, 0.11), point=u(0, 0.9), colour=look.line if u() < 0.5 else shade(look.hair, 0.4))  # fmt: skip
