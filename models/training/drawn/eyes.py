"""Drawn eyes and brows, and where their points lie."""

from __future__ import annotations

import numpy as np

from . import points as P
from .canvas import Canvas, curve, ellipse, mixed
from .head import Head
from .looks import Look, shade


class Eye:
    """One eye; `side` -1 on the picture's left. All lengths in the face frame."""

    def __init__(self, look: Look, side: int, rng: np.random.Generator, state: dict) -> None:
        d, u = look.dims, rng.uniform
        self.look, self.side, self.rng, self.state = look, side, rng, state
        self.x = side * d["ex"]
        self.ew, self.up, self.low = d["ew"], d["up"] * state["open"], d["low"]
        self.tilt = state["tilt"]
        self.shut = state["shut"] if state["shut"] and (state["wink"] in (0, side)) else ""
        self.jitter = u(-0.02, 0.02, 2)
        round_eye = look.eye in ("round", "ball", "dot", "button")
        self.power = 0.5 if round_eye else state["power"]
        if look.eye == "dot":
            self.up = d["up"]
        if self.shut:
            self.up = self.low = 0

    def at(self, u, v) -> np.ndarray:
        """u -1 outer … 1 inner, v in the face frame downwards."""
        u, v = np.broadcast_arrays(np.asarray(u, float), np.asarray(v, float))
        y = v - self.tilt * self.ew * -u + self.jitter[1]
        return np.stack([self.x - self.side * u * self.ew, y], -1)

    def lid(self, u, upper: bool) -> np.ndarray:
        """v of the opening's border."""
        s = np.clip(1 - np.abs(np.asarray(u, float)) ** 2, 0, 1) ** self.power
        if self.shut:
            bend = {"happy": -0.42, "sleep": 0.3, "line": 0.0}[self.shut] * min(self.look.dims["up"], 0.3)
            return bend * (1.6 * s - 0.6)
        skew = 1 + self.state["skew"] * np.asarray(u)
        return -self.up * s * skew if upper else self.low * s * (1 - 0.3 * self.state["skew"] * np.asarray(u))

    def lash(self, u) -> np.ndarray:
        """Thickness of the upper lash line."""
        t = self.state["lash"] * (0.55 + 0.45 * np.sqrt(np.clip(1 - np.asarray(u, float) ** 2, 0, 1)))
        return t * (1 - 0.4 * self.state["lash_out"] * np.asarray(u))

    def points(self, head: Head) -> np.ndarray:
        """`[22, 2]`, pixels of the picture."""
        u = -1 + 2 * P.SHARES
        upper, lower = self.lid(u, True), self.lid(u, False)
        half = 0.5 * self.lash(u) if self.shut else 0
        cx, cy, rx, ry = self.iris()
        corner = self.lid(np.array([-1.0, 1.0]), True)
        face = np.concatenate([
            self.at([-1, 1], corner), self.at(u, upper + half), self.at(u, upper + half - self.lash(u)),
            self.at(u, lower + half),
            [(cx, cy), (cx - rx, cy), (cx + rx, cy), (cx, cy - ry), (cx, cy + ry)],
        ])  # fmt: skip
        return head.place(face)

    def iris(self) -> tuple[float, float, float, float]:
        s, look = self.state, self.look
        if look.eye in ("dot", "button", "hole"):
            c = self.at(0, 0.5 * (self.low - self.up))
            return c[0], c[1], self.ew, max(0.5 * (self.low + self.up), 0.02)
        up, low = look.dims["up"], self.low
        if self.shut:
            low = look.dims["low"]
        rx = s["iris"] * self.ew
        ry = s["iris_tall"] * rx if look.eye in ("ball", "sharp", "slit") else s["iris_y"] * 0.5 * (up + low)
        ry = max(ry, 0.8 * rx)
        gx, gy = s["gaze"]
        c = self.at(0, 0.5 * (low - up) + s["iris_low"] * (up + low))
        room = max(0, self.ew - rx)
        return c[0] + gx * (room + 0.12 * self.ew), c[1] + gy * 0.35 * (up + low), rx, ry

    def draw(self, canvas: Canvas, head: Head) -> None:
        look, s, rng = self.look, self.state, self.rng
        unit = head.scale
        u = np.linspace(-1, 1, 25)
        upper = head.place(self.at(u, self.lid(u, True)))
        lower = head.place(self.at(u, self.lid(u, False)))
        width = max(look.width, 0.012) * unit
        ink = look.line
        if self.shut:
            half = 0.5 * self.lash(u)
            mid = self.lid(u, True)
            if look.eye in ("dot", "button", "ball") and self.lash(0) < 0.03:
                canvas.line(upper, max(width, float(self.lash(0)) * unit), ink)
            else:
                shape = np.concatenate([self.at(u, mid - half), self.at(u[::-1], (mid + half)[::-1])])
                canvas.fill(head.place(shape), ink)
            return
        opening = np.concatenate([upper, lower[::-1]])
        cx, cy, rx, ry = self.iris()
        if look.eye in ("dot", "button"):
            spot = head.place(ellipse(cx, cy, rx, ry))
            canvas.fill(spot, s["dot"])
            if s["shine"] > 0.4 or look.eye == "button":
                r = 0.3 * rx
                canvas.fill(
                    head.place(ellipse(cx + s["light"][0] * rx, cy + s["light"][1] * ry, r, r)), (255, 255, 255)
                )
            return
        if look.eye == "hole":
            canvas.fill(opening, s["dot"])
            if s["shine"] > 0.6:
                self._iris(canvas, head, opening, cx, cy, 0.5 * min(self.ew, self.low + self.up), None)
            canvas.line(np.concatenate([upper, lower[::-1]]), look.width * unit, ink, closed=True)
            return
        canvas.fill(opening, s["white"])
        canvas.clip(opening)
        self._iris(canvas, head, opening, cx, cy, rx, ry)
        if s["lid_shade"]:
            drop = 0.25 * (self.up + self.low)
            band = np.concatenate([upper, head.place(self.at(u, self.lid(u, True) + drop))[::-1]])
            canvas.fill(band, (40, 20, 50), 0.35)
        canvas.unclip()
        self._lines(canvas, head, u, upper, lower, width)

    def _iris(self, canvas: Canvas, head: Head, opening, cx, cy, rx, ry) -> None:
        look, s = self.look, self.state
        ry = rx if ry is None else ry
        whole = head.place(ellipse(cx, cy, rx, ry))
        unit = head.scale
        if s["iris_fill"] == "empty":
            canvas.line(whole, max(look.width, 0.012) * unit, look.line, closed=True)
        else:
            canvas.fill(whole, shade(look.iris, 0.5) if s["iris_fill"] == "gradient" else look.iris, to=look.iris)
            if s["iris_rim"]:
                canvas.line(whole, 0.6 * max(look.width, 0.015) * unit, shade(look.iris, 0.75), closed=True)
        p = s["pupil"]
        if p > 0:
            narrow = 0.35 if s["slit_pupil"] else 1
            canvas.fill(head.place(ellipse(cx, cy, p * rx * narrow, p * ry)), (12, 8, 14))
        if s["iris_fill"] == "gradient" and s["shine"] > 0.5:
            canvas.fill(
                head.place(ellipse(cx, cy + 0.55 * ry, 0.6 * rx, 0.3 * ry)), mixed(look.iris, (255, 255, 255), 0.5), 0.6
            )
        if s["shine"] > 0.2:
            lx, ly = s["light"]
            r = s["light_size"]
            canvas.fill(head.place(ellipse(cx + lx * rx, cy + ly * ry, r * rx, r * ry)), (255, 255, 255))
            if s["shine"] > 0.7:
                canvas.fill(
                    head.place(ellipse(cx - lx * rx, cy - ly * ry, 0.4 * r * rx, 0.4 * r * ry)), (255, 255, 255), 0.9
                )

    def _lines(self, canvas: Canvas, head: Head, u, upper, lower, width) -> None:
        look, s = self.look, self.state
        ink, unit = s["lash_colour"] or look.line, head.scale
        mid, thick = self.lid(u, True), self.lash(u)
        if s["ring"]:
            canvas.line(np.concatenate([upper, lower[::-1]]), width, ink, closed=True)
            if s["lash"] < 0.03:
                return
        top = self.at(u, mid - thick)
        low_edge = self.at(u, mid)
        if s["wing"] > 0 and look.eye in ("anime", "sharp", "slit", "round"):
            wing = self.at([-1 - s["wing"]], [self.lid(-0.9, True) * 0.8 - 0.5 * s["wing"] * self.ew * s["wing_up"]])
            shape = np.concatenate([wing, top, low_edge[::-1]])
        else:
            shape = np.concatenate([top, low_edge[::-1]])
        canvas.fill(canvas.by_hand(head.place(shape)), ink)
        for k in range(s["hairs"]):
            a = -0.95 + 0.3 * k
            base = self.at([a], [self.lid(a, True)])[0]
            tip = base + np.array([self.side * (0.06 + 0.05 * (1 - k / 4)), -0.1 + 0.02 * k]) * (0.6 + s["shine"])
            canvas.line(head.place(curve([base, 0.5 * (base + tip) + (0, 0.01), tip])), 0.7 * width, ink)
        if s["lower"] == "full" or look.eye == "sharp":
            canvas.line(lower, 0.6 * width, ink, s["lower_alpha"], 0.7)
        elif s["lower"] == "part":
            canvas.line(lower[3:18], 0.6 * width, ink, s["lower_alpha"], 0.8)
        if s["crease"]:
            up = self.at(u[4:-3], 1.02 * mid[4:-3] - thick[4:-3] - 0.05 - 0.03 * s["shine"])
            canvas.line(head.place(up), 0.5 * width, ink, 0.8, 0.8)


def eye_state(look: Look, rng: np.random.Generator) -> dict:
    """What both eyes of a face share."""
    u = rng.uniform
    anime = look.eye in ("anime", "round")
    light = (u(-0.5, 0.5), u(-0.6, -0.1))
    white = (255, 255, 255) if u() < 0.75 else tuple(u(205, 255, 3))
    return dict(
        open=1.0 if u() < 0.72 else u(0.2, 0.9), shut=["happy", "sleep", "line"][rng.integers(3)] if u() < 0.12
        and look.eye != "hole" else "", wink=int(rng.choice([0, 0, 0, -1, 1])),
        tilt=u(-0.15, 0.22), skew=u(-0.25, 0.3), power=u(0.45, 0.8) if anime else u(0.5, 0.95),
        lash=u(0.03, 0.1) if anime else u(0.012, 0.05), lash_out=u(-0.2, 1), wing=u(0, 0.3) if u() < 0.6 else 0,
        wing_up=u(-0.6, 1.4), hairs=int(rng.integers(1, 5)) if u() < 0.25 else 0, lash_colour=None if u() < 0.8
        else shade(look.hair, 0.6), iris=u(0.45, 0.85) if anime else u(0.3, 0.6), iris_y=u(0.75, 1.15),
        iris_tall=u(0.9, 1.2), iris_low=u(-0.05, 0.1), gaze=(float(np.clip(rng.normal(0, 0.35), -1, 1)),
        float(np.clip(rng.normal(0, 0.25), -0.6, 0.6))), pupil=0 if u() < 0.12 else u(0.25, 0.7), slit_pupil=u() < 0.08,
        iris_fill=["gradient", "gradient", "plain", "empty"][rng.integers(4 if u() < 0.3 else 3)], iris_rim=u() < 0.6,
        shine=u(), light=light, light_size=u(0.15, 0.38), white=white, lid_shade=u() < 0.4,
        lower=["full", "part", "part", "none"][rng.integers(4)], lower_alpha=u(0.5, 1), crease=u() < 0.45,
        ring=look.eye == "ball" or u() < 0.1, dot=look.line if u() < 0.7 else shade(look.iris, 0.4),
    )  # fmt: skip
