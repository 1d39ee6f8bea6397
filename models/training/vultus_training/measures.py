"""The measures of QUALITY.md parts A and B on motion tracks [frames, 58] at 25 fps."""

from __future__ import annotations

import numpy as np

from .behaviour import EYE_LOOK_RADIANS, Voice
from .behaviour.voice import stresses
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
            whole = _frames(start, end, len(motion))
            values.setdefault(name, []).append((aperture[whole].mean(), rounding[whole].mean()))

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


def _crossing(x: np.ndarray, top: int, level: float, step: int) -> float:
    """Where `x` falls to `level` on the way from its peak in the direction of `step`, between frames."""
    k = top
    while 0 <= k + step < len(x) and x[k + step] > level:
        k += step
    beyond = min(max(k + step, 0), len(x) - 1)
    drop = x[k] - x[beyond]
    return k + step * ((x[k] - level) / drop if drop > 0 else 0)


def blinks(motion: np.ndarray, rate_hz: float = 25) -> list[tuple[float, float]]:
    """(closing, opening) in seconds of each blink: between 2 % and 98 % of its height, interpolated.

    On sampled blinks of known duration (raised cosine) this is off by +7 ms at 100 ms and −7 ms at 150 ms;
    counting the frames of the rise instead would add 25–50 ms.
    """
    lid = motion[:, CH["eyeBlinkLeft"]]
    near, far, long = (int(round(seconds * rate_hz)) for seconds in (0.2, 0.4, 0.56))
    out, k = [], 1
    while k < len(lid) - 1:
        if lid[k] > 0.5 and lid[k - 1] <= 0.5:
            top = k + int(np.argmax(lid[k : k + int(0.32 * rate_hz)]))
            base = float(np.median(lid[max(0, top - far) : max(1, top - near)]))
            rest = float(np.median(lid[min(len(lid) - 1, top + near + 2) : top + long]))
            rise, fall = lid[top] - base, lid[top] - rest
            after = top
            if min(rise, fall) > 0.3:
                closing = _crossing(lid, top, base + 0.98 * rise, -1) - _crossing(
                    lid, top, base + 0.02 * rise, -1
                )
                end = _crossing(lid, top, rest + 0.02 * fall, 1)
                opening = end - _crossing(lid, top, rest + 0.98 * fall, 1)
                out.append((closing / rate_hz, opening / rate_hz))
                after = int(end)
            k = max(k, after)
        k += 1
    return out


def gaze_in_space(motion: np.ndarray) -> np.ndarray:
    """Gaze [frames, 2] in degrees: yaw to the left, pitch up; head and eyes together."""
    eye = {
        side: EYE_LOOK_RADIANS * motion[:, CH[f"eyeLook{side}Left"]] for side in ("In", "Out", "Up", "Down")
    }
    yaw = motion[:, CH["headYaw"]] + eye["Out"] - eye["In"]
    pitch = -motion[:, CH["headPitch"]] + eye["Up"] - eye["Down"]
    return np.degrees(np.stack([yaw, pitch], 1))


def gaze_measures(motion: np.ndarray) -> dict[str, float]:
    """Saccades (more than 1.2° in a frame, blinks left out), fixations between them, share of time away; how
    high it looks at the other: the median pitch of what is neither away nor a saccade nor a blink."""
    gaze = gaze_in_space(motion)
    step = np.linalg.norm(np.diff(gaze, axis=0), axis=1)
    shut = np.convolve(motion[1:, CH["eyeBlinkLeft"]] > 0.15, np.ones(3), "same") > 0
    moving = (step > 1.2) & ~shut
    starts = np.flatnonzero(moving & ~np.concatenate([[False], moving[:-1]]))
    fixations = np.diff(starts) / 25
    away = np.linalg.norm(gaze - np.median(gaze, axis=0), axis=1) > 5
    return {
        "saccades_per_minute": len(starts) / len(gaze) * 1500,
        "fixation_median_s": float(np.median(fixations)) if len(fixations) else 0.0,
        "fixation_p90_s": float(np.percentile(fixations, 90)) if len(fixations) else 0.0,
        "gaze_pitch_deg": float(np.median(gaze[1:, 1][~(moving | shut | away[1:])])),
        "gaze_away_share": float(away.mean()),
        "gaze_away_left_share": float((gaze[away, 0] > np.median(gaze[:, 0])).mean()) if away.any() else 0.5,
    }


def stress_measures(motion: np.ndarray, voice: Voice) -> dict[str, float]:
    """What brows and head do on stressed syllables, against the same count of random moments of speech."""
    accents = [frame for frame, _ in stresses(voice) if 8 <= frame < len(motion) - 10]
    spoken = np.flatnonzero(voice.speech[8 : len(motion) - 10] > 0.5) + 8
    chance = np.random.default_rng(0).choice(spoken, 4 * len(accents)) if len(spoken) else []
    brow, pitch = motion[:, CH["browInnerUp"]], np.degrees(motion[:, CH["headPitch"]])

    def rises(track: np.ndarray, frames, size: float) -> float:
        return float(np.mean([track[k : k + 8].max() - track[k - 4 : k + 1].min() > size for k in frames]))

    return {
        "brow_raised_on_stress": rises(brow, accents, 0.1),
        "brow_raised_by_chance": rises(brow, chance, 0.1),
        "nod_on_stress": rises(pitch, accents, 1.5),
        "nod_by_chance": rises(pitch, chance, 1.5),
    }


def head_measures(motion: np.ndarray) -> dict[str, float]:
    """Speed, spread and spectrum of the head's rotation in degrees."""
    head = np.degrees(motion[:, CH["headYaw"] : CH["headRoll"] + 1].astype(np.float64))
    speed = np.linalg.norm(np.diff(head, axis=0), axis=1) * 25
    velocity = np.diff(head, axis=0)
    power = (np.abs(np.fft.rfft(velocity - velocity.mean(0), axis=0)) ** 2).sum(1)
    hertz = np.fft.rfftfreq(len(velocity), 1 / 25)
    # Classes of Hadar et al. 1983: slow, ordinary and rapid movement.
    bands = {
        "below_0.2": (0, 0.2),
        "slow_0.2_1.8": (0.2, 1.8),
        "ordinary_1.8_3.7": (1.8, 3.7),
        "rapid_3.7_7": (3.7, 7),
    }
    out = {
        "head_speed_deg_s": float(speed.mean()),
        "head_speed_median_deg_s": float(np.median(speed)),
        "head_speed_p95_deg_s": float(np.percentile(speed, 95)),
    }
    for axis, name in enumerate(("yaw", "pitch", "roll")):
        out[f"head_sd_{name}_deg"] = float(head[:, axis].std())
        out[f"head_range_{name}_deg"] = float(np.ptp(np.percentile(head[:, axis], [2.5, 97.5])))
    for name, (low, high) in bands.items():
        inside = (hertz >= low) & (hertz < high)
        out[f"head_velocity_power_{name}_hz"] = float(power[inside].sum() / max(power.sum(), 1e-12))
    return out


def life_measures(motion: np.ndarray, block: int) -> dict[str, float]:
    """B basics over one long track."""
    found = blinks(motion)
    step = np.abs(np.diff(motion, axis=0)) / (motion.std(0) + 0.01)
    at_boundary = (np.arange(len(step)) + 1) % block == 0
    largest = step.max(1)
    yaw = motion[:, CH["headYaw"]] - motion[:, CH["headYaw"]].mean()
    lags = np.arange(125, min(len(yaw) // 2, 1500))
    correlation = [float((yaw[lag:] * yaw[:-lag]).mean() / (yaw**2).mean()) for lag in lags]
    head_step = np.linalg.norm(np.diff(motion[:, CH["headYaw"] : CH["headRoll"] + 1], axis=0), axis=1)
    return {
        "blinks_per_minute": len(found) / len(motion) * 1500,
        "blink_closing_ms": float(np.mean([b[0] for b in found]) * 1000) if found else 0.0,
        "blink_opening_ms": float(np.mean([b[1] for b in found]) * 1000) if found else 0.0,
        **head_measures(motion),
        **gaze_measures(motion),
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
