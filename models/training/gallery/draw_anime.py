"""Draw the anime characters: `python draw_anime.py yuki --out DIR`. Curves and colours, no model."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from cel import RGB, Canvas, Point
from draw_chosen import draw_chosen
from ink import curve, mirrored


@dataclass
class Palette:
    skin: RGB
    skin_shade: RGB
    line: RGB
    hair_root: RGB
    hair_tip: RGB
    hair_line: RGB
    hair_gloss: RGB
    iris_top: RGB
    iris_low: RGB
    blush: RGB
    lip: RGB


YUKI = Palette(
    skin=(255, 232, 219), skin_shade=(246, 190, 180), line=(112, 58, 72),
    hair_root=(196, 128, 186), hair_tip=(255, 206, 214), hair_line=(126, 66, 124), hair_gloss=(255, 238,
        244),
    iris_top=(30, 62, 120), iris_low=(96, 220, 226), blush=(255, 138, 138), lip=(226, 116, 120),
)  # fmt: skip

REN = Palette(
    skin=(250, 220, 198), skin_shade=(226, 168, 146), line=(74, 42, 48),
    hair_root=(30, 38, 66), hair_tip=(64, 116, 150), hair_line=(14, 18, 38), hair_gloss=(140, 196, 220),
    iris_top=(110, 48, 12), iris_low=(255, 196, 72), blush=(240, 140, 120), lip=(196, 108, 100),
)  # fmt: skip

# Outlines read better in rows of points than one point to a line.
# fmt: off


def both(canvas: Canvas, points: list[Point], draw) -> None:
    for flip in (False, True):
        draw(mirrored(points) if flip else points, flip)


def backdrop(canvas: Canvas, top: RGB, bottom: RGB, dots: RGB, seed: int) -> None:
    canvas.fill(np.array([(-5, -5), (1029, -5), (1029, 1029), (-5, 1029)], float),
        ((0, 0), top, (200, 1024), bottom))
    rng = np.random.default_rng(seed)
    for _ in range(34):
        x, y, r = rng.uniform(0, 1024), rng.uniform(0, 1024), rng.uniform(8, 60)
        canvas.fill(canvas.ellipse(x, y, r, r), dots, rng.uniform(0.08, 0.3), blur=rng.uniform(1, 6))


FACE = [(330, 470), (332, 540), (344, 604), (378, 664), (436, 716), (484, 742)]


def face(canvas: Canvas, p: Palette, jaw: float = 1.0) -> np.ndarray:
    left = [(x, 470 + (y - 470) * jaw) for x, y in FACE]
    right = [(1024 - x, y) for x, y in reversed(left)]
    chin = (512, 470 + 278 * jaw)
    neck = curve([(452, 690), (452, 690), (450, 770), (424, 830), (330, 880), (330, 960), (330, 960),
        (694, 960), (694, 960), (694, 880), (600, 830), (574, 770), (572, 690), (572, 690)])
    canvas.fill(neck, p.skin)
    on_neck = canvas.mask(neck)
    canvas.fill(curve([(440, 680), (448, 772), (500, 800), (560, 786), (590, 740),
        (584, 680)]), p.skin_shade, 0.9, blur=3, clip=on_neck)
    both(canvas, [(452, 720), (450, 772), (426, 826),
        (380, 858)], lambda q, f: canvas.ink(curve(q, False), 3.6, p.line, (0.3, 0.2)))
    for flip in (False, True):
        ear = [(338, 512), (318, 500), (304, 524), (312, 572), (332, 600), (346, 596)]
        shape = curve(mirrored(ear) if flip else ear)
        canvas.fill(shape, p.skin)
        inner = [(334, 526), (320, 518), (318, 544), (328, 574)]
        canvas.fill(curve(mirrored(inner) if flip else inner), p.skin_shade, 0.9, blur=1.5)
        canvas.ink(curve((mirrored(ear) if flip else ear), False), 3.4, p.line)
    outline = curve([(512, 210), (400, 240), (340, 350), *left, chin, *right, (684, 350), (624, 240)])
    canvas.fill(outline, p.skin)
    skin = canvas.mask(outline)
    # Light from the upper left: a soft shade down the right side and under the hair.
    canvas.fill(curve([(720, 380), (676, 430), (676, 560), (650, 640), (590, 712), (530, 748),
        (520, 790), (760, 760)]), p.skin_shade, 0.55, blur=9, clip=skin)
    canvas.fill(curve([(300, 300), (724, 300), (724, 470), (668, 474), (600, 442), (512, 452),
        (424, 440), (356, 476), (300, 470)]), p.skin_shade, 0.75, blur=5, clip=skin)
    for x in (408, 616):
        canvas.fill(canvas.ellipse(x, 622, 40, 20), p.blush, 0.38, blur=11, clip=skin)
    canvas.ink(curve([(332, 500), *left[1:], chin, *right[:-1], (692, 500)], False), 4.0, p.line, (0.2,
        0.2))
    return skin


def nose(canvas: Canvas, p: Palette) -> None:
    canvas.fill(curve([(514, 590), (524, 622), (532, 638), (520, 646), (508, 642),
        (512, 620)]), p.skin_shade, 0.75, blur=2.2)
    canvas.fill(canvas.ellipse(507, 624, 4.5, 9), (255, 250, 246), 0.85, blur=2)
    canvas.ink(curve([(500, 641), (508, 647), (519, 645)], False), 3.0, p.line, alpha=0.75)


def mouth(canvas: Canvas, p: Palette, half: float) -> None:
    y = 686
    seam = [(512 - half, y - 2), (512 - half * 0.5, y + 2.5), (512, y + 1.5),
        (512 + half * 0.5, y + 2.5), (512 + half, y - 2)]
    upper = curve([(512 - half, y - 2), (512 - half, y - 2), (512 - half * 0.35, y - 8.5), (512, y - 6),
        (512 + half * 0.35, y - 8.5), (512 + half, y - 2), (512 + half, y - 2), (512, y + 2)])
    lower = curve([(512 - half * 0.9, y), (512 - half * 0.9, y), (512, y + 2), (512 + half * 0.9, y),
        (512 + half * 0.9, y), (512 + half * 0.45, y + 12.5), (512, y + 15), (512 - half * 0.45, y + 12.5)])
    canvas.fill(lower, p.lip, 0.62, blur=1.4)
    canvas.fill(upper, p.lip, 0.72, blur=1.0)
    canvas.fill(canvas.ellipse(506, y + 8, half * 0.32, 2.4), (255, 236, 230), 0.8, blur=1.2)
    canvas.ink(curve(seam, False), 4.2, p.line, (0.5, 0.5))
    canvas.ink(curve([(496, y + 24), (512, y + 27), (528, y + 24)], False), 2.6, p.skin_shade)


@dataclass
class EyeShape:
    """Half of an eye's opening about its middle: outer corner, upper lid, inner corner, lower lid."""

    middle: Point = (430, 556)
    wide: float = 42
    up: float = 36
    down: float = 27
    slant: float = 5
    iris: tuple[float, float] = (29, 34)
    lashes: float = 1.0


def eye(canvas: Canvas, p: Palette, e: EyeShape, flip: bool) -> None:
    cx, cy = e.middle

    def at(points: list[Point]) -> list[Point]:
        placed = [(cx + x, cy + y) for x, y in points]
        return mirrored(placed) if flip else placed

    w, u, d, s = e.wide, e.up, e.down, e.slant
    upper = [(-w, s), (-w * 0.70, -u * 0.56), (-w * 0.18, -u), (w * 0.36, -u * 0.86),
        (w * 0.78, -u * 0.28), (w * 0.98, u * 0.26)]
    lower = [(w * 0.98, u * 0.26), (w * 0.6, d * 0.82), (0.05 * w, d), (-w * 0.5, d * 0.84),
        (-w * 0.84, d * 0.48), (-w, s)]
    outline = curve(at([upper[0], *upper, upper[-1], *lower[1:-1], lower[-1]]))
    canvas.fill(outline, (253, 251, 252))
    white = canvas.mask(outline)
    x = (1024 - cx if flip else cx) + (-3 if flip else 3)
    rx, ry = e.iris
    y = cy - 4
    canvas.fill(canvas.ellipse(x, y, rx + 1.5, ry + 1.5), tuple(0.45 * c for c in p.iris_top), clip=white)
    canvas.fill(canvas.ellipse(x, y, rx - 1.5, ry - 1.5),
        ((x, y - ry), p.iris_top, (x, y + ry), p.iris_low), clip=white)
    ring = canvas.mask(canvas.ellipse(x, y, rx - 1.5, ry - 1.5))
    canvas.fill(canvas.ellipse(x, y + ry * 0.62, rx * 0.72, ry * 0.34), tuple(min(255,
        c + 40) for c in p.iris_low), 0.8, blur=3, clip=np.minimum(ring, white))
    rng = np.random.default_rng(5)
    for k in range(26):
        a = 2 * np.pi * k / 26 + rng.uniform(-0.08, 0.08)
        ray = np.array([[x + np.cos(a) * rx * r, y + np.sin(a) * ry * r] for r in np.linspace(0.45,
            rng.uniform(0.75, 0.95), 6)])
        canvas.ink(ray, 1.4, p.iris_low if np.sin(a) < 0 else (255, 255, 255), alpha=0.32,
            clip=np.minimum(ring, white))
    canvas.fill(canvas.ellipse(x, y, rx * 0.42, ry * 0.46), tuple(0.25 * c for c in p.iris_top), 0.95,
        blur=0.8, clip=white)
    # The upper lid's shadow lies over iris and white.
    shadow = curve(at([(-w - 4, -u - 20), (w + 6, -u - 20), (w, u * 0.15), (w * 0.6, -u * 0.36),
        (0, -u * 0.62), (-w * 0.6, -u * 0.42), (-w, 4)]))
    canvas.fill(shadow, (128, 108, 158), 0.5, blur=3, clip=white)
    light = -1
    canvas.fill(canvas.ellipse(x + light * rx * 0.36, y - ry * 0.42, rx * 0.30, ry * 0.26, -0.3),
        (255, 255, 255), clip=white)
    canvas.fill(canvas.ellipse(x - light * rx * 0.40, y + ry * 0.46, rx * 0.15, ry * 0.12),
        (255, 255, 255), 0.95, clip=white)
    dark = tuple(0.55 * c for c in p.line)
    # Lashes: a thick line that swells outwards and ends in a wing.
    top = curve(at(upper), False)
    weight = np.interp(np.linspace(0, 1, len(top)), [0, 0.2, 0.55, 1], [0.45, 0.95, 0.8, 0.12])
    direction = np.gradient(top, axis=0)
    normal = np.stack([direction[:, 1], -direction[:, 0]], 1)
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    normal *= np.sign(-normal[len(normal) // 2, 1])
    canvas.fill(np.vstack([top + normal * (9.0 * e.lashes * weight)[:, None],
        (top - normal * (1.5 * weight)[:, None])[::-1]]), dark)
    wing = curve(at([(-w * 0.80, -u * 0.36), (-w * 0.98, s - 2), (-w - 7, s + 5)]), False)
    canvas.ink(wing, 6.5 * e.lashes, dark, (0.8, 0.0))
    canvas.ink(curve(at(lower[1:5]), False), 2.6, p.line, alpha=0.8)
    canvas.ink(curve(at([(-w * 0.8, -u * 1.06 - 5), (-w * 0.2, -u - 16), (w * 0.4, -u - 11),
        (w * 0.78, -u * 0.62 - 6)]), False), 2.6, p.line, alpha=0.7)


def brow(canvas: Canvas, p: Palette, rise: float, weight: float, flip: bool) -> None:
    points = [(366, 482 - rise), (400, 466 - rise), (440, 464 - rise), (478, 476)]
    line = curve(mirrored(points) if flip else points, False)
    canvas.ink(line, weight, p.hair_line, (0.15, 0.6), alpha=0.92)


def crown_lock(canvas: Canvas, p: Palette, tip: Point, width: float, crown: Point = (508, 196),
    bend: float = 0.78, **kw) -> None:
    dx, dy = tip[0] - crown[0], tip[1] - crown[1]
    path = [(crown[0] + 0.10 * dx, crown[1]), (crown[0] + bend * 0.72 * dx, crown[1] + 0.24 * dy),
        (crown[0] + (0.28 + bend * 0.84) * 0.9 * dx, crown[1] + 0.62 * dy), tip]
    canvas.lock(path, width, p.hair_root, p.hair_tip, p.hair_line, gloss=p.hair_gloss, **kw)


def yuki(canvas: Canvas) -> None:
    p = YUKI
    backdrop(canvas, (64, 128, 176), (120, 190, 196), (200, 240, 255), 3)
    # Hair behind, to the shoulders.
    back = curve([(512, 150), (380, 176), (292, 270), (262, 420), (262, 600), (256, 720), (268, 748),
        (268, 748), (322, 758), (372, 752), (420, 759), (604, 759), (652, 752), (702, 758), (756, 748),
        (756, 748), (768, 720), (762, 600), (762, 420), (732, 270), (644, 176)])
    canvas.fill(back, ((512, 200), tuple(0.8 * c for c in p.hair_root),
        (512, 1000), tuple(0.88 * c for c in p.hair_tip)))
    on_back = canvas.mask(back)
    rng = np.random.default_rng(8)
    for k in range(16):
        for side in (-1, 1):
            x = 512 + side * (80 + 13 * k)
            path = [(512 + side * (40 + 10 * k), 220 + 6 * k), (x + side * 30, 460),
                (x + side * 12 + rng.normal(0, 6), 700), (x - side * (10 + k) + rng.normal(0, 6), 759)]
            canvas.ink(curve(path, False), 2.0, p.hair_line if k % 3 else p.hair_gloss, alpha=0.35,
                clip=on_back)
    canvas.ink(curve([(380, 176), (292, 270), (262, 420), (262, 600), (256, 720),
        (268, 748)], False), 3.6, p.hair_line)
    canvas.ink(curve([(644, 176), (732, 270), (762, 420), (762, 600), (768, 720),
        (756, 748)], False), 3.6, p.hair_line)
    canvas.ink(curve([(268, 748), (268, 748), (322, 758), (372, 752), (420, 759)], False), 3.2, p.hair_line)
    canvas.ink(curve([(756, 748), (756, 748), (702, 758), (652, 752), (604, 759)], False), 3.2, p.hair_line)
    for side in (-1, 1):
        for x, width in ((150, 60), (104, 54)):
            canvas.lock([(512 + side * 150, 400), (512 + side * (x + 40), 520), (512 + side * (x + 16), 640),
                (512 + side * (x - 8), 752)], width, p.hair_root, p.hair_tip, p.hair_line, strands=4,
                gloss=p.hair_gloss, gloss_at=0.9)
    face(canvas, p)
    # A white blouse with a navy sailor's collar.
    blouse = curve([(150, 1060), (150, 1060), (190, 940), (300, 880), (420, 842), (512, 930),
        (512, 930), (604, 842), (724, 880), (834, 940), (874, 1060), (874, 1060)])
    canvas.fill(blouse, ((300, 860), (255, 255, 255), (760, 1040), (214, 220, 240)))
    canvas.ink(curve([(150, 1060), (190, 940), (300, 880), (420, 842)], False), 3.6, p.line)
    canvas.ink(curve([(874, 1060), (834, 940), (724, 880), (604, 842)], False), 3.6, p.line)
    for flip in (False, True):
        collar = [(424, 834), (424, 834), (330, 872), (262, 930), (250, 1060), (250, 1060), (420, 1060),
            (512, 950), (512, 950), (452, 896)]
        shape = curve(mirrored(collar) if flip else collar)
        canvas.fill(shape, ((300, 850), (66, 84, 150), (560, 1060), (40, 52, 108)))
        on = canvas.mask(shape)
        stripe = [(424, 862), (346, 896), (288, 944), (278, 1060)]
        canvas.ink(curve(mirrored(stripe) if flip else stripe, False), 5, (250, 250, 255), (1, 1), clip=on)
        canvas.ink(curve((mirrored(collar) if flip else collar)[1:], False), 3.6, (26, 32, 72))
    for flip in (False, True):
        bow = [(512, 962), (512, 962), (440, 926), (392, 950), (396, 1004), (452, 1010), (512, 978),
            (512, 978)]
        shape = curve(mirrored(bow) if flip else bow)
        canvas.fill(shape, ((430, 930), (250, 110, 130), (470, 1010), (206, 62, 96)))
        canvas.ink(shape, 3.4, (120, 24, 56), (1, 1))
    canvas.fill(canvas.ellipse(512, 970, 22, 20), (236, 88, 112))
    canvas.ink(canvas.ellipse(512, 970, 22, 20), 3.4, (120, 24, 56), (1, 1))
    nose(canvas, p)
    mouth(canvas, p, 36)
    for flip in (False, True):
        eye(canvas, p, EyeShape(), flip)
        brow(canvas, p, 0, 6.5, flip)
    # The cap of hair, then locks from the crown: outer ones first.
    cap = curve([(512, 150), (384, 178), (300, 268), (282, 400), (300, 470), (336, 440), (372, 380),
        (420, 400), (512, 392), (604, 400), (652, 380), (688, 440), (724, 470), (742, 400), (724, 268),
        (640, 178)])
    canvas.fill(cap, ((512, 150), p.hair_root, (512, 470), tuple(0.5 * (a + b) for a,
        b in zip(p.hair_root, p.hair_tip, strict=True))))
    canvas.ink(curve([(300, 268), (384, 178), (512, 150), (640, 178), (724, 268)], False), 3.6, p.hair_line)
    for side in (-1, 1):
        canvas.lock([(512 + side * 130, 214), (512 + side * 212, 330), (512 + side * 214, 520),
            (512 + side * 196, 690),
            (512 + side * 184, 770)], 66, p.hair_root, p.hair_tip, p.hair_line, strands=7,
            gloss=p.hair_gloss, gloss_at=0.22)
        canvas.lock([(512 + side * 110, 206), (512 + side * 196, 320), (512 + side * 184, 480),
            (512 + side * 156, 620),
            (512 + side * 150, 735)], 66, p.hair_root, p.hair_tip, p.hair_line, strands=5,
            gloss=p.hair_gloss, gloss_at=0.28)
    tips = [(344, 530, 84), (680, 526, 84), (382, 478, 88), (640, 482, 88), (424, 456, 90),
        (606, 452, 88), (468, 438, 84), (570, 460, 80), (520, 470, 72)]
    for k, (x, y, width) in enumerate(tips):
        crown_lock(canvas, p, (x, y), width, strands=5, gloss_at=0.5, seed=k)
    canvas.lock([(512, 168), (536, 120), (580, 112),
        (600, 140)], 14, p.hair_root, p.hair_tip, p.hair_line, strands=1)
    # A clip.
    for dx in (0, 16):
        canvas.ink(curve([(636 + dx, 372), (656 + dx, 352), (678 + dx, 338)], False), 9, (255, 214, 92),
            (1, 1))


def ren(canvas: Canvas) -> None:
    p = REN
    backdrop(canvas, (32, 34, 62), (86, 60, 110), (120, 220, 255), 5)
    back = curve([(512, 160), (380, 190), (300, 290), (284, 440), (300, 580), (340, 650), (684, 650),
        (724, 580), (740, 440), (724, 290), (644, 190)])
    canvas.fill(back, tuple(0.75 * c for c in p.hair_root))
    face(canvas, p, jaw=1.03)
    coat = curve([(110, 1060), (110, 1060), (150, 950), (270, 886), (400, 844), (512, 990), (512, 990),
        (624, 844), (754, 886), (874, 950), (914, 1060), (914, 1060)])
    canvas.fill(coat, ((250, 860), (58, 62, 84), (800, 1060), (26, 28, 46)))
    shirt = curve([(424, 838), (424, 838), (450, 900), (512, 990), (574, 900), (600, 838), (600, 838),
        (512, 872)])
    canvas.fill(shirt, ((512, 840), (238, 238, 244), (560, 980), (190, 192, 210)))
    canvas.ink(curve([(424, 840), (470, 876), (512, 884), (554, 876),
        (600, 840)], False), 4, (110, 112, 140))
    for flip in (False, True):
        collar = [(428, 800), (428, 800), (384, 826), (352, 880), (420, 960), (500, 1040), (512, 990),
            (512, 990), (456, 900)]
        shape = curve(mirrored(collar) if flip else collar)
        canvas.fill(shape, ((380, 810), (78, 84, 112), (480, 1020), (40, 44, 66)))
        canvas.ink(curve((mirrored(collar) if flip else collar)[1:], False), 3.8, (12, 14, 28))
        trim = [(366, 874), (430, 946), (506, 1020)]
        canvas.ink(curve(mirrored(trim) if flip else trim, False), 5, (80, 226, 240), (1, 1))
        sleeve = [(110, 1060), (150, 950), (270, 886), (380, 850)]
        canvas.ink(curve(mirrored(sleeve) if flip else sleeve, False), 3.8, (12, 14, 28))
    nose(canvas, p)
    mouth(canvas, p, 40)
    for flip in (False, True):
        eye(canvas, p, EyeShape(middle=(430, 556), wide=40, up=30, down=23, slant=5, iris=(25, 28),
            lashes=0.7), flip)
        brow(canvas, p, 3, 10, flip)
    cap = curve([(512, 156), (384, 184), (302, 276), (288, 420), (300, 540), (326, 500), (344, 420),
        (420, 392), (512, 384), (604, 392), (680, 420), (698, 500), (724, 540), (736, 420), (722, 276),
        (640, 184)])
    canvas.fill(cap, ((512, 150), p.hair_root, (512, 520), tuple(0.6 * a + 0.4 * b for a,
        b in zip(p.hair_root, p.hair_tip, strict=True))))
    for path, width in (
        ([(400, 250), (312, 262), (262, 306), (226, 372)], 84), ([(380, 330), (296, 360), (256, 420),
            (228, 490)], 80), ([(360, 420), (296, 460), (272, 540), (262, 612)], 70),
        ([(640, 250), (716, 262), (766, 306), (800, 368)], 84), ([(650, 330), (730, 360), (772, 420),
            (798, 486)], 80), ([(664, 420), (728, 460), (752, 540), (764, 606)], 70),
        ([(480, 220), (400, 164), (336, 150), (276, 168)], 92), ([(520, 220), (480, 146), (440, 112),
            (392, 100)], 88), ([(560, 220), (600, 140), (650, 116), (706, 118)], 88), ([(600, 230),
            (672, 182), (724, 176), (776, 200)], 88),
    ):
        canvas.lock(path, width, p.hair_root, p.hair_tip, p.hair_line, strands=4, start=0.7, sharp=0.8)
    for side in (-1, 1):
        canvas.lock([(512 + side * 120, 220), (512 + side * 198, 330), (512 + side * 196, 480),
            (512 + side * 166, 610)], 60, p.hair_root, p.hair_tip, p.hair_line, strands=5,
            gloss=p.hair_gloss, gloss_at=0.3)
    # The fringe is swept to one side.
    tips = [(690, 540), (338, 532), (664, 500), (362, 500), (640, 474), (386, 506), (610, 486),
        (418, 468), (446, 486), (574, 456), (484, 458), (540, 478), (514, 446)]
    for k, (x, y) in enumerate(tips):
        lean = 30 if x < 620 else -6
        root = 586 + 0.10 * (x - 512)
        path = [(root, 178), (root + 0.52 * (x - root) + 0.16 * (x - 512), 250),
            (x + lean + 0.10 * (x - 512), y - 144), (x, y - 14)]
        canvas.lock(path, 66 + 14 * (k % 3), p.hair_root, p.hair_tip, p.hair_line, strands=6, start=0.3,
            gloss=p.hair_gloss, gloss_at=0.42, seed=k, sharp=1.0, edge=1.7)
    # Headphones.
    band = [(292, 520), (280, 380), (330, 230), (430, 146), (512, 130), (594, 146), (694, 230),
        (744, 380), (732, 520)]
    canvas.ink(curve(band, False), 26, (38, 40, 58), (1, 1))
    canvas.ink(curve([(x, y - 4) for x, y in band], False), 7, (96, 102, 132), (0.6, 0.6))
    for flip in (False, True):
        cup = [(318, 470), (286, 462), (262, 500), (260, 570), (284, 612), (318, 604)]
        shape = curve(mirrored(cup) if flip else cup)
        canvas.fill(shape, ((250, 470), (70, 76, 104), (320, 600), (30, 32, 50)))
        canvas.ink(shape, 4, (10, 12, 24), (1, 1))
        x = 284 if not flip else 740
        canvas.ink(canvas.ellipse(x, 538, 15, 34), 5, (80, 226, 240), (1, 1))


DRAWINGS = {"yuki": yuki, "ren": ren}


def write(canvas: Canvas, file: Path) -> None:
    picture = canvas.result((88, 92, 848))[..., ::-1]
    cv2.imwrite(str(file.with_suffix(".jpg")), picture, [cv2.IMWRITE_JPEG_QUALITY, 92])
    cv2.imwrite(str(file.with_suffix(".png")), picture)


if __name__ == "__main__":
    draw_chosen(__doc__, DRAWINGS, write)
