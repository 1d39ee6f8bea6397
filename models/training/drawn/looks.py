"""What a character looks like: styles as distributions, drawn by seed."""

from __future__ import annotations

import colorsys
from dataclasses import dataclass, field

import numpy as np

STYLES = ("anime", "manga", "comic", "line", "chibi", "cel", "flat", "mask", "puppet", "animal", "cartoon",
    "painted", "sketch", "watercolour")  # fmt: skip
COMMON_STYLES = ("anime", "manga", "cel")
"""drawn twice as often"""
HELD_OUT_STYLES = ("woodcut",)
"""never learnt from"""


@dataclass
class Look:
    style: str
    skin: tuple = (255, 224, 205)
    skin_shade: tuple = (230, 170, 150)
    line: tuple = (40, 25, 30)
    hair: tuple = (80, 60, 60)
    hair_shade: tuple = (40, 30, 30)
    iris: tuple = (60, 110, 180)
    lip: tuple = (210, 100, 100)
    inside: tuple = (120, 30, 40)
    clothes: tuple = (90, 110, 160)
    width: float = 0.02
    taper: float = 0.6
    wobble: float = 0.0
    shading: str = "cel"
    eye: str = "anime"
    brow: str = "line"
    nose: str = "tick"
    mouth: str = "line"
    hair_kind: str = "bangs"
    grey: bool = False
    dims: dict = field(default_factory=dict)


def hsv(h: float, s: float, v: float) -> tuple:
    return tuple(255 * c for c in colorsys.hsv_to_rgb(h % 1, min(1, max(0, s)), min(1, max(0, v))))


def shade(rgb: tuple, by: float, hue: float = 0.0) -> tuple:
    h, s, v = colorsys.rgb_to_hsv(*(c / 255 for c in rgb))
    return hsv(h + hue, s + 0.5 * by, v * (1 - by))


def look_of(style: str, rng: np.random.Generator) -> Look:
    """Every field by lot, as the style has it."""
    u = rng.uniform
    pick = lambda *of: of[rng.integers(len(of))]  # noqa: E731
    look = Look(style)
    tone = u()
    look.skin = hsv(u(0.02, 0.1), u(0.08, 0.35) + 0.4 * (tone > 0.75), u(0.88, 1) - (tone > 0.75) * u(0.15, 0.55))
    if style in ("animal", "mask", "puppet") or u() < 0.05:
        look.skin = hsv(u(), u(0, 0.7), u(0.3, 1)) if u() < 0.6 else look.skin
    look.skin_shade = shade(look.skin, u(0.1, 0.35), u(-0.06, 0.02))
    look.hair = hsv(u(), u(0, 0.8), u(0.1, 1)) if u() < 0.6 else hsv(u(0.03, 0.12), u(0.2, 0.8), u(0.08, 0.8))
    look.hair_shade = shade(look.hair, u(0.2, 0.5))
    look.line = pick((15, 12, 14), (15, 12, 14), shade(look.skin_shade, u(0.4, 0.8)), shade(look.hair, 0.7))
    look.iris = hsv(u(), u(0.2, 1), u(0.25, 1))
    look.lip = pick(hsv(u(0.95, 1.03), u(0.3, 0.8), u(0.5, 0.95)), shade(look.skin, 0.3, -0.02))
    look.inside = hsv(u(0.95, 1.03), u(0.4, 0.9), u(0.2, 0.8)) if u() < 0.8 else look.line
    look.clothes = hsv(u(), u(0, 0.9), u(0.1, 1))
    look.width = np.exp(u(np.log(0.012), np.log(0.045)))
    look.taper = u(0, 0.9)
    look.shading = pick("cel", "soft", "flat")
    big = dict(ex=u(0.37, 0.5), ew=u(0.2, 0.31), up=u(0.16, 0.4), low=u(0.08, 0.3), chin=u(0.85, 1.2))
    small = dict(ex=u(0.36, 0.48), ew=u(0.14, 0.24), up=u(0.07, 0.16), low=u(0.03, 0.1), chin=u(1.1, 1.5))
    d = big
    if style in ("anime", "cel", "watercolour"):
        look.eye = "anime"
        look.brow, look.nose = pick("line", "line", "thick"), pick("tick", "dot", "none", "shade", "line")
        look.mouth = pick("line", "line", "line", "open", "open", "cat", "small", "pout")
        look.width *= 0.8
        if u() < 0.3:
            d.update(up=u(0.1, 0.2), low=u(0.05, 0.12), chin=u(1.0, 1.35))
        if style == "watercolour":
            look.wobble, look.shading = u(0, 0.006), "soft"
    elif style == "manga":
        look.grey, look.eye = True, pick("anime", "anime", "sharp")
        look.skin, look.skin_shade = (255, 255, 255), (200, 200, 200)
        look.hair = (255,) * 3 if u() < 0.4 else (int(u(0, 200)),) * 3
        look.hair_shade, look.line, look.iris = (int(u(0, 90)),) * 3, (int(u(0, 40)),) * 3, (int(u(0, 120)),) * 3
        look.shading, look.nose = pick("hatch", "none", "cel"), pick("tick", "line", "none", "dot")
        look.mouth, look.inside = pick("line", "line", "open", "small"), (int(u(0, 255)),) * 3
        if u() < 0.5:
            d = small | dict(up=u(0.09, 0.2))
    elif style == "comic":
        look.eye, look.brow = pick("sharp", "sharp", "ball"), pick("thick", "line")
        look.nose, look.mouth = pick("profile", "line", "nostrils", "wedge"), pick("lips", "line", "teeth", "open")
        look.line, look.shading, look.width = (10, 8, 12), pick("cel", "hatch", "cel"), u(0.025, 0.06)
        d = small
    elif style in ("line", "sketch"):
        look.grey = u() < 0.7
        look.skin = look.skin_shade = look.hair = look.clothes = (255, 255, 255) if u() < 0.7 else (244, 236, 216)
        look.hair_shade = look.lip = look.line = (int(u(0, 110)),) * 3 if u() < 0.7 else hsv(u(), 0.8, 0.5)
        look.iris, look.inside = look.line, pick(look.line, look.skin)
        look.shading, look.eye = pick("none", "none", "hatch"), pick("sharp", "sharp", "anime", "ball", "dot")
        look.nose, look.mouth = (
            pick("profile", "line", "nostrils", "tick", "wedge"),
            pick("line", "lips", "line", "open"),
        )
        look.wobble = u(0, 0.012) if style == "line" else u(0.004, 0.02)
        d = small if look.eye in ("sharp", "ball") else big
    elif style == "chibi":
        look.eye = pick("anime", "round", "dot", "round")
        look.nose, look.mouth = pick("none", "none", "dot"), pick("line", "cat", "open", "small", "open")
        look.brow = pick("line", "none", "thick")
        d = dict(ex=u(0.38, 0.56), ew=u(0.16, 0.34), up=u(0.2, 0.48), low=u(0.15, 0.34), chin=u(0.62, 0.85))
    elif style == "flat":
        look.eye, look.shading = pick("dot", "ball", "round", "sharp"), pick("flat", "cel", "none")
        look.width = pick(0, 0, u(0.015, 0.05))
        look.nose, look.mouth = pick("line", "wedge", "shade", "none", "button"), pick("line", "open", "line", "lips")
        d = small if u() < 0.6 else big
        if look.eye == "dot":
            d = dict(ex=u(0.32, 0.46), ew=u(0.05, 0.1), up=u(0.06, 0.13), low=u(0.06, 0.13), chin=u(0.9, 1.3))
    elif style == "mask":
        look.eye, look.hair_kind = pick("hole", "hole", "sharp", "ball"), pick("none", "none", "bangs")
        look.brow, look.nose = pick("thick", "line", "none"), pick("wedge", "profile", "nostrils", "button")
        look.mouth, look.shading = pick("lips", "hole", "hole", "teeth", "line"), pick("lit", "cel", "flat")
        d = small | dict(up=u(0.06, 0.2), low=u(0.05, 0.16), chin=u(1.0, 1.4))
    elif style == "puppet":
        look.eye, look.shading = pick("ball", "ball", "button", "dot"), pick("lit", "lit", "soft")
        look.nose, look.mouth = pick("button", "button", "none", "wedge"), pick("line", "puppet", "open", "puppet")
        look.width = pick(0, 0, 0.015)
        d = dict(ex=u(0.26, 0.48), ew=u(0.12, 0.26), up=u(0.12, 0.28), low=u(0.12, 0.26), chin=u(0.8, 1.2))
    elif style == "animal":
        look.eye = pick("anime", "round", "ball", "sharp", "dot")
        look.nose, look.mouth = "animal", pick("cat", "cat", "open", "line", "muzzle")
        look.hair_kind = pick("none", "none", "fur", "bangs")
        look.shading = pick("cel", "soft", "flat", "lit")
        d = dict(ex=u(0.36, 0.56), ew=u(0.13, 0.28), up=u(0.12, 0.36), low=u(0.1, 0.28), chin=u(0.75, 1.1))
    elif style == "cartoon":
        look.eye, look.brow = pick("ball", "ball", "round", "dot"), pick("thick", "line")
        look.nose, look.mouth = (
            pick("button", "wedge", "line", "profile"),
            pick("line", "open", "teeth", "open", "lips"),
        )
        look.shading = pick("flat", "lit", "cel", "lit")
        if look.shading == "lit":
            look.width *= float(u() < 0.3)
        d = dict(ex=u(0.26, 0.44), ew=u(0.14, 0.27), up=u(0.13, 0.32), low=u(0.1, 0.26), chin=u(0.85, 1.4))
    elif style in ("painted", "woodcut"):
        look.eye, look.brow = pick("sharp", "sharp", "anime", "slit"), pick("thick", "line")
        look.nose, look.mouth = pick("lit", "shade", "nostrils", "profile"), pick("lips", "lips", "line", "teeth")
        look.shading, look.width = "soft", look.width * float(u() < 0.4) * 0.7
        d = small
        if style == "woodcut":
            look.eye, look.shading, look.line = pick("slit", "sharp"), "flat", (30, 26, 30)
            look.width, look.nose, look.mouth = u(0.012, 0.03), pick("profile", "line"), pick("lips", "line")
            look.skin = hsv(u(0.08, 0.14), u(0.05, 0.3), u(0.85, 1))
    look.dims = d
    if look.hair_kind == "bangs":
        look.hair_kind = pick("bangs", "bangs", "bangs", "parted", "parted", "swept", "short", "cap", "none"
            if style not in ("anime", "cel") else "bangs")  # fmt: skip
    return look
