"""Where a person says that a portrait's face is."""

from __future__ import annotations

from dataclasses import astuple, dataclass

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class FacePoints:
    """Fractions of the upright picture: x of its width, y of its height. "Right" is the character's own."""

    right_eye: Point
    left_eye: Point
    mouth_right: Point
    mouth_left: Point
    chin: Point

    def to_wire(self) -> str:
        """As the server reads them in an address."""
        return ",".join(f"{value:.5f}" for point in astuple(self) for value in point)
