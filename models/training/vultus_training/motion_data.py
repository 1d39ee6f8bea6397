"""Step 3: training data of the motion model: encoder features, full motion and controls for every clip.

Each pass over a part hears the clips under new conditions (augmentation) and draws new behaviour and
controls. Writes `work/motion/<part>_<pass>/{features,motion,controls}.npy` (float16) and clips.npy.

Run: python -m vultus_training.motion_data [--passes 1] [--seed 0]
"""

from __future__ import annotations

import argparse
import json

import numpy as np
import torch

from .articulation import loudness
from .augment import Augmenter
from .behaviour import Voice, behave, control_track
from .channels import AROUSAL, CONTROL_SIZE, FRAME_SAMPLES, MOUTH, RATE_HZ, SIZE
from .encoder import FEATURES, AudioEncoder
from .paths import WORK
from .phones import INDEX, UNKNOWN
from .speech_cues import arousal
from .turns import SCENE_S, Corpus, converse

#: How many passes each part gets for one pass of the corpus.
REPEATS = {"takes": 5, "real": 3, "espeak": 1, "flite": 1, "jtalk": 1, "singing": 1, "effort": 1, "sounds": 1}

#: Conversations of a pass, and passes of them for one pass of the corpus.
SCENES, TURN_PASSES = 150, 2


def voice_of(pcm: np.ndarray, classes: np.ndarray, mood: str | None, is_sound: bool) -> Voice:
    """What the behaviour generator hears; in takes without phones, loudness stands for speech."""
    loud = loudness(pcm, 25) if not is_sound else np.zeros(len(pcm) // FRAME_SAMPLES)
    per_frame = classes.reshape(-1, 4)
    if (per_frame == UNKNOWN).any():
        speech = loud > 0.45
    else:
        speech = (per_frame != INDEX["SIL"]).mean(1) > 0.4
    # Gaps below 0.3 s are no pauses.
    padded = np.concatenate([np.zeros(4, bool), speech, np.zeros(4, bool)])
    closed = np.lib.stride_tricks.sliding_window_view(padded, 9).any(1)
    padded = np.concatenate([np.ones(4, bool), closed, np.ones(4, bool)])
    speech = np.lib.stride_tricks.sliding_window_view(padded, 9).all(1)
    return Voice(loud, speech.astype(float), mood)


@torch.no_grad()
def build(
    part: str, number: int, seed: int, encoder: AudioEncoder, augment: Augmenter, limit: int | None = None
) -> None:
    """One pass over one part."""
    source = WORK / "corpus" / part
    pcm_all, classes_all, mouth_all = (
        np.load(source / f"{k}.npy", mmap_mode="r") for k in ("pcm", "classes", "mouth")
    )
    table = np.load(source / "clips.npy")[:limit]
    infos = json.loads((source / "info.json").read_text())
    rng = np.random.default_rng([seed, number, sum(map(ord, part))])
    frames_total = int(table[:, 1].sum())
    features = np.zeros((frames_total, FEATURES), np.float16)
    motion = np.zeros((frames_total, SIZE), np.float16)
    controls = np.zeros((frames_total, CONTROL_SIZE), np.float16)
    clips, at = [], 0
    for (first, frames), info in zip(table, infos, strict=False):
        pcm = pcm_all[first * FRAME_SAMPLES : (first + frames) * FRAME_SAMPLES].astype(np.float32) / 32768
        classes = np.asarray(classes_all[first * 4 : (first + frames) * 4])
        mouth = np.zeros((frames, SIZE), np.float32)
        mouth[:, MOUTH] = mouth_all[first : first + frames]
        voice = voice_of(pcm, classes, info.get("emotion"), part == "sounds")
        track = control_track(rng, voice)
        span = slice(at, at + frames)
        motion[span] = behave(rng, mouth, voice, track)
        track[:, AROUSAL] = track[:, 11] * arousal(pcm)
        controls[span] = track
        heard = augment(pcm, voice=part != "sounds") if rng.random() < 0.8 else pcm
        features[span] = encoder(torch.from_numpy(heard)[None])[0].float().numpy()
        clips.append((at, frames))
        at += int(frames)
    folder = WORK / "motion" / f"{part}_{number}"
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / "features.npy", features)
    np.save(folder / "motion.npy", motion)
    np.save(folder / "controls.npy", controls)
    np.save(folder / "clips.npy", np.array(clips, np.int64))
    print(f"{folder.name}: {at / 90000:.2f} h", flush=True)


def _corpus(part: str) -> Corpus:
    folder = WORK / "corpus" / part
    pcm, classes, mouth = (np.load(folder / f"{k}.npy", mmap_mode="r") for k in ("pcm", "classes", "mouth"))
    return Corpus(pcm, classes, mouth, np.load(folder / "clips.npy"))


@torch.no_grad()
def build_turns(number: int, seed: int, encoder: AudioEncoder, augment: Augmenter, scenes: int) -> None:
    """One pass of conversations with a user, for `train_listener`."""
    rng = np.random.default_rng([seed, number, 7])
    readers = _corpus("real")
    made: dict[str, list[np.ndarray]] = {"features": [], "motion": [], "controls": []}
    for _ in range(scenes):
        scene = converse(rng, readers, readers, augment)
        voice = voice_of(scene.pcm, scene.classes, None, False)
        made["motion"].append(behave(rng, scene.mouth, voice, scene.controls).astype(np.float16))
        made["controls"].append(scene.controls.astype(np.float16))
        made["features"].append(encoder(torch.from_numpy(scene.pcm)[None])[0].float().numpy().astype(np.float16))
    folder = WORK / "motion" / f"turns_{number}"
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in made.items():
        np.save(folder / f"{name}.npy", np.concatenate(rows))
    length = SCENE_S * RATE_HZ
    np.save(folder / "clips.npy", np.array([(k * length, length) for k in range(scenes)], np.int64))
    print(f"{folder.name}: {scenes * SCENE_S / 3600:.2f} h", flush=True)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--first", type=int, default=0, help="number of the first pass")
    parser.add_argument("--scale", type=float, default=1, help="share of each part's clips")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", nargs="*")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    encoder = AudioEncoder().eval()
    encoder.load_state_dict(torch.load(WORK / "encoder.pt"))
    # Features of endless digital silence: what a cold start has heard before.
    with torch.no_grad():
        quiet = encoder(torch.zeros(1, 100 * FRAME_SAMPLES))[0, 50].numpy()
    (WORK / "motion").mkdir(exist_ok=True)
    np.save(WORK / "motion" / "quiet.npy", quiet)
    augment = Augmenter(np.random.default_rng([options.seed, options.first]))
    for part, repeats in REPEATS.items():
        if options.only and part not in options.only or not (WORK / "corpus" / part / "info.json").exists():
            continue
        count = len(np.load(WORK / "corpus" / part / "clips.npy"))
        for number in range(options.first, options.first + repeats):
            build(part, number, options.seed, encoder, augment, max(1, int(count * options.scale)))
    if not options.only or "turns" in options.only:
        for number in range(options.first, options.first + TURN_PASSES):
            build_turns(number, options.seed, encoder, augment, max(1, int(SCENES * options.scale)))


if __name__ == "__main__":
    main()
