"""Draw the characters for streams, cut out on a transparent ground: `python draw_streamers.py hana sora --out DIR`."""

from __future__ import annotations

from pathlib import Path

import cv2
from cel import Canvas, Point
from draw_anime import EyeShape, Palette, brow, crown_lock, eye, face, mouth, nose
from draw_chosen import draw_chosen
from ink import curve, mirrored

HANA = Palette(
    skin=(255, 234, 222), skin_shade=(248, 196, 186), line=(104, 54, 66),
    hair_root=(232, 176, 112), hair_tip=(255, 226, 158), hair_line=(138, 82, 52), hair_gloss=(255, 248, 222),
    iris_top=(18, 92, 84), iris_low=(140, 236, 168), blush=(255, 140, 136), lip=(228, 118, 120),
)  # fmt: skip

SORA = Palette(
    skin=(252, 226, 208), skin_shade=(230, 176, 162), line=(78, 48, 70),
    hair_root=(118, 124, 168), hair_tip=(206, 216, 240), hair_line=(58, 60, 104), hair_gloss=(246, 250, 255),
    iris_top=(70, 28, 110), iris_low=(212, 150, 255), blush=(244, 146, 140), lip=(200, 112, 112),
)  # fmt: skip

RIBBON = ((232, 78, 104), (178, 40, 76), (104, 20, 48))
"""light, shade, line"""

# fmt: off


def hair(canvas: Canvas, p: Palette, path: list[Point], width: float, **kw) -> None:
    canvas.lock(path, width, p.hair_root, p.hair_tip, p.hair_line, **kw)


def both_sides(points: list[Point]):
    return points, mirrored(points)


def ribbon(canvas: Canvas, x: float, y: float, flip: bool) -> None:
    light, shade, line = RIBBON
    for tail in ([(0, 6), (-26, 60), (-18, 116), (8, 100), (16, 50), (8, 4)], [(6, 6), (34, 52), (62, 92), (64, 60), (40, 26), (12, 0)]):
        shape = curve([(x + (-a if flip else a), y + b) for a, b in tail])
        canvas.fill(shape, ((x, y), light, (x, y + 110), shade))
        canvas.ink(shape, 3.2, line, (1, 1))
    for loop in ([(0, 0), (-40, -46), (-82, -40), (-78, 14), (-34, 24)], [(0, 0), (34, -52), (78, -50), (80, 4), (36, 20)]):
        shape = curve([(x + (-a if flip else a), y + b) for a, b in loop])
        canvas.fill(shape, ((x, y - 50), light, (x, y + 30), shade))
        canvas.ink(shape, 3.4, line, (1, 1))
    knot = canvas.ellipse(x, y - 4, 17, 19)
    canvas.fill(knot, light)
    canvas.ink(knot, 3.2, line, (1, 1))


def hana(canvas: Canvas) -> None:
    p = HANA
    back = curve([(512, 150), (384, 176), (300, 270), (280, 420), (300, 600), (360, 700), (664, 700), (724, 600),
        (744, 420), (724, 270), (640, 176)])
    canvas.fill(back, ((512, 200), tuple(0.72 * c for c in p.hair_root), (512, 800), tuple(0.85 * c for c in p.hair_root)))
    canvas.ink(back, 3.4, p.hair_line, (1, 1))
    # Two tails, from behind the ears down over the shoulders.
    for k, (x, width) in enumerate(((60, 74), (92, 84), (128, 80), (30, 60))):
        for path in both_sides([(300, 396), (250 - x, 430 + 10 * k), (238 - x, 640), (276 - 0.9 * x, 800), (262 - x, 930 - 18 * k)]):
            hair(canvas, p, path, width, strands=5, gloss=p.hair_gloss, gloss_at=0.3, seed=k, start=0.5)
    face(canvas, p)
    hoodie = curve([(120, 1060), (120, 1060), (170, 950), (286, 890), (410, 846), (512, 900), (614, 846), (738, 890),
        (854, 950), (904, 1060), (904, 1060)])
    canvas.fill(hoodie, ((300, 860), (112, 196, 190), (780, 1060), (66, 140, 150)))
    for line in both_sides([(120, 1060), (170, 950), (286, 890), (410, 846)]):
        canvas.ink(curve(line, False), 3.8, (28, 74, 84))
    for collar in both_sides([(512, 930), (512, 930), (446, 900), (398, 836), (356, 838), (338, 890), (392, 960), (512, 1010), (512, 1010)]):
        shape = curve(collar)
        canvas.fill(shape, ((360, 840), (142, 218, 208), (500, 1000), (88, 166, 170)))
        canvas.ink(shape, 3.6, (28, 74, 84), (1, 1))
    for x in (474, 550):
        canvas.ink(curve([(x, 966), (x - 4, 1006), (x + 3, 1060)], False), 6, (250, 250, 246), (1, 1))
    nose(canvas, p)
    mouth(canvas, p, 32)
    for flip in (False, True):
        eye(canvas, p, EyeShape(middle=(428, 556), wide=45, up=44, down=32, slant=6, iris=(33, 40), lashes=1.15), flip)
        brow(canvas, p, 6, 6, flip)
    cap = curve([(512, 146), (384, 174), (298, 268), (280, 400), (302, 474), (338, 440), (372, 380), (420, 396), (512, 388),
        (604, 396), (652, 380), (686, 440), (722, 474), (744, 400), (726, 268), (640, 174)])
    canvas.fill(cap, ((512, 150), p.hair_root, (512, 470), tuple(0.5 * (a + b) for a, b in zip(p.hair_root, p.hair_tip, strict=True))))
    canvas.ink(curve([(298, 268), (384, 174), (512, 146), (640, 174), (726, 268)], False), 3.6, p.hair_line)
    for path in both_sides([(392, 206), (312, 320), (318, 500), (338, 640), (330, 752)]):
        hair(canvas, p, path, 60, strands=6, gloss=p.hair_gloss, gloss_at=0.24)
    for path in both_sides([(410, 200), (330, 330), (342, 470), (356, 590), (350, 660)]):
        hair(canvas, p, path, 46, strands=4, gloss=p.hair_gloss, gloss_at=0.3, seed=4)
    for k, (x, y, width) in enumerate(((360, 520, 84), (664, 520, 84), (396, 474, 86), (628, 478, 86), (440, 452, 88),
            (590, 450, 86), (486, 444, 84), (542, 456, 82), (514, 478, 66))):
        crown_lock(canvas, p, (x, y), width, strands=5, gloss_at=0.5, seed=k)
    hair(canvas, p, [(516, 160), (498, 112), (528, 84), (566, 96)], 16, strands=1)
    for flip in (False, True):
        ribbon(canvas, 724 if flip else 300, 388, flip)


def wolf_ear(canvas: Canvas, p: Palette, flip: bool) -> None:
    outer = [(352, 262), (352, 262), (320, 160), (312, 70), (312, 70), (384, 116), (446, 188), (446, 188)]
    inner = [(364, 232), (364, 232), (340, 160), (330, 106), (330, 106), (380, 144), (418, 192), (418, 192)]
    for points, colour in ((outer, ((330, 80), p.hair_root, (400, 240), p.hair_tip)), (inner, ((340, 110), (250, 206, 214), (390, 220), (214, 150, 176)))):
        canvas.fill(curve(mirrored(points) if flip else points), colour)
    shape = curve(mirrored(outer) if flip else outer)
    canvas.ink(shape, 3.8, p.hair_line, (1, 1))
    for tip, width in (((352, 140), 26), ((372, 158), 24), ((392, 182), 22)):
        path = [(tip[0] + 10, tip[1] + 84), (tip[0] + 6, tip[1] + 40), tip]
        hair(canvas, p, mirrored(path) if flip else path, width, strands=1, edge=1.6)


def sora(canvas: Canvas) -> None:
    p = SORA
    for flip in (False, True):
        wolf_ear(canvas, p, flip)
    back = curve([(512, 156), (384, 184), (298, 280), (276, 430), (284, 600), (330, 760), (420, 800), (604, 800), (694, 760),
        (740, 600), (748, 430), (726, 280), (640, 184)])
    canvas.fill(back, ((512, 200), tuple(0.7 * c for c in p.hair_root), (512, 800), tuple(0.8 * c for c in p.hair_root)))
    canvas.ink(back, 3.4, p.hair_line, (1, 1))
    for k, (x, y) in enumerate(((262, 640), (246, 720), (286, 806), (340, 840), (392, 846))):
        for path in both_sides([(330, 380), (282 + 6 * k, 500), (276 + 14 * k, 650), (x, y)]):
            hair(canvas, p, path, 62, strands=4, seed=k, start=0.5)
    face(canvas, p, jaw=1.02)
    coat = curve([(108, 1060), (108, 1060), (150, 952), (270, 890), (404, 846), (512, 960), (620, 846), (754, 890), (874, 952),
        (916, 1060), (916, 1060)])
    canvas.fill(coat, ((250, 860), (70, 62, 104), (800, 1060), (36, 30, 62)))
    for line in both_sides([(108, 1060), (150, 952), (270, 890), (396, 848)]):
        canvas.ink(curve(line, False), 3.8, (18, 14, 36))
    shirt = curve([(424, 838), (424, 838), (460, 900), (512, 962), (564, 900), (600, 838), (600, 838), (512, 872)])
    canvas.fill(shirt, ((512, 840), (244, 240, 250), (560, 960), (196, 190, 220)))
    canvas.ink(curve([(436, 800), (472, 828), (512, 836), (552, 828), (588, 800)], False), 16, (40, 34, 60), (1, 1))
    canvas.fill(canvas.ellipse(512, 846, 13, 15), (255, 214, 92))
    canvas.ink(canvas.ellipse(512, 846, 13, 15), 3, (120, 84, 20), (1, 1))
    for lapel in both_sides([(420, 806), (420, 806), (366, 838), (340, 900), (420, 990), (512, 1060), (512, 1060), (512, 960), (456, 890)]):
        shape = curve(lapel)
        canvas.fill(shape, ((380, 820), (96, 86, 140), (500, 1040), (54, 46, 88)))
        canvas.ink(shape, 3.6, (18, 14, 36), (1, 1))
    nose(canvas, p)
    mouth(canvas, p, 35)
    for flip in (False, True):
        eye(canvas, p, EyeShape(middle=(429, 556), wide=44, up=37, down=27, slant=3, iris=(29, 35), lashes=0.9), flip)
        brow(canvas, p, 3, 9, flip)
    cap = curve([(512, 152), (384, 180), (300, 274), (282, 420), (300, 530), (328, 490), (352, 400), (420, 392), (512, 384),
        (604, 392), (672, 400), (696, 490), (724, 530), (742, 420), (724, 274), (640, 180)])
    canvas.fill(cap, ((512, 150), p.hair_root, (512, 500), tuple(0.5 * (a + b) for a, b in zip(p.hair_root, p.hair_tip, strict=True))))
    canvas.ink(curve([(300, 274), (384, 180), (512, 152), (640, 180), (724, 274)], False), 3.6, p.hair_line)
    for k, path in enumerate(([(400, 216), (300, 300), (288, 440), (300, 590), (268, 660)], [(420, 210), (322, 330), (322, 480), (336, 610), (322, 700)])):
        for side in both_sides(path):
            hair(canvas, p, side, 62 - 10 * k, strands=5, gloss=p.hair_gloss, gloss_at=0.26, seed=k)
    for k, (x, y) in enumerate(((694, 530), (346, 536), (668, 492), (372, 496), (640, 468), (402, 470), (606, 462), (560, 450),
            (440, 458), (478, 470), (520, 492))):
        path = [(540 + 0.08 * (x - 512), 176), (540 + 0.62 * (x - 540), 250), (x + 22 + 0.06 * (x - 512), y - 140), (x, y - 10)]
        hair(canvas, p, path, 70 + 10 * (k % 3), strands=5, start=0.3, gloss=p.hair_gloss, gloss_at=0.44, seed=k, sharp=1.0, edge=1.8)


DRAWINGS = {"hana": hana, "sora": sora}
# fmt: on


def write(canvas: Canvas, file: Path) -> None:
    picture = canvas.cut_out((40, 44, 944))[..., [2, 1, 0, 3]]
    cv2.imwrite(str(file.with_suffix(".png")), picture, [cv2.IMWRITE_PNG_COMPRESSION, 9])


if __name__ == "__main__":
    draw_chosen(__doc__, DRAWINGS, write)
