"""Paint a face in 2-D, as seen from the front; the picture is then projected onto the 3-D head."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from head_mesh import Head

CANVAS_PX = 2048
CANVAS_CM = 37.0
CANVAS_LEFT_CM = -18.5
CANVAS_TOP_CM = 16.0
PX_PER_CM = CANVAS_PX / CANVAS_CM


@dataclass
class Skin:
    """Colours are sRGB 0..1; strengths are 0..1."""

    tone: tuple[float, float, float]
    blush: tuple[float, float, float] = (0.80, 0.36, 0.30)
    blush_strength: float = 0.35
    lips: tuple[float, float, float] = (0.70, 0.36, 0.34)
    lips_strength: float = 0.75
    brows: tuple[float, float, float] = (0.16, 0.11, 0.08)
    brow_thickness: float = 1.0
    brow_density: float = 1.0
    lash_line: float = 0.75
    eye_shadow: tuple[float, float, float] = (0.45, 0.25, 0.22)
    eye_shadow_strength: float = 0.25
    scalp: tuple[float, float, float] | None = None
    """colour under thick hair, so that a parting is no bald stripe"""
    mottle: float = 0.6
    freckles: int = 0
    age: float = 0.0
    stubble: float = 0.0
    stubble_colour: tuple[float, float, float] = (0.25, 0.22, 0.22)


def to_px(points_cm: np.ndarray) -> np.ndarray:
    """Map x, y in cm to canvas pixels (x right, y down)."""
    points_cm = np.asarray(points_cm, dtype=np.float64)
    x = (points_cm[..., 0] - CANVAS_LEFT_CM) * PX_PER_CM
    y = (CANVAS_TOP_CM - points_cm[..., 1]) * PX_PER_CM
    return np.stack([x, y], axis=-1)


def paint_skin(head: Head, skin: Skin, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return albedo [2048, 2048, 3] (sRGB 0..1) and height [2048, 2048] (0..1, 0.5 is flat)."""
    painter = Painter(head, skin, rng)
    return painter.albedo(), painter.height()


class Painter:
    def __init__(self, head: Head, skin: Skin, rng: np.random.Generator) -> None:
        self.head, self.skin, self.rng = head, skin, rng
        self.marks = head.landmarks[:, :2]
        grid = (np.arange(CANVAS_PX) + 0.5) / PX_PER_CM
        self.x, self.y = np.meshgrid(grid + CANVAS_LEFT_CM, CANVAS_TOP_CM - grid)

    def albedo(self) -> np.ndarray:
        skin, marks = self.skin, self.marks
        canvas = np.empty((CANVAS_PX, CANVAS_PX, 3), np.float32)
        canvas[:] = skin.tone
        # Three scales of mottling: skin of one flat colour is what makes a rendered head a doll.
        canvas *= 1 + self.skin.mottle * 0.05 * self._noise(2.5)[..., None] * np.array([0.6, 1.0, 1.1])
        canvas *= 1 + self.skin.mottle * 0.035 * self._noise(0.5)[..., None] * np.array([0.5, 1.0, 1.0])
        canvas *= 1 + 0.016 * self._noise(0.08)[..., None]

        eyes = [marks[36:42].mean(axis=0), marks[42:48].mean(axis=0)]
        nose_tip, chin = marks[30], marks[8]
        for side, eye in zip((-1, 1), eyes, strict=True):
            cheek = np.array([eye[0] + side * 0.9, nose_tip[1] - 0.2])
            self._mix(canvas, skin.blush, skin.blush_strength * self._blob(cheek, 2.3, 1.7))
            ear = np.array([side * 8.3, nose_tip[1] + 1.6])
            self._mix(canvas, skin.blush, 0.8 * skin.blush_strength * self._blob(ear, 1.2, 2.5))
            under = eye + np.array([side * -0.1, -1.15])
            self._mix(canvas, skin.eye_shadow, (0.22 + 0.3 * skin.age) * self._blob(under, 1.35, 0.55))
            lid = eye + np.array([side * 0.1, 0.75])
            self._mix(canvas, skin.eye_shadow, skin.eye_shadow_strength * self._blob(lid, 1.7, 0.6))
            corner = np.array([side * 1.7, eye[1] + 0.2])
            self._mix(canvas, skin.eye_shadow, 0.3 * self._blob(corner, 0.5, 0.9))
        self._mix(canvas, skin.blush, 0.75 * skin.blush_strength * self._blob(nose_tip + [0, -0.2], 1.3, 1.0))
        self._mix(canvas, skin.blush, 0.35 * skin.blush_strength * self._blob(chin + [0, 1.3], 1.5, 1.0))
        warm = np.array(skin.tone) * [1.05, 1.0, 0.88]
        self._mix(canvas, warm, 0.5 * self._blob(np.array([0.0, 9.3]), 5.0, 2.2))

        if skin.scalp is not None:
            edge = np.interp(np.abs(self.x), [0, 4.0, 6.0, 7.2], [11.3, 11.2, 9.6, 6.5])
            self._mix(canvas, skin.scalp, 0.85 * _step(self.y, edge + 0.3 * self._noise(0.25), 1.3))
        if skin.stubble > 0:
            self._stubble(canvas)
        if skin.freckles:
            self._freckles(canvas)
        if skin.age > 0.5:
            self._age_spots(canvas)
        self._lips(canvas)
        self._lash_lines(canvas)
        self._brows(canvas)
        return np.clip(canvas, 0, 1)

    def height(self) -> np.ndarray:
        """Wrinkles of age, lip lines and the crease of the lids."""
        relief = np.zeros((CANVAS_PX, CANVAS_PX), np.float32)
        marks, age = self.marks, self.skin.age
        if age > 0:
            for k, base in enumerate((8.0, 9.1, 10.1)):
                x = np.linspace(-4.2, 4.2, 40)
                y = (
                    base
                    + 0.25 * np.cos(x * 0.55)
                    + 0.12 * self.rng.standard_normal()
                    + 0.1 * np.sin(x * 1.7 + k)
                )
                self._crease(relief, np.stack([x, y], 1), 0.75 * age, 3.2)
            for side, corner, wing, mouth in (
                (-1, marks[36], marks[31], marks[48]),
                (1, marks[45], marks[35], marks[54]),
            ):
                for lift in (-0.45, 0.0, 0.45):
                    fan = np.stack(
                        [
                            corner[0] + side * np.linspace(0.35, 1.5, 12),
                            corner[1] + lift * np.linspace(0.5, 2.0, 12),
                        ],
                        1,
                    )
                    self._crease(relief, fan, 0.55 * age, 2.4)
                fold = _smooth(
                    np.array(
                        [
                            wing + [side * 0.55, 0.35],
                            wing + [side * 1.15, -0.7],
                            (wing + mouth) / 2 + [side * 1.05, -0.2],
                            mouth + [side * 0.75, 0.1],
                        ]
                    )
                )
                self._crease(relief, fold, 0.9 * age, 5.0)
                bag = _smooth(
                    np.array(
                        [
                            corner + [-side * 2.4, -0.9],
                            corner + [-side * 1.5, -1.35],
                            corner + [-side * 0.5, -1.2],
                        ]
                    )
                )
                self._crease(relief, bag, 0.6 * age, 4.0)
        lips = self.lip_mask()
        relief -= 0.12 * lips * np.clip(self._noise_xy(0.05, 0.5), -1, 1)
        return np.clip(0.5 + 0.5 * relief, 0, 1)

    def _crease(self, relief: np.ndarray, line_cm: np.ndarray, depth: float, width_px: float) -> None:
        layer = np.zeros_like(relief)
        points = np.round(to_px(line_cm) * 16).astype(np.int32)
        cv2.polylines(layer, [points], False, 1.0, 2, cv2.LINE_AA, 4)
        layer = cv2.GaussianBlur(layer, (0, 0), width_px)
        relief -= depth * layer / max(layer.max(), 1e-6)

    def _lips(self, canvas: np.ndarray) -> None:
        mask = self.lip_mask()
        skin, marks = self.skin, self.marks
        colour = np.empty_like(canvas)
        colour[:] = skin.lips
        colour *= 1 + 0.045 * np.clip(self._noise_xy(0.05, 0.6), -2, 2)[..., None]
        upper = np.clip((self.y - marks[62, 1]) / 0.5, 0, 1)[..., None]
        colour *= 1 - 0.16 * upper
        canvas[:] = canvas * (1 - skin.lips_strength * mask[..., None]) + colour * (
            skin.lips_strength * mask[..., None]
        )
        line = _smooth(marks[[48, 60, 61, 62, 63, 64, 54]] * 0.5 + marks[[48, 60, 67, 66, 65, 64, 54]] * 0.5)
        dark = np.array(skin.lips) * 0.38
        self._mix(canvas, dark, 0.85 * self._stroke(line, 3.0, 2.2))
        for corner in (48, 54):
            self._mix(canvas, dark, 0.3 * self._blob(marks[corner], 0.28, 0.22))

    def lip_mask(self) -> np.ndarray:
        outline = _smooth(np.vstack([self.marks[48:60], self.marks[48:49]]), closed=True)
        mask = np.zeros((CANVAS_PX, CANVAS_PX), np.float32)
        cv2.fillPoly(mask, [np.round(to_px(outline) * 16).astype(np.int32)], 1.0, cv2.LINE_AA, 4)
        return cv2.GaussianBlur(mask, (0, 0), 3.5)

    def _lash_lines(self, canvas: np.ndarray) -> None:
        dark = np.array(self.skin.brows) * 0.45
        for upper, lower in (((36, 37, 38, 39), (36, 41, 40, 39)), ((42, 43, 44, 45), (42, 47, 46, 45))):
            self._mix(
                canvas, dark, self.skin.lash_line * self._stroke(_smooth(self.marks[list(upper)]), 5.0, 2.2)
            )
            self._mix(
                canvas,
                dark,
                0.7 * self.skin.lash_line * self._stroke(_smooth(self.marks[list(lower)]), 3.0, 2.2),
            )

    def _brows(self, canvas: np.ndarray) -> None:
        skin, rng = self.skin, self.rng
        for side, index in ((-1, [21, 20, 19, 18, 17]), (1, [22, 23, 24, 25, 26])):
            spine = _smooth(self.marks[index], 200)
            along = np.linspace(0, 1, 200)
            # The landmarks run flat and end low, which reads as sorrow; a drawn brow arches.
            spine[:, 1] += 0.22 * np.sin(np.pi * along**1.25) + 0.30 * along - 0.20
            # A soft shadow of the brow under its hairs keeps it readable at small sizes.
            self._mix(
                canvas,
                np.array(skin.brows),
                0.3 * skin.brow_density * self._stroke(spine[22:165], 15 * skin.brow_thickness, 10),
            )
            for _ in range(int(430 * skin.brow_density)):
                t = rng.beta(1.05, 1.35)
                root = spine[int(t * 199)].copy()
                half = (
                    skin.brow_thickness
                    * (0.34 if t < 0.5 else 0.34 * (1 - (t - 0.5) / 0.6))
                    * min(1, 0.6 + 3 * t)
                )
                across = rng.uniform(-1, 1)
                root[1] += across * half
                angle = (
                    np.interp(t, [0, 0.12, 0.45, 0.8, 1], [78, 48, 24, 2, -22])
                    + rng.normal(0, 9)
                    - 22 * across * (t > 0.2)
                )
                length = rng.uniform(0.3, 0.6) * (1 - 0.35 * t)
                angle, bend = np.radians(angle), np.radians(-16)
                mid = root + 0.5 * length * np.array([side * np.cos(angle), np.sin(angle)])
                tip = mid + 0.5 * length * np.array([side * np.cos(angle + bend), np.sin(angle + bend)])
                colour = np.clip(np.array(skin.brows) * rng.uniform(0.7, 1.25), 0, 1)
                points = np.round(to_px(np.array([root, mid, tip])) * 16).astype(np.int32)
                self._hair_line(canvas, points, colour, rng.uniform(0.25, 0.65) * min(1, 0.35 + 5 * t))

    def _hair_line(self, canvas: np.ndarray, points: np.ndarray, colour: np.ndarray, alpha: float) -> None:
        low = np.maximum(points.min(axis=0) // 16 - 4, 0)
        high = points.max(axis=0) // 16 + 5
        patch = canvas[low[1] : high[1], low[0] : high[0]]
        mask = np.zeros(patch.shape[:2], np.float32)
        cv2.polylines(mask, [(points - low * 16).astype(np.int32)], False, 1.0, 2, cv2.LINE_AA, 4)
        patch[:] = patch * (1 - alpha * mask[..., None]) + colour * (alpha * mask[..., None])

    def beard_mask(self) -> np.ndarray:
        """Where a beard grows, 0..1: moustache, chin, jaw and the upper throat."""
        marks = self.marks
        mouth, nose = marks[62], marks[33]
        jaw = 1 - _step(
            self.y,
            np.interp(
                np.abs(self.x),
                [0, 2.6, 4.4, 6.2, 7.6],
                [nose[1] - 0.35, nose[1] - 0.75, mouth[1] - 0.6, mouth[1] + 1.0, mouth[1] + 3.5],
            ),
            0.45,
        )
        jaw *= _step(self.y, marks[8, 1] - 2.4, 0.8)
        lips = cv2.GaussianBlur(np.clip(self.lip_mask() * 2, 0, 1), (0, 0), 5)
        below = 1 - 0.8 * np.clip(self._blob(mouth + [0, -1.15], 1.5, 0.3), 0, 1)
        jaw *= 1 - _step(np.abs(self.x), 6.95, 0.5)
        return np.clip(jaw, 0, 1) * np.clip(1 - 1.6 * lips, 0, 1) * below

    def _stubble(self, canvas: np.ndarray) -> None:
        mask = cv2.GaussianBlur(self.beard_mask().astype(np.float32), (0, 0), 12)
        dots = np.clip(self._noise(0.03), -0.5, 2)
        self._mix(
            canvas,
            np.array(self.skin.stubble_colour),
            self.skin.stubble * mask * np.clip(0.65 + 0.35 * dots, 0, 1),
        )

    def _freckles(self, canvas: np.ndarray) -> None:
        nose = self.marks[29]
        dark = np.array(self.skin.tone) * [0.72, 0.55, 0.42]
        for _ in range(self.skin.freckles):
            x, y = self.rng.normal(0, 2.9), nose[1] + self.rng.normal(-0.2, 1.3)
            size = self.rng.uniform(0.02, 0.065)
            self._dab(canvas, np.array([x, y]), size, dark, self.rng.uniform(0.25, 0.65))

    def _age_spots(self, canvas: np.ndarray) -> None:
        dark = np.array(self.skin.tone) * [0.80, 0.66, 0.55]
        for _ in range(int(70 * self.skin.age)):
            side = self.rng.choice([-1, 1])
            spot = np.array([side * self.rng.uniform(1.0, 7.0), self.rng.uniform(-3.0, 12.5)])
            self._dab(canvas, spot, self.rng.uniform(0.04, 0.16), dark, self.rng.uniform(0.15, 0.4))

    def _dab(
        self, canvas: np.ndarray, centre: np.ndarray, size: float, colour: np.ndarray, alpha: float
    ) -> None:
        px, py = to_px(centre)
        reach = int(size * PX_PER_CM * 3) + 2
        left, top = int(px) - reach, int(py) - reach
        patch = canvas[top : top + 2 * reach, left : left + 2 * reach]
        if patch.size == 0:
            return
        yy, xx = np.mgrid[0 : patch.shape[0], 0 : patch.shape[1]]
        mask = alpha * np.exp(
            -((((xx - px + left) ** 2 + (yy - py + top) ** 2) / (2 * (size * PX_PER_CM) ** 2)) ** 1.5)
        )
        patch[:] = patch * (1 - mask[..., None]) + colour * mask[..., None]

    def _stroke(self, line_cm: np.ndarray, width_px: float, blur_px: float) -> np.ndarray:
        layer = np.zeros((CANVAS_PX, CANVAS_PX), np.float32)
        points = np.round(to_px(line_cm) * 16).astype(np.int32)
        cv2.polylines(layer, [points], False, 1.0, max(1, round(width_px)), cv2.LINE_AA, 4)
        return cv2.GaussianBlur(layer, (0, 0), blur_px)

    def _blob(self, centre: np.ndarray, width_cm: float, height_cm: float) -> np.ndarray:
        return np.exp(
            -(((self.x - centre[0]) / width_cm) ** 2 + ((self.y - centre[1]) / height_cm) ** 2)
        ).astype(np.float32)

    def _mix(self, canvas: np.ndarray, colour: object, mask: np.ndarray) -> None:
        canvas += (np.asarray(colour, np.float32) - canvas) * mask[..., None].astype(np.float32)

    def _noise(self, grain_cm: float) -> np.ndarray:
        return self._noise_xy(grain_cm, grain_cm)

    def _noise_xy(self, grain_x_cm: float, grain_y_cm: float) -> np.ndarray:
        """Smooth noise of unit variance whose features are about this large."""
        sigma = np.maximum(np.array([grain_y_cm, grain_x_cm]) * PX_PER_CM, 0.7)
        step = np.maximum(1, (sigma / 2).astype(int))
        shape = -(-CANVAS_PX // step) + 2
        coarse = self.rng.standard_normal(tuple(shape)).astype(np.float32)
        coarse = cv2.GaussianBlur(coarse, (0, 0), sigmaX=sigma[1] / step[1], sigmaY=sigma[0] / step[0])
        fine = cv2.resize(coarse, (CANVAS_PX, CANVAS_PX), interpolation=cv2.INTER_CUBIC)
        return fine / fine.std()


def _step(value: np.ndarray, edge: np.ndarray | float, softness: float) -> np.ndarray:
    return 1 / (1 + np.exp(-(value - edge) / (softness / 3)))


def _smooth(points: np.ndarray, count: int = 80, closed: bool = False) -> np.ndarray:
    """Catmull-Rom curve through the points [n, 2]."""
    if closed:
        padded = np.vstack([points[-2], points, points[1]])
    else:
        padded = np.vstack([2 * points[0] - points[1], points, 2 * points[-1] - points[-2]])
    t = np.linspace(0, len(points) - 1 - 1e-9, count)
    k, f = t.astype(int), (t % 1)[:, None]
    a, b, c, d = (padded[k + j] for j in range(4))
    return 0.5 * (2 * b + (c - a) * f + (2 * a - 5 * b + 4 * c - d) * f**2 + (3 * b - a - 3 * c + d) * f**3)
