"""Draw Kit, the comic character of the gallery: clean lines, flat colours, cel shading, all by code.

`python draw_kit.py --out kit.jpg`
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np
from ink import CENTRE, Sheet, curve, mirrored

SKIN = (248, 205, 172)
SKIN_SHADE = (226, 160, 128)
SKIN_LIGHT = (255, 224, 196)
BLUSH = (240, 140, 118)
HAIR = (176, 78, 44)
HAIR_SHADE = (124, 48, 38)
HAIR_LIGHT = (228, 132, 72)
HOODIE = (64, 128, 122)
HOODIE_SHADE = (42, 92, 94)
HOODIE_LIGHT = (96, 164, 152)
LIP = (226, 138, 122)
IRIS = (84, 140, 92)
IRIS_DARK = (34, 74, 60)

# Outlines read better in rows of points than one point to a line.
# fmt: off


def backdrop(sheet: Sheet) -> None:
    y, x = np.mgrid[0 : sheet.side, 0 : sheet.side].astype(np.float32) / sheet.side
    glow = np.exp(-(((x - 0.5) / 0.55) ** 2 + ((y - 0.42) / 0.55) ** 2))[..., None]
    sheet.pixels[:] = np.array([118, 150, 196]) * (1 - glow) + np.array([224, 232, 240]) * glow


def body(sheet: Sheet) -> None:
    neck = curve(
        [
            (430, 660), (430, 660), (428, 760), (390, 880), (390, 880), (634, 880), (634, 880),
            (596, 760), (594, 660), (594, 660),
        ]
    )
    skin = sheet.fill(neck, SKIN)
    sheet.fill(curve([(420, 650), (430, 742), (512, 792), (600, 742), (610, 650)]), SKIN_SHADE, clip=skin)
    shirt = curve(
        [
            (388, 772), (388, 772), (440, 846), (512, 868), (584, 846), (636, 772), (636, 772),
            (660, 980), (660, 980), (364, 980), (364, 980),
        ]
    )
    tee = sheet.fill(shirt, (240, 236, 226))
    sheet.fill(curve([(540, 850), (640, 780), (660, 990), (560, 990)]), (206, 204, 206), clip=tee)
    sheet.outline(shirt, 5)
    for side in (False, True):
        edge = [(430, 700), (430, 750), (420, 786), (404, 806)]
        sheet.ink(curve(mirrored(edge) if side else edge, False), 6, taper=0.4)
    shoulders = curve(
        [
            (60, 1060), (60, 1060), (86, 950), (170, 872), (300, 832), (396, 792), (396, 792),
            (420, 850), (512, 958), (512, 958), (604, 850), (628, 792), (628, 792), (724, 832),
            (854, 872), (938, 950), (964, 1060), (964, 1060),
        ]
    )
    cloth = sheet.fill(shoulders, HOODIE)
    sheet.fill(
        curve([(690, 1060), (720, 930), (800, 850), (990, 900), (990, 1060)]), HOODIE_SHADE, clip=cloth
    )
    sheet.fill(
        curve([(300, 1060), (290, 960), (270, 900), (270, 900), (312, 960), (330, 1060)]),
        HOODIE_SHADE,
        0.8,
        clip=cloth,
    )
    sheet.fill(
        curve([(150, 900), (250, 855), (330, 838), (330, 838), (260, 884), (170, 930)]),
        HOODIE_LIGHT,
        0.9,
        clip=cloth,
    )
    sheet.ink(curve([(58, 1070), (86, 950), (170, 872), (300, 832), (396, 792)], False), 7)
    sheet.ink(curve([(966, 1070), (938, 950), (854, 872), (724, 832), (628, 792)], False), 7)
    for flip in (False, True):
        hood = [
            (398, 772), (398, 772), (344, 800), (318, 850), (372, 908), (470, 946), (508, 958),
            (508, 958), (500, 906), (440, 866), (404, 818),
        ]
        outline = curve(mirrored(hood) if flip else hood)
        roll = sheet.fill(outline, HOODIE_LIGHT if not flip else HOODIE)
        shade = [(420, 860), (480, 900), (512, 960), (512, 985), (440, 950), (340, 880), (330, 850)]
        sheet.fill(curve(mirrored(shade) if flip else shade), HOODIE if not flip else HOODIE_SHADE, clip=roll)
        sheet.outline(outline, 5.5)
        cord = [(462, 930), (456, 980), (460, 1040)]
        sheet.ink(curve(mirrored(cord) if flip else cord, False), 11, taper=0.2)
        sheet.ink(curve(mirrored(cord) if flip else cord, False), 6, (236, 232, 220), taper=0.2)


def hair_behind(sheet: Sheet) -> None:
    back = curve(
        [
            (330, 632), (330, 632), (296, 560), (286, 480), (330, 420), (700, 420), (742, 480),
            (730, 560), (694, 632), (694, 632), (672, 600), (352, 600),
        ]
    )
    sheet.fill(back, HAIR_SHADE)
    sheet.outline(back, 6)


def face(sheet: Sheet) -> np.ndarray:
    for flip in (False, True):
        ear = [(330, 490), (304, 476), (290, 506), (298, 556), (318, 590), (338, 588)]
        outline = curve(mirrored(ear) if flip else ear)
        shell = sheet.fill(outline, SKIN if not flip else SKIN_SHADE)
        inner = [(326, 512), (308, 506), (304, 530), (316, 562), (328, 566)]
        sheet.fill(curve(mirrored(inner) if flip else inner), SKIN_SHADE, 0.8, clip=shell)
        sheet.outline(outline, 5)
    left = [(324, 420), (322, 500), (332, 580), (362, 650), (412, 706), (466, 744)]
    outline = curve(
        [
            (512, 250),
            (400, 270),
            (340, 340),
            *left,
            (512, 756),
            *[(2 * CENTRE - x, y) for x, y in reversed(left)],
            (684, 340),
            (624, 270),
        ]
    )
    skin = sheet.fill(outline, SKIN)
    shade = curve(
        [
            (720, 380), (664, 400), (660, 520), (640, 610), (600, 680), (540, 738), (500, 770),
            (640, 760), (720, 600),
        ]
    )
    sheet.fill(shade, SKIN_SHADE, 0.75, blur=2, clip=skin)
    under_hair = curve(
        [
            (310, 300), (714, 300), (714, 430), (650, 440), (600, 414), (520, 426), (440, 408),
            (380, 440), (330, 450), (310, 420),
        ]
    )
    sheet.fill(under_hair, SKIN_SHADE, 0.8, blur=2, clip=skin)
    for x in (398, 626):
        sheet.lay(BLUSH, sheet.mask(sheet.ellipse(x, 604, 46, 26), 16) * skin, 0.55)
    sheet.ink(
        curve(
            [
                (324, 430),
                *left[1:],
                (512, 756),
                *[(2 * CENTRE - x, y) for x, y in reversed(left[1:])],
                (700, 430),
            ],
            False,
        ),
        7,
        taper=0.5,
    )
    rng = np.random.default_rng(4)
    for _ in range(34):
        x, y = rng.normal(0, 74), rng.normal(588, 16)
        sheet.fill(sheet.ellipse(CENTRE + x, y, *[rng.uniform(1.8, 3.2)] * 2), (206, 130, 96), 0.75)
    nose_shade = curve(
        [(520, 520), (526, 566), (540, 598), (530, 612), (512, 616), (512, 616), (518, 590), (514, 550)]
    )
    sheet.fill(nose_shade, SKIN_SHADE, 0.8, blur=1.2)
    sheet.lay(SKIN_LIGHT, sheet.mask(sheet.ellipse(506, 588, 9, 12), 4), 0.9)
    sheet.ink(curve([(490, 610), (500, 618), (512, 615), (524, 619), (536, 610)], False), 4.5)
    for x in (480, 544):
        sheet.ink(
            curve(
                [
                    (x - 2 if x < CENTRE else x + 2, 594),
                    (x - 5 if x < CENTRE else x + 5, 606),
                    (x + 4 if x < CENTRE else x - 4, 613),
                ],
                False,
            ),
            3.5,
            alpha=0.8,
        )
    mouth(sheet)
    for flip in (False, True):
        eye(sheet, flip)
    return skin


def mouth(sheet: Sheet) -> None:
    seam = [(456, 672), (484, 676), (512, 680), (540, 676), (568, 672)]
    upper = curve(
        [
            (456, 672), (456, 672), (490, 662), (504, 658), (512, 661), (520, 658), (534, 662),
            (568, 672), (568, 672), (540, 678), (512, 681), (484, 678),
        ]
    )
    lower = curve(
        [(460, 674), (460, 674), (512, 681), (564, 674), (564, 674), (540, 696), (512, 701), (484, 696)]
    )
    sheet.fill(lower, LIP, 0.85, blur=0.8)
    sheet.fill(upper, (200, 112, 100), 0.85, blur=0.6)
    sheet.lay((250, 176, 160), sheet.mask(sheet.ellipse(506, 689, 20, 4.0), 2), 0.8)
    sheet.ink(curve([(454, 671), *seam[1:-1], (570, 671)], False), 6.0, taper=0.7)
    sheet.ink(curve([(488, 712), (512, 716), (536, 712)], False), 4, SKIN_SHADE)


def eye(sheet: Sheet, flip: bool) -> None:
    x = 424 if not flip else 600

    def turn(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
        return mirrored(points) if flip else points

    # Human proportions, or the landmarks miss the lids and a blink stays half open.
    opening = curve(
        turn(
            [
                (380, 516), (380, 516), (396, 498), (424, 490), (450, 497), (468, 518), (468, 518),
                (448, 528), (424, 531), (400, 527),
            ]
        )
    )
    white = sheet.fill(opening, (250, 246, 242))
    sheet.fill(sheet.ellipse(x, 510, 23, 23), IRIS_DARK, clip=white)
    sheet.fill(sheet.ellipse(x, 511, 20, 20), IRIS, clip=white)
    sheet.lay((150, 204, 128), sheet.mask(sheet.ellipse(x, 521, 14, 7), 3) * white, 0.9)
    sheet.fill(sheet.ellipse(x, 510, 9.5, 10), (26, 22, 28), clip=white)
    shadow = curve(
        turn([(372, 522), (394, 478), (424, 470), (458, 480), (478, 522), (454, 508), (424, 500), (398, 508)])
    )
    sheet.fill(shadow, (96, 84, 110), 0.35, blur=1.5, clip=white)
    sheet.fill(sheet.ellipse(x - 8, 503, 5.5, 6), (255, 255, 255), clip=white)
    sheet.fill(sheet.ellipse(x + 8, 519, 2.8, 2.8), (255, 255, 255), 0.85, clip=white)
    lid = curve(turn([(368, 519), (380, 510), (396, 494), (424, 486), (450, 493), (470, 518)]), False)
    sheet.ink(lid, 8, taper=0.7)
    sheet.ink(curve(turn([(378, 512), (368, 505), (361, 496)]), False), 4.5)
    sheet.ink(
        curve(turn([(392, 526), (406, 532), (424, 534), (446, 531), (458, 525)]), False), 3.2, alpha=0.8
    )
    sheet.ink(
        curve(turn([(388, 484), (404, 474), (424, 471), (448, 476), (462, 487)]), False),
        3.2,
        (150, 84, 70),
        alpha=0.9,
    )
    brow = curve(
        turn(
            [
                (360, 456), (360, 456), (392, 433), (434, 427), (474, 440), (474, 440), (476, 452),
                (436, 444), (396, 448),
            ]
        )
    )
    sheet.fill(brow, HAIR_SHADE)


def hair_before(sheet: Sheet) -> None:
    fringe = curve(
        [
            (318, 580), (318, 580), (298, 540), (286, 486), (286, 486), (262, 500), (262, 500),
            (262, 440), (276, 392), (276, 392), (250, 394), (250, 394), (268, 320), (318, 262),
            (318, 262), (304, 248), (304, 248), (360, 204), (420, 186), (420, 186), (410, 160),
            (410, 160), (470, 162), (512, 176), (512, 176), (530, 138), (530, 138), (560, 160),
            (580, 184), (580, 184), (630, 176), (630, 176), (650, 196), (656, 222), (656, 222),
            (706, 250), (730, 300), (730, 300), (764, 310), (764, 310), (752, 350), (748, 392),
            (748, 392), (772, 420), (772, 420), (748, 440), (742, 486), (742, 486), (754, 520),
            (754, 520), (726, 530), (706, 580), (706, 580), (700, 500), (676, 432), (676, 432),
            (668, 468), (668, 468), (640, 410), (606, 356), (606, 356), (604, 400), (586, 434),
            (586, 434), (556, 392), (520, 350), (520, 350), (506, 396), (470, 428), (470, 428),
            (468, 390), (456, 356), (456, 356), (424, 400), (382, 424), (382, 424), (386, 404),
            (384, 384), (384, 384), (354, 424), (336, 480),
        ],
        per_span=16,
    )
    coat = sheet.fill(fringe, HAIR)
    glints = (
        [(326, 366), (348, 300), (396, 252), (396, 252), (378, 310), (366, 360), (366, 360), (352, 336)],
        [(408, 318), (420, 264), (470, 224), (470, 224), (456, 280), (452, 322), (452, 322), (436, 296)],
        [(486, 304), (490, 250), (536, 216), (536, 216), (540, 262), (556, 306), (556, 306), (522, 282)],
        [(588, 300), (580, 256), (606, 228), (606, 228), (630, 270), (650, 322), (650, 322), (618, 296)],
    )
    for glint in glints:
        sheet.fill(curve([glint[0], *glint]), HAIR_LIGHT, 0.9, clip=coat)
    right = curve([(640, 190), (700, 270), (720, 400), (716, 560), (780, 560), (780, 200)])
    sheet.fill(right, HAIR_SHADE, 0.75, blur=1.5, clip=coat)
    for lock in (
        [(520, 350), (500, 290), (470, 236)],
        [(606, 356), (588, 292), (552, 226)],
        [(456, 356), (440, 300), (424, 244)],
        [(384, 384), (376, 330), (380, 282)],
        [(676, 432), (672, 360), (640, 280)],
        [(336, 470), (322, 410), (334, 330)],
    ):
        sheet.ink(curve(lock, False), 4.5, HAIR_SHADE)
    sheet.outline(fringe, 6)


def draw() -> np.ndarray:
    """The finished picture, RGB uint8 [1024, 1024, 3]."""
    sheet = Sheet()
    backdrop(sheet)
    hair_behind(sheet)
    body(sheet)
    face(sheet)
    hair_before(sheet)
    return sheet.result()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    cv2.imwrite(str(options.out), draw()[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 92])


if __name__ == "__main__":
    main()
