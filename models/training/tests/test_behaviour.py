"""Behaviour stays in the span of real people, obeys its controls and leaves lip contact alone."""

from __future__ import annotations

import numpy as np
import pytest

from vultus_training import articulation, measures, phones
from vultus_training.behaviour import NEUTRAL_BLINK, Style, Voice, behave, control_track
from vultus_training.behaviour.blinks import blink_curve
from vultus_training.channels import CH, CONTROL_SIZE, EMOTIONS, FRAME_SAMPLES, SIZE, pair

MINUTE = 1500
FACE = measures.Face()


def speech(rng: np.random.Generator, frames: int) -> Voice:
    """Phrases of 1.5–5 s, four syllables a second of which half are strong, pauses between."""
    loud, spoken, at = np.zeros(frames), np.zeros(frames), 10
    while at < frames:
        last = min(frames, at + int(rng.uniform(1.5, 5) * 25))
        spoken[at:last] = 1
        loud[at:last] = 0.45
        while at < last:
            length = int(rng.integers(4, 9))
            syllable = 0.45 + (rng.uniform(0.55, 1.15) - 0.45) * np.sin(np.pi * np.arange(length) / length)
            loud[at : at + length] = syllable[: len(loud[at : at + length])]
            at += length
        loud[last:at] = 0
        at = last + int(rng.uniform(0.4, 1.3) * 25)
    return Voice(loud, spoken, None)


def steady(frames: int, state: int = 0, **values: float) -> np.ndarray:
    """Neutral controls, with `c3=0.2` setting control 3."""
    track = np.zeros((frames, CONTROL_SIZE), np.float32)
    track[:, 11], track[:, 12], track[:, 13], track[:, 14 + state] = 1, 1, NEUTRAL_BLINK, 1
    for name, value in values.items():
        track[:, int(name[1:])] = value
    return track


def feel(frames: int, name: str, weight: float = 1.0) -> np.ndarray:
    return steady(frames, c11=0.0, **{f"c{4 + EMOTIONS.index(name)}": weight})


def play(seed: int, controls: np.ndarray, talk: bool = True, style: Style | None = None) -> np.ndarray:
    rng = np.random.default_rng(seed)
    frames = len(controls)
    voice = speech(rng, frames) if talk else Voice(np.zeros(frames), np.zeros(frames), None)
    return behave(rng, np.zeros((frames, SIZE), np.float32), voice, controls, style)


def test_talkers_move_like_people() -> None:
    rows = [measures.life_measures(play(seed, steady(4 * MINUTE)), 2) for seed in range(6)]
    middle = {name: float(np.median([row[name] for row in rows])) for name in rows[0]}
    assert 8 <= middle["head_speed_deg_s"] <= 15
    assert all(5 <= row["head_speed_deg_s"] <= 22 for row in rows)
    for axis, low, high in (("yaw", 3, 6), ("pitch", 1.8, 4), ("roll", 1.5, 3.2)):
        assert low <= middle[f"head_sd_{axis}_deg"] <= high
    assert max(row["yaw_autocorrelation_beyond_5s"] for row in rows) < 0.5
    assert 13 <= middle["blinks_per_minute"] <= 21
    assert 80 <= middle["blink_closing_ms"] <= 130
    assert 130 <= middle["blink_opening_ms"] <= 300
    assert 40 <= middle["saccades_per_minute"] <= 120
    assert 0.15 <= middle["gaze_away_share"] <= 0.45
    assert len({round(row["head_sd_yaw_deg"], 3) for row in rows}) == 6, "people differ"


def test_idle_moves_half_as_much_and_listening_nods() -> None:
    def speed(state: int, talk: bool) -> float:
        styles = [Style.draw(np.random.default_rng(k)) for k in range(5)]
        tracks = [play(k, steady(2 * MINUTE, state), talk, style) for k, style in enumerate(styles)]
        rows = [measures.head_measures(track) for track in tracks]
        return float(np.median([row["head_speed_deg_s"] for row in rows]))

    talking, listening, idle = speed(0, True), speed(1, False), speed(2, False)
    assert 0.25 * talking < idle < 0.65 * talking
    assert idle < listening < talking


def test_brows_and_head_answer_stress() -> None:
    rows = []
    for seed in range(6):
        rng = np.random.default_rng(seed)
        voice = speech(rng, 3 * MINUTE)
        motion = behave(rng, np.zeros((3 * MINUTE, SIZE), np.float32), voice, steady(3 * MINUTE))
        rows.append(measures.stress_measures(motion, voice))
    mean = {name: np.mean([row[name] for row in rows]) for name in rows[0]}
    assert mean["brow_raised_on_stress"] > 0.15
    assert mean["nod_on_stress"] > mean["nod_by_chance"]


def test_left_and_right_are_alike() -> None:
    tracks = [play(seed, steady(MINUTE)) for seed in range(40)]
    yaw = np.array([t[:, CH["headYaw"]].mean() for t in tracks])
    assert abs(yaw.mean()) < 3 * yaw.std() / np.sqrt(len(yaw)) + 1e-4
    for aim in (0.4, -0.4):
        gaze = measures.gaze_in_space(play(1, steady(MINUTE, c0=aim, c2=1.0)))[50:]
        assert np.degrees(aim) == pytest.approx(gaze[:, 0].mean(), abs=1.0)
    left, right = (
        np.mean([play(k, steady(MINUTE, c0=aim, c2=1.0))[50:, CH["headYaw"]].mean() for k in range(30)])
        for aim in (0.4, -0.4)
    )
    assert left == pytest.approx(-right, rel=0.25)


@pytest.mark.parametrize("asked,low,high", [(0.0, 0, 0), (0.4, 5, 11), (1.5, 24, 36), (3.0, 45, 66)])
def test_blink_rate_follows_its_control(asked: float, low: float, high: float) -> None:
    found = [len(measures.blinks(play(seed, steady(2 * MINUTE, c13=asked)))) / 2 for seed in range(6)]
    assert low <= np.mean(found) <= high


def test_blinks_start_visibly_and_nothing_else_does() -> None:
    """Training tells blocks in which a blink starts by a rise of the lid by more than 0.05."""
    lid = play(3, steady(4 * MINUTE))[:, CH["eyeBlinkLeft"]]
    rise = np.diff(lid)
    onsets = np.flatnonzero((lid[1:] > 0) & (lid[:-1] == 0))
    assert len(onsets) > 30
    assert rise[onsets].min() > 0.05
    for name in EMOTIONS:
        quiet = feel(MINUTE, name)
        quiet[:, 13] = 0
        quiet[::200, 0:3] = (0.0, -0.35, 1.0)
        assert np.diff(play(4, quiet)[:, CH["eyeBlinkLeft"]]).max() < 0.05


def test_measured_blinks_have_their_true_times() -> None:
    rng = np.random.default_rng(0)
    for closing_s in (0.08, 0.1, 0.12, 0.15):
        found = []
        for _ in range(60):
            motion = np.zeros((60, SIZE))
            t = np.arange(60) / 25 - 0.8 - rng.uniform(0, 0.04)
            lid = blink_curve(t, closing_s, 0.03, 0.25, power=1.0)
            motion[:, CH["eyeBlinkLeft"]] = lid + rng.normal(0, 0.004, 60)
            found += measures.blinks(motion)
        assert len(found) == 60
        closing, opening = np.mean(found, axis=0)
        assert closing == pytest.approx(closing_s, abs=0.016)
        assert opening == pytest.approx(0.25, abs=0.04)


@pytest.fixture(scope="module")
def spoken() -> tuple[np.ndarray, Voice, np.ndarray]:
    """(mouth, voice, frames in the middle of a closure)."""
    rng = np.random.default_rng(5)
    rows, at = [], 0.4
    while at < 38:
        for name in rng.choice(["AA", "P", "IY", "P", "UW", "F", "EH", "S"], 6):
            length = rng.uniform(0.09, 0.16)
            rows.append((phones.INDEX[name], at, at + length))
            at += length
        at += rng.choice([0, 0.5])
    segments = articulation.Segments.of(rows)
    mouth = articulation.articulate(segments, 1000)
    held = mouth[:, CH["mouthPressLeft"]] > 0.95 * articulation.PRESS
    loud = np.clip(FACE.aperture(mouth) * 4, 0, 1.2)
    return mouth, Voice(loud, (loud > 0.02).astype(float), None), held


@pytest.mark.parametrize("name", EMOTIONS)
@pytest.mark.parametrize("expressive", [0.3, 1.0, 2.0])
def test_emotion_keeps_the_lips_closed(spoken, name: str, expressive: float) -> None:
    mouth, voice, held = spoken
    controls = feel(len(mouth), name)
    controls[:, 12] = expressive
    motion = behave(np.random.default_rng(1), mouth, voice, controls)
    top = np.percentile(FACE.aperture(mouth), 95)
    assert held.sum() > 50
    assert np.percentile(FACE.aperture(motion)[held], 98) < 0.15 * top
    rest = (FACE.aperture(mouth) < 1e-3) & ~held
    assert np.percentile(FACE.aperture(motion)[rest], 98) < 0.15 * top
    open_ = FACE.aperture(mouth) > 0.6 * top
    kept = FACE.aperture(motion)[open_].mean() / FACE.aperture(mouth)[open_].mean()
    assert 0.6 < kept < 1.7


def test_each_emotion_is_a_face_and_a_way_to_move() -> None:
    strongest = {
        "happy": "mouthSmileLeft",
        "sad": "browInnerUp",
        "angry": "browDownLeft",
        "surprised": "eyeWideLeft",
        "afraid": "eyeWideLeft",
        "disgusted": "noseSneerLeft",
        "contempt": "mouthSmileRight",
    }
    neutral = play(2, steady(MINUTE, c11=0.0))
    tracks = {name: play(2, feel(MINUTE, name)) for name in EMOTIONS}
    for name, shape in strongest.items():
        column = tracks[name][100:, CH[shape]]
        assert column.mean() > neutral[100:, CH[shape]].mean() + 0.25
        assert column.std() > 0.02, "not a mask"
    assert np.degrees(tracks["sad"][100:, CH["headPitch"]].mean()) > 2
    assert (
        measures.gaze_in_space(tracks["sad"])[:, 1].mean() < measures.gaze_in_space(neutral)[:, 1].mean() - 2
    )
    darts = measures.gaze_measures(tracks["afraid"])["saccades_per_minute"]
    assert darts > 1.2 * measures.gaze_measures(neutral)["saccades_per_minute"]
    half = play(2, feel(MINUTE, "happy", 0.5))[100:, pair("mouthSmile")].mean()
    assert 0.3 < half / tracks["happy"][100:, pair("mouthSmile")].mean() < 0.75


def test_an_emotion_comes_faster_than_it_goes() -> None:
    controls = feel(300, "angry", 0.0)
    controls[100:200, 4 + EMOTIONS.index("angry")] = 1
    brow = np.mean([play(k, controls, talk=False)[:, CH["browDownLeft"]] for k in range(20)], axis=0)
    full = brow[150:200].mean()
    rise = int(np.argmax(brow[100:] > 0.8 * full))
    fall = int(np.argmax(brow[200:] < 0.2 * full))
    assert 5 <= rise <= 20
    assert fall > 1.5 * rise


def test_an_excited_voice_moves_more_where_that_is_asked_for() -> None:
    frames = 2 * MINUTE

    def speed(excited: bool, heard: float) -> float:
        values = []
        for seed in range(6):
            rng = np.random.default_rng(seed)
            voice = speech(rng, frames)
            if not excited:
                voice.loud = 0.55 + 0.25 * voice.loud
            style = Style.draw(np.random.default_rng(0))
            still = np.zeros((frames, SIZE), np.float32)
            motion = behave(rng, still, voice, steady(frames, c11=heard), style)
            values.append(measures.head_measures(motion)["head_speed_deg_s"])
        return float(np.mean(values))

    assert speed(True, 1) / speed(False, 1) > 1.15 * speed(True, 0) / speed(False, 0)


def test_no_expressiveness_is_a_still_head_and_every_clip_starts_at_rest() -> None:
    still = measures.head_measures(play(0, steady(MINUTE, c12=0.0)))
    assert still["head_speed_deg_s"] < 2.5
    first = np.stack([play(seed, steady(100))[0] for seed in range(10)])
    assert np.abs(first[:, CH["headYaw"] :]).max() < 0.02


def test_values_are_valid_under_any_controls() -> None:
    for seed in range(30):
        rng = np.random.default_rng(seed)
        voice = speech(rng, 260)
        voice.mood = EMOTIONS[seed % len(EMOTIONS)] if seed % 2 else None
        controls = control_track(rng, voice)
        assert controls.shape == (260, CONTROL_SIZE)
        assert np.array_equal(controls[:, 14:17].sum(1), np.ones(260))
        motion = behave(rng, np.zeros((260, SIZE), np.float32), voice, controls)
        assert np.isfinite(motion).all()
        assert motion[:, : CH["headYaw"]].min() >= 0 and motion[:, : CH["headYaw"]].max() <= 1
        assert np.abs(np.degrees(motion[:, CH["headYaw"] : CH["headRoll"] + 1])).max() < 45
        eyes = motion[:, [CH["eyeLookInLeft"], CH["eyeLookOutLeft"]]].min(1)
        assert eyes.max() == 0, "an eye looks one way"


def test_training_controls_reach_their_ends() -> None:
    rng = np.random.default_rng(0)
    voice = speech(rng, 3 * MINUTE)
    track = np.concatenate([control_track(rng, voice) for _ in range(20)])
    assert 0.1 < (track[:, 13] == 0).mean() < 0.3
    assert (track[:, 13] > 2).mean() > 0.06
    asked = track[track[:, 2] > 0.5, 0]
    assert abs((asked > 0).mean() - 0.5) < 0.08


def test_one_seed_one_motion() -> None:
    assert np.array_equal(play(7, steady(300)), play(7, steady(300)))
    assert not np.array_equal(play(7, steady(300)), play(8, steady(300)))


def test_speech_from_pcm_is_heard() -> None:
    """The loudness of a real wave form drives the behaviour."""
    from vultus_training.motion_data import voice_of

    rng = np.random.default_rng(0)
    frames = 250
    t = np.arange(frames * FRAME_SAMPLES) / 16000
    pcm = (0.3 * np.sin(2 * np.pi * 150 * t) * np.abs(np.sin(2 * np.pi * 2 * t)) * (t % 4 < 3)).astype(
        np.float32
    )
    voice = voice_of(pcm, np.full(frames * 4, phones.UNKNOWN, np.uint8), None, False)
    assert 0.5 < voice.speech.mean() < 0.95
    motion = behave(rng, np.zeros((frames, SIZE), np.float32), voice, steady(frames))
    assert measures.head_measures(motion)["head_speed_deg_s"] > 3
