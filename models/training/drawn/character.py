"""One picture by seed: a drawn character, its points, and what the finder is to say of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import points as P
from .brows import Brow, brow_state
from .canvas import Canvas
from .eyes import Eye, eye_state
from .faces import Face
from .finish import finish
from .ground import beside_faces, clutter, ground
from .hair import Hair
from .head import Head
from .looks import COMMON_STYLES, HELD_OUT_STYLES, STYLES, Look, hsv, look_of
from .mouths import Mouth, Nose

SIDE = 384
WITHOUT = 0.1
"""share of pictures without a face"""


@dataclass
class Character:
    rgb: np.ndarray
    """`[SIDE, SIDE, 3]` uint8"""
    style: str
    points: np.ndarray | None
    """`[74, 2]` pixels, whole numbers between two pixels; None where there is no face"""
    pose: np.ndarray
    """yaw, pitch, roll"""
    flags: np.ndarray
    """right eye shut, left eye shut, mouth open"""


def character(seed: int, styles: tuple[str, ...] = STYLES, without: float = WITHOUT) -> Character:
    rng = np.random.default_rng([seed, 20])
    if rng.uniform() < without:
        return _nobody(rng)
    often = np.array([2.0 if style in COMMON_STYLES else 1.0 for style in styles])
    style = styles[rng.choice(len(styles), p=often / often.sum())]
    return _draw(look_of(style, rng), rng)


def _nobody(rng: np.random.Generator) -> Character:
    if rng.uniform() < 0.25:
        return _character_without_face(beside_faces(rng, SIDE))
    canvas = Canvas(SIDE, rng)
    grey = rng.uniform() < 0.3
    colour = lambda: (int(rng.uniform(0, 255)),) * 3 if grey else hsv(rng.uniform(), rng.uniform(0, 0.8), rng.uniform())  # noqa: E731
    clutter(canvas, rng, colour, int(rng.integers(0, 50)))
    if rng.uniform() < 0.6:
        look = look_of(STYLES[rng.integers(len(STYLES))], rng)
        look.grey = grey
        _head(canvas, look, rng, faceless=True)
    return _character_without_face(finish(canvas.pixels()[..., :3], None, rng))


def _character_without_face(rgb: np.ndarray) -> Character:
    return Character(rgb, "nobody", None, np.zeros(3), np.zeros(3))


def _draw(look: Look, rng: np.random.Generator) -> Character:
    canvas = Canvas(SIDE, rng)
    ground(canvas, rng, look.grey)
    points, pose, flags = _head(canvas, look, rng)
    return Character(finish(canvas.pixels()[..., :3], look, rng), look.style, points, pose, flags)


def _head(canvas: Canvas, look: Look, rng: np.random.Generator, faceless: bool = False):
    u, side = rng.uniform, canvas.side
    wide = side * np.exp(u(np.log(0.1), np.log(0.8)))
    scale = 0.5 * wide
    room = min(0.5 * side, 1.1 * scale)
    middle = u(room, side - room, 2) if room < 0.5 * side else np.full(2, 0.5 * side)
    if u() < 0.5:
        middle = 0.5 * middle + 0.5 * np.array([0.5 * side, 0.42 * side])
    yaw, pitch, roll = np.clip(rng.normal(0, (0.3, 0.14, 0.16)), (-0.75, -0.4, -0.7), (0.75, 0.4, 0.7))
    if u() < 0.3:
        yaw, pitch = 0.2 * yaw, 0.3 * pitch
    head = Head(look.dims["chin"], yaw, pitch, roll, scale, middle, u(0.4, 0.75))
    canvas.wobble = look.wobble * scale
    ink = look.width * scale
    if look.width:
        ink = max(ink, 0.7)
    face, mouth = Face(look, rng), Mouth(look, rng)
    hair, nose = Hair(look, face, rng), Nose(look, mouth, rng)
    state, brow = eye_state(look, rng), brow_state(look, rng)
    eyes = [Eye(look, half, rng, state) for half in (-1, 1)]
    brows = [Brow(look, half, rng, brow) for half in (-1, 1)]
    hair.behind(canvas, head, ink)
    face.neck(canvas, head, ink)
    face.ears(canvas, head, ink)
    face.skin(canvas, head, ink)
    if not faceless:
        nose.draw(canvas, head)
        for eye in eyes:
            eye.draw(canvas, head)
        face.beard(canvas, head, mouth)
        mouth.draw(canvas, head)
    elif u() < 0.3:
        (eyes[0] if u() < 0.5 else mouth).draw(canvas, head)
    before = u() < 0.35
    if before and not faceless:
        for b in brows:
            b.draw(canvas, head)
    hair.before(canvas, head, ink)
    if not before and not faceless:
        for b in brows:
            b.draw(canvas, head)
    face.glasses(canvas, head)
    hair.wear(canvas, head, ink)
    points = np.concatenate([eyes[0].points(head), eyes[1].points(head), brows[0].points(head), brows[1].points(head),
        nose.points(head), mouth.points(head), face.points(head)])  # fmt: skip
    assert points.shape == (P.COUNT, 2)
    flags = np.array([bool(eyes[0].shut), bool(eyes[1].shut), mouth.open], np.float32)
    return points, np.array([yaw, pitch, roll]), flags


def main() -> None:
    import argparse

    from PIL import Image, ImageDraw

    parser = argparse.ArgumentParser(description="A sheet of characters, with their points")
    parser.add_argument("--out", default="characters.png")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--points", action="store_true")
    parser.add_argument("--held-out", action="store_true")
    options = parser.parse_args()
    sheet = Image.new("RGB", (6 * 320, 5 * 320))
    for k in range(30):
        made = character(options.first + k, HELD_OUT_STYLES if options.held_out else STYLES)
        image = Image.fromarray(made.rgb)
        if options.points and made.points is not None:
            pen = ImageDraw.Draw(image)
            for x, y in made.points:
                pen.ellipse((x - 2, y - 2, x + 2, y + 2), fill=(255, 0, 0))
        sheet.paste(image.resize((320, 320), Image.Resampling.LANCZOS), (320 * (k % 6), 320 * (k // 6)))
    sheet.save(options.out)


if __name__ == "__main__":
    main()
