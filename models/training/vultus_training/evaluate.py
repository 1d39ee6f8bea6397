"""Step 7: QUALITY.md part A rows 1, 2, 4 (5 in part) and the basics of B, on streaming rollouts of the
exported pack.

Beside the pack: the loudness baseline, the encoder's own regression, and (--teacher) the many-step teacher.
Writes work/evaluation.json; `--plots` adds aperture over spectrogram with phones; `--calibrate` measures the
blink rate that the student answers to each asked rate and how hot its head has to be sampled in each state to
move as its data, and writes what `export` then folds into the graph.

Run: python -m vultus_training.evaluate [--pack ../builtin] [--teacher] [--plots] [--calibrate]
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np

from . import sounds
from .behaviour import EYE_LOOK_RADIANS
from .channels import CH, EMOTIONS, FRAME_SAMPLES, MOUTH
from .distill import CALIBRATION
from .human_takes import load_take
from .measures import (
    Face,
    blinks,
    human_measure,
    life_measures,
    loudness_baseline,
    phone_measures,
)
from .paths import PACK, SPEECH, WORK
from .phones import NAMES
from .real_speech import alignments, audio_path, load_16k, split_readers
from .streaming import Streamer, neutral_controls


def validation() -> tuple[list[np.ndarray], list[list]]:
    """Voices and phones of the readers that training never heard."""
    entries = alignments()
    names = split_readers()[1]
    return [load_16k(audio_path(name)) for name in names], [entries[name]["phones"] for name in names]


def held_out(part: str, limit: int) -> tuple[list[np.ndarray], list[list]]:
    """Synthesised clips that training never heard, with exact phones (classes as ARPABET): the corpus part
    `valid_espeak` (languages) or `valid_festival` (an engine); nothing where the part was not made."""
    folder = WORK / "corpus" / part
    if not (folder / "info.json").exists():
        return [], []
    pcm = np.load(folder / "pcm.npy", mmap_mode="r")
    infos = json.loads((folder / "info.json").read_text())
    voices, phones = [], []
    for (first, frames), info in list(zip(np.load(folder / "clips.npy"), infos, strict=True))[:limit]:
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
        ("A5_held_out_engine", "valid_festival", 100),
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


def teacher_streamer(pack: Path) -> Streamer:
    """The same pack with the torch teacher and its many steps in place of the motion graph, in the same
    wrapping."""
    import torch

    from .denoiser import Denoiser
    from .distill import TEACHER_TIMES
    from .export import Calibration, MotionGraph

    teacher = Denoiser().eval()
    teacher.load_state_dict(torch.load(WORK / "teacher.pt"))
    graph = MotionGraph(teacher, Calibration.load(), TEACHER_TIMES).eval()
    streamer = Streamer(pack)
    streamer.times = list(TEACHER_TIMES)

    @torch.no_grad()
    def predict(noisy, time_, audio, cache, controls):
        tensors = [torch.from_numpy(np.ascontiguousarray(a)) for a in (noisy, time_, audio, cache, controls)]
        return graph(*tensors).numpy()

    streamer.predict = predict  # type: ignore[method-assign]
    return streamer


def calibrate_blinks(streamer: Streamer) -> np.ndarray:
    """Asked → given table: the control that makes the student blink at the asked rate (rates in 20 per
    minute)."""
    asked = np.array([0.0, 0.3, 0.6, 0.85, 1.2, 1.8, 2.4, 3.0])
    given = np.concatenate([[-2.0, -1.0, -0.5], asked, [3.6]])
    rows = []
    for value in given:
        row = neutral_controls("speaking")
        row[13] = value
        rows.append(row)
    voices, _ = validation()
    voice = np.concatenate(voices)[: 16000 * 240]
    motions = streamer.stream([voice] * len(rows), np.stack(rows), 2, 11)
    answered = np.array([len(blinks(m)) / (len(m) / 25 * 20 / 60) for m in motions])
    answered = np.maximum.accumulate(answered)
    print("blink control → answered:", np.round(np.stack([given, answered], 1), 2).tolist())
    # Where several controls answer alike (no blink at all), the one nearest to the others is given.
    table = np.interp(asked, answered - np.arange(len(answered))[::-1] * 1e-6, given)
    return np.stack([asked, table], 1)


def head_speed_of_data() -> np.ndarray:
    """Mean head speed of the training motion in each state, degrees a second, under neutral controls."""
    sums = np.zeros((3, 2))
    for folder in sorted((WORK / "motion").glob("*_0")):
        controls = np.load(folder / "controls.npy")[1:].astype(np.float32)
        head = np.load(folder / "motion.npy")[:, CH["headYaw"] : CH["headRoll"] + 1].astype(np.float32)
        speed = np.degrees(np.linalg.norm(np.diff(head, axis=0), axis=1)) * 25
        plain = (np.abs(controls[:, 12] - 1) < 0.01) & (controls[:, 2:11] == 0).all(1) & (speed < 200)
        for state in range(3):
            here = plain & (controls[:, 14 + state] > 0.5)
            sums[state] += speed[here].sum(), here.sum()
    return sums[:, 0] / sums[:, 1]


def calibrate_head(streamer: Streamer, hottest: float = 2.2) -> np.ndarray:
    """Sampling temperature of the head for blocks of 2 and 5 in each state [2, 3] at which it moves as fast
    as in the training data."""
    voices, _ = validation()
    speech = np.concatenate(voices)[: 16000 * 120]
    sounds_ = [speech, np.zeros_like(speech), np.zeros_like(speech)]
    rows = np.stack([neutral_controls(state) for state in ("speaking", "listening", "idle")])
    plain = streamer.predict

    def speeds(heat: float, block: int) -> np.ndarray:
        def predict(noisy, time_, audio, cache, controls):
            if time_[0] > 0.99:
                noisy = noisy.copy()
                noisy[:, :, CH["headYaw"] :] *= heat
            return plain(noisy, time_, audio, cache, controls)

        streamer.predict = predict  # type: ignore[method-assign]
        motions = streamer.stream(sounds_, rows, block, 7)
        streamer.predict = plain  # type: ignore[method-assign]
        return np.array([life_measures(m, block)["head_speed_deg_s"] for m in motions])

    wanted = head_speed_of_data()
    print("head speed of the data, °/s:", wanted.round(1))
    rows_of_heat = []
    for block in (2, 5):
        cold, hot = speeds(1.0, block), speeds(2.0, block)
        rows_of_heat.append(np.clip(1 + (wanted - cold) / (hot - cold), 1, hottest))
        print(f"blocks of {block}: at 1", cold.round(1), "at 2", hot.round(1), "→", rows_of_heat[-1].round(2))
    return np.stack(rows_of_heat)


def plots(streamer: Streamer, folder: Path) -> None:
    """Aperture over spectrogram with phones for three voices, and a page of motion curves."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    folder.mkdir(parents=True, exist_ok=True)
    face = Face()
    voices, phones = validation()
    motions = streamer.stream(voices, seed=1)
    for k in (0, 10, len(voices) - 1):
        fig, axes = plt.subplots(2, 1, figsize=(22, 8), sharex=True)
        n = 16000 * 6
        axes[0].specgram(voices[k][:n] + 1e-6, 512, 16000, noverlap=352)
        t = (np.arange(150) + 0.5) / 25
        m = motions[k][:150]
        axes[0].twinx().plot(t[: len(m)], face.aperture(m), "w", lw=2)
        for name, start, end in phones[k]:
            if start < 6 and name != "SIL":
                axes[1].text(
                    (start + end) / 2,
                    0.95,
                    name,
                    ha="center",
                    fontsize=8,
                    color="r" if name in "PBMFV" else "k",
                    transform=axes[1].get_xaxis_transform(),
                )
                if name in "PBM":
                    axes[1].axvspan(start, end, color="r", alpha=0.15)
        for name in (
            "jawOpen",
            "mouthClose",
            "mouthPucker",
            "mouthFunnel",
            "mouthPressLeft",
            "mouthRollLower",
        ):
            axes[1].plot(t[: len(m)], m[:, CH[name]], label=name)
        axes[1].legend(loc="center right", fontsize=7)
        fig.tight_layout()
        fig.savefig(folder / f"lips-{k}.png", dpi=60)
        plt.close(fig)
    fig, axes = plt.subplots(5, 1, figsize=(22, 13), sharex=True)
    m = motions[0]
    groups = [
        ["headYaw", "headPitch", "headRoll"],
        ["headX", "headY", "distance"],
        ["eyeBlinkLeft", "eyeBlinkRight"],
        ["eyeLookOutLeft", "eyeLookInLeft", "eyeLookUpLeft", "eyeLookDownLeft"],
        ["browInnerUp", "browOuterUpLeft", "browDownLeft", "mouthSmileLeft"],
    ]
    for axis, names in zip(axes, groups, strict=True):
        for name in names:
            axis.plot(np.arange(len(m)) / 25, m[:, CH[name]], label=name)
        axis.legend(loc="upper right", fontsize=7)
    fig.tight_layout()
    fig.savefig(folder / "curves.png", dpi=60)


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
    parser.add_argument("--plots", action="store_true")
    parser.add_argument("--calibrate", action="store_true")
    options = parser.parse_args(arguments)
    streamer = Streamer(options.pack)
    if options.calibrate:
        np.savez(CALIBRATION, blinks=calibrate_blinks(streamer), head=calibrate_head(streamer))
        return
    begun = time.time()
    result = {"student": measure(streamer, light=options.light)}
    if options.teacher:
        result["teacher"] = measure(teacher_streamer(options.pack), light=True)
    result.update(baselines())
    show(result)
    (WORK / "evaluation.json").write_text(json.dumps(result, indent=1))
    if options.plots:
        plots(streamer, WORK / "plots")
    print(f"{time.time() - begun:.0f} s")


if __name__ == "__main__":
    main()
