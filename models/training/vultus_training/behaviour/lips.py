"""Articulation under the expressiveness control, and lip contact that no other behaviour breaks."""

from __future__ import annotations

import numpy as np

from ..articulation import GAP, PRESS
from ..channels import CH, pair

# How the inner lips move apart, over mouth width per unit of coefficient, from face-basis.bin: height (what
# articulation knows as GAP, and what emotions add) and depth (positive: the upper lip in front).
#: Height of what emotions alone move.
EMOTION_GAP = {
    "mouthShrugLower": GAP["mouthShrugLower"],
    "mouthShrugUpper": 0.110,
    "noseSneerLeft": 0.066,
    "noseSneerRight": 0.067,
    "jawForward": 0.044,
    "mouthDimpleLeft": -0.009,
    "mouthDimpleRight": -0.009,
    "cheekSquintLeft": 0.005,
    "cheekSquintRight": 0.005,
}
_HEIGHT = GAP | EMOTION_GAP
_DEPTH = {
    "jawOpen": 0.464,
    "mouthClose": -0.464,
    "mouthRollLower": 0.261,
    "mouthShrugLower": -0.130,
    "jawForward": -0.187,
    "mouthPressLeft": -0.025,
    "mouthPressRight": -0.025,
    "mouthSmileLeft": -0.014,
    "mouthSmileRight": -0.014,
    "mouthFrownLeft": -0.008,
    "mouthFrownRight": -0.008,
}
_HEIGHT_CHANNELS, _DEPTH_CHANNELS = ([CH[name] for name in table] for table in (_HEIGHT, _DEPTH))
_HEIGHT_RATES, _DEPTH_RATES = (np.array(list(table.values())) for table in (_HEIGHT, _DEPTH))
# Lip gaps (over mouth width): below the first a mouth means to be shut, above the second emotion may part
# the lips further as it likes.
_SHUT, _FREE = 0.03, 0.10
#: Shift in depth that needs no answer.
_DEPTH_UNSEEN = 0.015
_LARGEST_ROLL = 0.4


def lip_gap(motion: np.ndarray) -> np.ndarray:
    """Vertical lip gap over mouth width; below zero the lips would pass through each other."""
    return motion[:, _HEIGHT_CHANNELS] @ _HEIGHT_RATES


def articulation_amount(expressiveness):
    """By how much the expressiveness control (0 … 2, an array or a tensor) scales articulation."""
    return 0.65 + 0.35 * expressiveness


def scale_articulation(out: np.ndarray, controls: np.ndarray) -> np.ndarray:
    """Opens and rounds the mouth more or less; contact stays. Returns the contact gate 0..1 [frames]."""
    lips = np.clip(out[:, CH["mouthPressLeft"]] / PRESS, 0, 1)
    amount = articulation_amount(controls[:, 12])
    for name in ("jawOpen", "mouthClose", "mouthFunnel", "mouthPucker", "tongueOut"):
        out[:, CH[name]] *= amount
    for name in ("mouthStretch", "mouthLowerDown", "mouthUpperUp"):
        out[:, pair(name)] *= amount[:, None]
    return lips


def keep_contact(out: np.ndarray, articulated: np.ndarray, lips: np.ndarray) -> None:
    """Gives back the lip gap of `articulated` where its lips touch or nearly do; lips never cross.

    mouthClose lifts the lower lip and draws it forward, mouthRollLower draws it back: together they bring it
    to where the upper lip is (which a sneer lifts), in height and depth.
    """
    held = np.clip((lips - 0.7) / 0.3, 0, 1)
    meant = np.maximum(0, lip_gap(articulated)) * (1 - held)
    narrow = np.maximum(held, np.clip((_FREE - meant) / (_FREE - _SHUT), 0, 1))
    height = np.maximum(0, lip_gap(out) - meant) * narrow
    change = out[:, _DEPTH_CHANNELS] - articulated[:, _DEPTH_CHANNELS]
    depth = np.minimum(0, change @ _DEPTH_RATES + _DEPTH_UNSEEN) * narrow
    up, back = -GAP["mouthClose"], _DEPTH["mouthRollLower"]
    roll_up, forward = -GAP["mouthRollLower"], -_DEPTH["mouthClose"]
    # up · lift + roll_up · roll = height; back · roll = forward · lift − depth.
    lift = np.maximum(0, (height + roll_up * depth / back) / (up + roll_up * forward / back))
    roll = np.minimum(_LARGEST_ROLL, (forward * lift - depth) / back)
    out[:, CH["mouthClose"]] += lift
    out[:, CH["mouthRollLower"]] += roll
    # Pressed lips would pass through each other: mouthClose gives way, then the jaw.
    wanted = out[:, CH["mouthClose"]] - np.maximum(0, -lip_gap(out)) / up
    out[:, CH["mouthClose"]] = np.maximum(0, wanted)
    out[:, CH["jawOpen"]] += np.maximum(0, -wanted)
