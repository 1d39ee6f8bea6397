"""The measures of QUALITY.md parts A and B on motion tracks [frames, 58] at 25 fps."""

from __future__ import annotations

import numpy as np

from .channels import CH
from .paths import PACK

CLOSED, TEETH, TOLERANCE_S = 0.15, 0.35, 0.04
BILABIAL, LABIODENTAL = {"P", "B", "M"}, {"F", "V"}
OPEN = {"AA", "AE", "AH", "AO", "AY", "AW"}
NARROW = {"P", "B", "M", "F", "V", "S", "Z", "SH", "CH", "JH"}
ROUND, SPREAD = {"UW", "OW", "OY", "W"}, {"IY", "EY", "EH", "AE"}
VOWELS = {"AA", "AE", "AH", "AO", "AW", "AY", "EH", "ER", "EY", "IH", "IY", "OW", "OY", "UH", "UW"}


class Face:
    """Lip geometry from `face-basis.bin`."""

    def __init__(self) -> None:
        basis = np.fromfile(PACK / "face-basis.bin", "<f4").reshape(53, 478, 3)
        rest, deltas = basis[0], basis[1:]
        self.width = float(np.linalg.norm(rest[61] - rest[291]))
        self.gap0, self.gap = rest[13] - rest[14], deltas[:, 13] - deltas[:, 14]
        self.span0, self.span = rest[61] - rest[291], deltas[:, 61] - deltas[:, 291]

    def aperture(self, motion: np.ndarray) -> np.ndarray:
        """Distance of the inner lip midpoints over mouth width at rest."""
        return np.linalg.norm(self.gap0 + motion[:, :52] @ self.gap, axis=1) / self.width

    def rounding(self, motion: np.ndarray) -> np.ndarray:
        """1 − mouth width over mouth width at rest."""
        return 1 - np.linalg.norm(self.span0 + motion[:, :52] @ self.span, axis=1) / self.width


def auc(positive: np.ndarray, negative: np.ndarray) -> float:
    """Probability that a positive is larger than a negative."""
    order = np.argsort(np.concatenate([positive, negative]), kind="stable")
    ranks = np.empty(len(order))
    ranks[order] = np.arange(1, len(order) + 1)
    n = len(positive)
    return float((ranks[:n].sum() - n * (n + 1) / 2) / max(1, n * len(negative)))


def _frames(start: float, end: float, count: int) -> slice:
    """Frames whose middle lies in [start, end], or the one nearest to its middle."""
    first, last = int(np.ceil(start * 25 - 0.5)), int(np.floor(end * 25 - 0.5))
    if last < first:
        first = last = int(round((start + end) / 2 * 25 - 0.5))
    first = min(max(first, 0), count - 1)
    return slice(first, max(first, min(last, count - 1)) + 1)


def phone_measures(clips: list[tuple[np.ndarray, list]], face: Face) -> dict[str, float]:
    """A.2 over clips of (motion, [(ARPABET phone, start, end), …])."""
    closed, shut_vowel, teeth = [], [], []
    values: dict[str, list[tuple[float, float]]] = {}
    for motion, phones in clips:
        aperture, rounding = face.aperture(motion), face.rounding(motion)
        top = np.percentile(aperture, 95)
        for phone, start, end in phones:
            name = phone.rstrip("012")
            near = aperture[_frames(start - TOLERANCE_S, end + TOLERANCE_S, len(motion))]
            quarter = (end - start) / 4
            middle = _frames(start + quarter, end - quarter, len(motion))
            if name in BILABIAL:
                closed.append(near.min() < CLOSED * top)
            if name in LABIODENTAL:
                teeth.append(near.min() < TEETH * top)
            if name in VOWELS:
                shut_vowel.append(aperture[middle].min() < CLOSED * top)
            values.setdefault(name, []).append((aperture[middle].mean(), rounding[middle].mean()))

    def column(names: set[str], k: int) -> np.ndarray:
        return np.array([row[k] for name in sorted(names) for row in values.get(name, [])])

    return {
        "closures_reached": float(np.mean(closed)),
        "vowels_closed": float(np.mean(shut_vowel)),
        "teeth_reached": float(np.mean(teeth)),
        "auc_aperture": auc(column(OPEN, 0), column(NARROW, 0)),
        "auc_rounding": auc(column(ROUND, 1), column(SPREAD, 1)),
    }


def human_measure(jaw: np.ndarray, human: np.ndarray) -> dict[str, float]:
    """A.1: best Pearson r within ±3 frames; a positive lag means that ours trails."""
    best = (-1.0, 0)
    for lag in range(-3, 4):
        a, b = (jaw[lag:], human[: len(human) - lag]) if lag >= 0 else (jaw[:lag], human[-lag:])
        n = min(len(a), len(b))
        best = max(best, (float(np.corrcoef(a[:n], b[:n])[0, 1]), lag))
    return {"r": best[0], "lag_frames": best[1]}


def blinks(motion: np.ndarray) -> list[tuple[float, float]]:
    """(closing, opening) in seconds of each blink, between 10 % and 90 % of its height, interpolated."""
    lid = motion[:, CH["eyeBlinkLeft"]]
    out, k = [], 1
    while k < len(lid) - 1:
        if lid[k] > 0.5 and lid[k - 1] <= 0.5:
            top = k + int(np.argmax(lid[k : k + 8]))
            before = top
            while before > 0 and lid[before - 1] < lid[before]:
                before -= 1
            after = top
            while after < len(lid) - 1 and lid[after + 1] < lid[after]:
                after += 1
            out.append(((top - before) / 25, (after - top) / 25))
            k = after
        k += 1
    return out


def life_measures(motion: np.ndarray, block: int) -> dict[str, float]:
    """B basics over one long track."""
    seconds = len(motion) / 25
    found = blinks(motion)
    head = motion[:, CH["headYaw"] : CH["headRoll"] + 1]
    speed = np.degrees(np.linalg.norm(np.diff(head, axis=0), axis=1)) * 25
    step = np.abs(np.diff(motion, axis=0)) / (motion.std(0) + 0.01)
    at_boundary = (np.arange(len(step)) + 1) % block == 0
    largest = step.max(1)
    yaw = head[:, 0] - head[:, 0].mean()
    lags = np.arange(125, min(len(yaw) // 2, 1500))
    correlation = [float((yaw[lag:] * yaw[:-lag]).mean() / (yaw**2).mean()) for lag in lags]
    head_step = np.linalg.norm(np.diff(head, axis=0), axis=1)
    return {
        "blinks_per_minute": len(found) / seconds * 60,
        "blink_closing_ms": float(np.mean([b[0] for b in found]) * 1000) if found else 0.0,
        "blink_opening_ms": float(np.mean([b[1] for b in found]) * 1000) if found else 0.0,
        "head_speed_deg_s": float(speed.mean()),
        "head_speed_p95_deg_s": float(np.percentile(speed, 95)),
        "head_range_yaw_deg": float(
            np.degrees(np.percentile(head[:, 0], 97.5) - np.percentile(head[:, 0], 2.5))
        ),
        "head_range_pitch_deg": float(
            np.degrees(np.percentile(head[:, 1], 97.5) - np.percentile(head[:, 1], 2.5))
        ),
        "boundary_step_over_p999": float(
            np.percentile(largest[at_boundary], 99.9) / np.percentile(largest[~at_boundary], 99.9)
        ),
        "boundary_head_step_ratio": float(head_step[at_boundary].mean() / head_step[~at_boundary].mean()),
        "yaw_autocorrelation_beyond_5s": float(np.max(correlation)) if correlation else 0.0,
    }


def loudness_baseline(pcm: np.ndarray) -> np.ndarray:
    """Square root of the short-time energy at 25 fps: what a mouth that just follows the level does."""
    frames = len(pcm) // 640
    energy = np.sqrt((pcm[: frames * 640].reshape(frames, 640).astype(np.float64) ** 2).mean(1))
    return np.sqrt(energy)
