"""Lens and camera by seed: where it stands, and what it makes of linear light."""

from __future__ import annotations

import io
from dataclasses import asdict, dataclass

import numpy as np
from PIL import Image
from scipy.ndimage import gaussian_filter

LUMA = np.array([0.2126, 0.7152, 0.0722])


@dataclass
class Camera:
    kind: str
    """webcam, phone or studio"""
    distance: float
    """decimetres from the middle of the face"""
    face_share: float
    """of the head's height in the picture's"""
    yaw: float
    pitch: float
    """radians: where the camera stands, to the person's left and up"""
    shift: tuple[float, float]
    """of the face's middle from the picture's, in picture sides, right and up"""
    balance: tuple[float, float, float]
    """what white balance leaves wrong: factors"""
    exposure: float
    """linear value that the cheek gets, relative to its albedo's"""
    contrast: float
    """steepness of the tone curve at middle grey"""
    saturation: float
    blur: float
    """standard deviation, pixels of 512"""
    sharpening: float
    noise: float
    """standard deviation at middle grey, levels of 255"""
    jpeg: int
    """quality of the file that the portrait has been through"""

    def to_json(self) -> dict:
        return asdict(self)


def camera_of(seed: int) -> Camera:
    rng = np.random.default_rng([seed, 3])
    kind = str(rng.choice(["webcam", "phone", "studio"], p=[0.4, 0.25, 0.35]))
    distance = {"webcam": rng.uniform(5.5, 8), "phone": rng.uniform(4.5, 7), "studio": rng.uniform(11, 18)}[
        kind
    ]
    cast = rng.normal(0, {"webcam": 0.06, "phone": 0.04, "studio": 0.02}[kind], 2)
    return Camera(
        kind=kind,
        distance=round(float(distance), 2),
        face_share=round(float(rng.uniform(0.54, 0.7)), 3),
        yaw=round(float(np.clip(rng.normal(0, 0.05), -0.12, 0.12)), 4),
        pitch=round(float(np.clip(rng.normal(-0.01, 0.05), -0.12, 0.1)), 4),
        shift=(round(float(rng.normal(0, 0.015)), 4), round(float(rng.uniform(0.0, 0.05)), 4)),
        balance=tuple(round(float(v), 4) for v in (1 + cast[0], 1.0, 1 - cast[0] + cast[1])),
        exposure=round(float(np.exp(rng.normal(0, 0.14))), 3),
        contrast=round(float(rng.uniform(0.95, 1.3)), 3),
        saturation=round(float(rng.uniform(0.85, 1.1)), 3),
        blur=round(
            float(
                {
                    "webcam": rng.uniform(0.5, 1.1),
                    "phone": rng.uniform(0.3, 0.7),
                    "studio": rng.uniform(0.2, 0.6),
                }[kind]
            ),
            3,
        ),
        sharpening=round(
            float(
                {
                    "webcam": rng.uniform(0.2, 0.8),
                    "phone": rng.uniform(0.2, 0.6),
                    "studio": rng.uniform(0, 0.3),
                }[kind]
            ),
            3,
        ),
        noise=round(
            float(
                {
                    "webcam": rng.uniform(0.8, 3.0),
                    "phone": rng.uniform(0.4, 1.6),
                    "studio": rng.uniform(0.1, 0.6),
                }[kind]
            ),
            3,
        ),
        jpeg=int(
            {"webcam": rng.integers(72, 92), "phone": rng.integers(85, 95), "studio": rng.integers(90, 98)}[
                kind
            ]
        ),
    )


def tone(linear: np.ndarray, contrast: float) -> np.ndarray:
    """A camera's curve: sRGB with an S about middle grey and a shoulder; linear 0..∞ to 0..1."""
    x = np.maximum(linear, 0)
    shoulder = np.where(x < 0.6, x, 0.6 + 0.4 * (1 - np.exp(-(x - 0.6) / 0.4)))
    srgb = np.where(shoulder <= 0.0031308, 12.92 * shoulder, 1.055 * shoulder ** (1 / 2.4) - 0.055)
    pivot = 0.48
    lower = pivot * (np.clip(srgb, 0, pivot) / pivot) ** contrast
    upper = 1 - (1 - pivot) * ((1 - np.clip(srgb, pivot, 1)) / (1 - pivot)) ** contrast
    return np.where(srgb < pivot, lower, upper)


def developed(linear: np.ndarray, camera: Camera) -> np.ndarray:
    """What the camera makes of linear light [h, w, 3], without its noise and file: float 0..255."""
    side = linear.shape[1]
    rgb = linear * np.array(camera.balance)
    blur = camera.blur * side / 512
    if blur > 0.15:
        rgb = gaussian_filter(rgb, (blur, blur, 0))
    picture = tone(rgb, camera.contrast)
    luma = (picture @ LUMA)[..., None]
    picture = luma + camera.saturation * (picture - luma)
    if camera.sharpening:
        wide = gaussian_filter(luma[..., 0], 1.2 * side / 512 + 0.4)[..., None]
        picture = picture + camera.sharpening * (luma - wide)
    return 255 * np.clip(picture, 0, 1)


def recorded(picture: np.ndarray, camera: Camera, rng: np.random.Generator) -> np.ndarray:
    """A developed picture with the sensor's noise, through a JPEG file: uint8."""
    h, w, _ = picture.shape
    luma_noise = gaussian_filter(rng.normal(0, 1, (h, w, 1)), (0.5, 0.5, 0)) * 1.6
    chroma_noise = gaussian_filter(rng.normal(0, 1, (h, w, 3)), (1.2, 1.2, 0)) * 2.2
    level = np.sqrt(np.clip(picture.mean(2, keepdims=True), 8, 255) / 128)
    noisy = picture + camera.noise * level * (luma_noise + 0.5 * chroma_noise)
    file = io.BytesIO()
    to_image(noisy).save(file, "JPEG", quality=camera.jpeg, subsampling=2 if camera.jpeg < 90 else 0)
    return np.asarray(Image.open(file).convert("RGB"))


def to_image(picture: np.ndarray) -> Image.Image:
    return Image.fromarray(np.clip(np.round(picture), 0, 255).astype(np.uint8))
