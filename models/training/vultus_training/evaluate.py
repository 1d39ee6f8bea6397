"""Step 8: QUALITY.md part A rows 1, 2, 4 (5 in part) and the basics of B, on streaming rollouts of the
exported pack.

Beside the pack: the loudness baseline, the encoder's own regression, and (--teacher) the many-step teacher.
Writes work/evaluation.json; `--plots` adds pictures.

Run: python -m vultus_training.evaluate [--pack ../builtin] [--teacher] [--lookahead] [--plots]
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np

from . import sounds
from .behaviour import EYE_LOOK_RADIANS
from .calibration import Calibration
from .channels import CH, EMOTIONS, FRAME_SAMPLES, MOUTH
from .human_takes import load_take
from .measures import (
    Face,
    human_measure,
    life_measures,
    loudness_baseline,
    phone_measures,
)
from .paths import PACK, SPEECH, WORK
from .phones import NAMES
from .plots import plots
from .real_speech import load_16k, validation
from .rollouts import TEACHER_TIMES
from .streaming import Streamer, neutral_controls
from .teacher_streamer import torch_streamer


def held_out(part: str, limit: int) -> tuple[list[np.ndarray], list[list]]:
    """At most `limit` synthesised clips that training never heard, with exact phones (classes as ARPABET):
    the corpus part `valid_espeak` (languages) or `valid_festival` (an engine), voices mixed; nothing where
    the part was not made."""
    folder = WORK / "corpus" / part
    if not (folder / "info.json").exists():
        return [], []
    pcm = np.load(folder / "pcm.npy", mmap_mode="r")
    infos = json.loads((folder / "info.json").read_text())
    voices, phones = [], []
    clips = np.load(folder / "clips.npy")
    for k in np.random.default_rng(0).permutation(len(infos))[:limit]:
        (first, frames), info = clips[k], infos[k]
        lead = info["lead"]
        start, end = (first + lead) * FRAME_SAMPLES, (first + frames) * FRAME_SAMPLES
        voices.append(pcm[start:end].astype(np.float32) / 32768)
        phones.append([(NAMES[int(c)], s, e) for c, s, e in info["segments"]])
    return voices, phones


def human_take() -> tuple[np.ndarray, np.ndarray]:
    """(voice, jaw at 25 fps) of take 05."""
    pcm, mouth = load_take(5)
    return pcm, mouth[:, CH["jawOpen"]]


def quiet_sounds() -> dict[str, np.ndarray]:
    """Sounds at which the mouth stays shut."""
    rng = np.random.default_rng(5)
    samples = 20 * 16000
    out = {
        "digital_silence": np.zeros(samples, np.float32),
        "room_noise": sounds.coloured_noise(rng, samples, 1.2) * 0.03,
        "loud_noise": sounds.coloured_noise(rng, samples, 0.5),
        "bird": sounds.bird(rng, samples),
        "music": sounds.music(rng, samples),
    }
    trumpet = SPEECH / "nonspeech_solo_trumpet.ogg"
    if trumpet.exists():
        out["trumpet"] = load_16k(trumpet)
    return out


def measure(streamer: Streamer, block: int = 2, seed: int = 0, light: bool = False) -> dict:
    """All rows for one streamer."""
    face = Face()
    result: dict = {}
    voices, phones = validation()
    motions = streamer.stream(voices, block=block, seed=seed)
    result["A2_validation_readers"] = phone_measures(list(zip(motions, phones, strict=True)), face)
    speech_mean = float(np.mean(np.concatenate([face.aperture(m) for m in motions])))
    result["aperture"] = {
        "mean_in_speech": speech_mean,
        "p95": float(np.mean([np.percentile(face.aperture(m), 95) for m in motions])),
    }
    pcm, jaw = human_take()
    take = streamer.stream([pcm], block=block, seed=seed)[0]
    result["A1_take_05_jaw"] = human_measure(take[:, CH["jawOpen"]], jaw)
    result["A1_take_05_aperture"] = human_measure(face.aperture(take), jaw)
    result["B_speaking_take_05"] = life_measures(take, block)
    if light:
        return result
    quiet = quiet_sounds()
    shut = streamer.stream(list(quiet.values()), block=block, seed=seed)
    skip = 5  # frames of the cold start
    result["A4_aperture_over_speech_mean"] = {
        name: float(face.aperture(m)[skip:].mean() / speech_mean) for name, m in zip(quiet, shut, strict=True)
    }
    for name, part, limit in (
        ("A5_held_out_languages", "valid_espeak", 60),
        ("A5_held_out_engine", "valid_festival", 180),
    ):
        voices, phones = held_out(part, limit)
        if voices:
            motions = streamer.stream(voices, block=block, seed=seed)
            result[name] = phone_measures(list(zip(motions, phones, strict=True)), face)
    long = streamer.stream(
        [np.zeros(16000 * 300, np.float32)] * 2,
        np.stack([neutral_controls("listening"), neutral_controls("idle")]),
        block,
        seed,
    )
    result["B_listening_5min"], result["B_idle_5min"] = (life_measures(m, block) for m in long)
    result["controls"] = control_effects(streamer)
    return result


def shorter_lookahead(streamer: Streamer) -> dict:
    """A.2 by frames of lookahead. The encoder was trained with all of it: one that had never had more would
    lose less."""
    voices, phones = validation()
    result = {}
    for heard in range(streamer.ahead + 1):
        streamer.heard_ahead = heard
        motions = streamer.stream(voices)
        result[str(heard)] = phone_measures(list(zip(motions, phones, strict=True)), Face())
    return result


def control_effects(streamer: Streamer) -> dict:
    """What each control does to the motion: means over half a minute of speech."""
    voices, _ = validation()
    voice = np.concatenate(voices)[: 16000 * 30]
    rows = {"neutral": neutral_controls()}
    for name in EMOTIONS:
        row = neutral_controls()
        row[11], row[4 + EMOTIONS.index(name)] = 0, 1
        rows[name] = row
    for name, index, value in (
        ("gaze_left", 0, 0.4),
        ("gaze_right", 0, -0.4),
        ("gaze_up", 1, 0.25),
        ("near", 3, 0.3),
        ("far", 3, -0.3),
        ("still", 12, 0),
        ("lively", 12, 2),
    ):
        row = neutral_controls()
        row[index] = value
        if index < 2:
            row[2] = 1
        rows[name] = row
    motions = dict(
        zip(rows, streamer.stream([voice] * len(rows), np.stack(list(rows.values())), 2, 3), strict=True)
    )
    out = {}
    strongest = {
        "happy": "mouthSmileLeft",
        "sad": "browInnerUp",
        "angry": "browDownLeft",
        "surprised": "eyeWideLeft",
        "afraid": "eyeWideLeft",
        "disgusted": "noseSneerLeft",
        "contempt": "mouthSmileRight",
    }
    for name, shape in strongest.items():
        out[f"{name}.{shape}"] = [float(motions[m][50:, CH[shape]].mean()) for m in ("neutral", name)]
    for name in ("gaze_left", "gaze_right", "gaze_up"):
        m = motions[name][50:]
        yaw = m[:, CH["headYaw"]] + EYE_LOOK_RADIANS * (
            m[:, CH["eyeLookOutLeft"]] - m[:, CH["eyeLookInLeft"]]
        )
        pitch = -m[:, CH["headPitch"]] + EYE_LOOK_RADIANS * (
            m[:, CH["eyeLookUpLeft"]] - m[:, CH["eyeLookDownLeft"]]
        )
        out[name] = [float(yaw.mean()), float(pitch.mean())]
    for name in ("near", "far"):
        out[name] = float(motions[name][50:, CH["distance"]].mean())
    for name in ("still", "neutral", "lively"):
        m = motions[name][50:]
        out[f"{name}_head_speed"] = life_measures(m, 2)["head_speed_deg_s"]
        out[f"{name}_jaw_p95"] = float(np.percentile(m[:, CH["jawOpen"]], 95))
    return out


def baselines() -> dict:
    """Loudness as aperture, and the encoder's own mouth regression."""
    import torch

    from .channels import SIZE
    from .encoder import MOUTH_SCALE, AudioEncoder

    voices, phones = validation()
    pcm, jaw = human_take()

    class Loudness:
        def aperture(self, motion):
            return motion[:, 0]

        def rounding(self, motion):
            return motion[:, 0]

    loud = [np.repeat(loudness_baseline(v)[:, None], 1, 1) for v in voices]
    result = {
        "loudness": {
            **phone_measures(list(zip(loud, phones, strict=True)), Loudness()),  # type: ignore[arg-type]
            "take_05": human_measure(loudness_baseline(pcm), jaw),
        }
    }
    if not (WORK / "encoder.pt").exists():
        return result
    encoder = AudioEncoder().eval()
    encoder.load_state_dict(torch.load(WORK / "encoder.pt"))

    @torch.no_grad()
    def regress(voice: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        frames = len(voice) // FRAME_SAMPLES
        features = encoder(torch.from_numpy(np.ascontiguousarray(voice[: frames * FRAME_SAMPLES]))[None])
        motion = np.zeros((frames, SIZE), np.float32)
        motion[:, MOUTH] = (encoder.mouth(features) * MOUTH_SCALE)[0].clamp(0, 1).numpy()
        return motion, encoder.take_jaw(features)[0, :, 0].numpy()

    motions = [regress(v)[0] for v in voices]
    take, human = regress(pcm)
    result["encoder_regression"] = {
        **phone_measures(list(zip(motions, phones, strict=True)), Face()),
        "take_05": human_measure(take[:, CH["jawOpen"]], jaw),
        "take_05_human_head": human_measure(human, jaw),
    }
    return result


def show(result: dict, indent: int = 0) -> None:
    """Prints nested figures."""
    for key, value in result.items():
        if isinstance(value, dict):
            print(" " * indent + key)
            show(value, indent + 2)
        else:
            text = f"{value:.3f}" if isinstance(value, float) else str(value)
            print(f"{' ' * indent}{key:34s} {text}")


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--pack", type=Path, default=PACK)
    parser.add_argument("--teacher", action="store_true")
    parser.add_argument("--light", action="store_true", help="A.1 and A.2 only")
    parser.add_argument("--lookahead", action="store_true", help="A.2 with less of the future heard")
    parser.add_argument("--plots", action="store_true")
    options = parser.parse_args(arguments)
    streamer = Streamer(options.pack)
    begun = time.time()
    result = {"student": measure(streamer, light=options.light)}
    if options.teacher:
        teacher = torch_streamer(options.pack, Calibration.load(), WORK / "teacher.pt", TEACHER_TIMES)
        result["teacher"] = measure(teacher, light=True)
    if options.lookahead:
        result["lookahead_frames"] = shorter_lookahead(streamer)
    result.update(baselines())
    show(result)
    (WORK / "evaluation.json").write_text(json.dumps(result, indent=1))
    if options.plots:
        plots(streamer, WORK / "plots")
    print(f"{time.time() - begun:.0f} s")


if __name__ == "__main__":
    main()
