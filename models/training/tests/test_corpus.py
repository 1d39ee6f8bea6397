"""The corpus: labels lie on the sound after every kind of performance and codec, instruments and places are
heard as made, drills reach what is rare, parts are streamed and replaced whole."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from vultus_training import (
    augment,
    codecs,
    corpus_summary,
    drills,
    environment,
    instruments,
    other_people,
    voices,
)
from vultus_training.articulation import VOWELS, Segments
from vultus_training.channels import FRAME_SAMPLES, MOUTH
from vultus_training.corpus_store import LEAD, Clip, label, write
from vultus_training.open_jtalk import phone_classes
from vultus_training.phones import INDEX, NAMES
from vultus_training.vocal_effort import shout, whisper

RATE = 16000


def buzz(segments: Segments, seconds: float, hz: float = 140.0) -> np.ndarray:
    """A made-up voice: a buzz through two resonances in vowels, hiss in S, nothing in P."""
    t = np.arange(int(seconds * RATE)) / RATE
    source = sum(np.sin(2 * np.pi * hz * k * t) / k for k in range(1, 30))
    hiss = np.random.default_rng(0).standard_normal(len(t))
    pcm = np.zeros(len(t))
    for cls, start, end in zip(segments.classes, segments.start, segments.end, strict=True):
        span = slice(int(start * RATE), int(end * RATE))
        if VOWELS[cls]:
            pcm[span] = 0.1 * source[span]
        elif NAMES[cls] == "S":
            pcm[span] = 0.05 * hiss[span]
    return pcm.astype(np.float32)


SYLLABLES = Segments.of(
    [
        (INDEX[name], 0.3 + 0.2 * k, 0.5 + 0.2 * k)
        for k, name in enumerate(["S", "AA", "P", "IY", "P", "UW", "S", "AA", "P"])
    ]
)
VOICE = buzz(SYLLABLES, 2.6)


def rms(pcm: np.ndarray, segments: Segments, names: set[str]) -> float:
    """Level in the middle of the phones with these names."""
    parts = [
        pcm[int((a + 0.05) * RATE) : int((b - 0.05) * RATE)]
        for cls, a, b in zip(segments.classes, segments.start, segments.end, strict=True)
        if NAMES[cls] in names
    ]
    return float(np.sqrt(np.mean(np.concatenate(parts) ** 2)))


def periodicity(pcm: np.ndarray) -> float:
    """Highest autocorrelation between 65 and 400 Hz."""
    pcm = pcm - pcm.mean()
    correlation = np.correlate(pcm, pcm, "full")[len(pcm) - 1 :]
    return float(correlation[RATE // 400 : RATE // 65].max() / correlation[0])


def test_whisper_has_no_pitch_and_keeps_its_closures() -> None:
    out = whisper(np.random.default_rng(1), VOICE)
    assert len(out) == len(VOICE)
    vowel = slice(int(0.55 * RATE), int(0.65 * RATE))
    assert periodicity(VOICE[vowel]) > 0.8
    assert periodicity(out[vowel]) < 0.4
    assert rms(out, SYLLABLES, {"P"}) < 0.1 * rms(out, SYLLABLES, {"AA", "IY", "UW"})


def test_shout_is_brighter_and_keeps_its_closures() -> None:
    def brightness(pcm: np.ndarray) -> float:
        power = np.abs(np.fft.rfft(pcm[int(0.55 * RATE) : int(0.65 * RATE)])) ** 2
        hz = np.linspace(0, RATE / 2, len(power))
        return power[(hz > 1000) & (hz < 4000)].sum() / power[hz < 1000].sum()

    out = shout(np.random.default_rng(1), VOICE, 1.0)
    assert brightness(out) > 1.5 * brightness(VOICE)
    assert rms(out, SYLLABLES, {"P"}) < 0.05 * rms(out, SYLLABLES, {"AA"})


def test_singing_holds_vowels_and_moves_the_labels_along() -> None:
    pytest.importorskip("pyworld")
    from vultus_training import singing

    held = []
    for seed in range(4):
        out, segments = singing.sing(np.random.default_rng(seed), VOICE, SYLLABLES)
        assert abs(len(out) / RATE - segments.end[-1]) < 0.6
        assert (np.diff(segments.start) > 0).all()
        assert rms(out, segments, {"P"}) < 0.15 * rms(out, segments, {"AA", "IY", "UW"})
        lengths = segments.end - segments.start
        vowels = VOWELS[segments.classes]
        held.append(lengths[vowels].mean() / 0.2)
        assert np.abs(lengths[~vowels] / 0.2 - 1.075).max() < 0.3
    assert np.mean(held) > 1.3


def lag(out: np.ndarray, source: np.ndarray) -> int:
    """Samples by which `out` comes later."""
    size = 1 << 17
    cross = np.fft.irfft(np.fft.rfft(out, size) * np.conj(np.fft.rfft(source, size)))
    best = int(np.argmax(cross))
    return best if best < size // 2 else best - size


@pytest.mark.parametrize("codec", ["telephone", "random_opus", "mp3"])
def test_codecs_keep_the_time(codec: str) -> None:
    if codec == "random_opus" and codecs.opus_library() is None:
        pytest.skip("libopus is not installed")
    rng = np.random.default_rng(3)
    sweep = np.sin(2 * np.pi * np.cumsum(np.linspace(300, 3000, 2 * RATE)) / RATE).astype(np.float32) * 0.4
    sweep[: RATE // 2] = 0
    out = getattr(codecs, codec)(rng, sweep)
    assert len(out) == len(sweep)
    assert abs(lag(out, sweep)) <= 16
    assert not np.array_equal(out, sweep)
    assert np.abs(out[: RATE // 4]).max() < 0.05


@pytest.mark.skipif(codecs.opus_library() is None, reason="libopus is not installed")
def test_lost_packets_are_heard_where_they_were_lost() -> None:
    tone = (0.3 * np.sin(2 * np.pi * 400 * np.arange(RATE) / RATE)).astype(np.float32)
    lost = np.zeros(60, bool)
    lost[20:30] = True
    difference = np.abs(codecs.opus(tone, 24000, lost) - codecs.opus(tone, 24000))
    assert difference[int(0.43 * RATE) : int(0.58 * RATE)].max() > 0.05
    assert difference[: int(0.39 * RATE)].max() == 0


def test_a_hurried_reader_keeps_the_pitch_and_the_labels_move_along() -> None:
    spoken = voices.Utterance(VOICE, SYLLABLES, {"name": "buzz"})
    quick = next(other_people.hurried(np.random.default_rng(0), iter([spoken])))
    times = quick.info["speed"]
    assert abs(len(quick.pcm) * times / len(VOICE) - 1) < 0.01
    assert np.allclose(quick.segments.end * times, SYLLABLES.end, rtol=0.01)

    def pitch(pcm: np.ndarray) -> float:
        spectrum = np.abs(np.fft.rfft(pcm))[: int(300 * len(pcm) / RATE)]
        return float(spectrum.argmax() * RATE / len(pcm))

    assert abs(pitch(quick.pcm) - pitch(VOICE)) < 12
    closed = np.flatnonzero(SYLLABLES.classes == INDEX["P"])[0]
    start, end = (quick.segments.start[closed] * RATE, quick.segments.end[closed] * RATE)
    middle = quick.pcm[int(start + (end - start) * 0.4) : int(start + (end - start) * 0.6)]
    assert np.abs(middle).max() < 0.2 * np.abs(quick.pcm).max(), "nothing sounds while the lips are shut"


def test_augmentation_covers_the_levels_and_keeps_length(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(augment, "BANK_SECONDS", 3.0)
    augmenter = augment.Augmenter(np.random.default_rng(4), rooms=4)
    levels = []
    for _ in range(80):
        out = augmenter(VOICE)
        assert out.shape == VOICE.shape
        assert np.isfinite(out).all()
        assert np.abs(out).max() <= 1
        levels.append(20 * np.log10(out.std() + 1e-9))
    assert min(levels) < -40
    assert max(levels) > -14


def test_solo_instruments_have_a_pitch_and_brighten_with_loudness() -> None:
    rng = np.random.default_rng(5)
    trumpet = instruments.INSTRUMENTS["trumpet"]
    steps = 1000
    out = {}
    for loud in (0.3, 1.0):
        tune = (np.full(steps, 65.0), np.full(steps, loud), np.linspace(0.5, 1.5, steps))
        out[loud] = instruments.line(rng, trumpet, tune, 15000)
    assert min(periodicity(pcm[4000:6000]) for pcm in out.values()) > 0.8

    def centroid(pcm: np.ndarray) -> float:
        power = np.abs(np.fft.rfft(pcm)) ** 2
        return float((np.linspace(0, RATE / 2, len(power)) * power).sum() / power.sum())

    assert centroid(out[1.0]) > 1.3 * centroid(out[0.3])
    for name in instruments.INSTRUMENTS:
        pcm = instruments.phrase(rng, 2 * RATE, name)
        assert np.isfinite(pcm).all()
        assert np.abs(pcm).max() <= 0.41


@pytest.mark.parametrize("kind", environment.KINDS, ids=lambda kind: kind.__name__)
def test_places_sound(kind) -> None:
    made = [kind(np.random.default_rng(seed), 3 * RATE) for seed in range(3)]
    assert all(len(pcm) == 3 * RATE and np.isfinite(pcm).all() for pcm in made)
    assert max(np.abs(pcm).max() for pcm in made) > 0.01


def test_drills_reach_what_is_rare() -> None:
    coverage = drills.Coverage()
    rng = np.random.default_rng(6)
    wanted = ["M", "UW", "V"]
    common = Segments.of([(INDEX["SIL"], 0, 1), (INDEX["T"], 1, 2), (INDEX["AA"], 2, 3), (INDEX["K"], 3, 4)])
    for _ in range(50):
        coverage.add(common)
    assert coverage.counts[INDEX["T"], INDEX["AA"], INDEX["K"]] == 50
    assert coverage.rarity(wanted) > coverage.rarity(["T", "AA", "K"])
    words = coverage.drill(rng)
    for word in words:
        assert any(phone in drills.VOWELS for phone in word)
    assert drills.for_espeak(rng, [wanted]).startswith("[[")
    assert drills.for_flite(rng, [wanted]).startswith("pau m uw1 v")


def test_japanese_nasal_and_geminate_take_the_next_consonant() -> None:
    names = "sil sh i N b u N n o k i cl p u h o N sil".split()
    classes = [NAMES[cls] for cls in phone_classes(names)]
    assert classes[3] == "P"
    assert classes[6] == "N"
    assert classes[11] == classes[12] == "P"
    assert classes[16] == "K"


@pytest.mark.skipif(not Path("/usr/share/festival/voices").exists(), reason="no festival voices")
def test_phones_of_every_held_out_voice_lie_on_its_sound() -> None:
    from vultus_training.festival_voices import installed
    from vultus_training.speech_engines import festival
    from vultus_training.texts_held_out import SENTENCES

    if not shutil.which("festival"):
        pytest.skip("festival is not installed")
    for voice in installed():
        lines = SENTENCES.get(voice.languages[0], ["Papa appeased a happy puppy about a copper pepper"])
        pcm, segments = festival(" ".join(lines[:3]), voice.name, 1.0, voice.classes, voice.encoding)
        level_db = 10 * np.log10(np.convolve(np.square(pcm), np.ones(160) / 160, "same") + 1e-8)
        between = [
            k
            for k in range(1, len(segments.classes) - 1)
            if segments.classes[k] == INDEX["P"] and VOWELS[segments.classes[[k - 1, k + 1]]].all()
        ]
        spans = [(segments.start[k], segments.end[k]) for k in between]

        def level(shift_s: float, spans=spans, level_db=level_db) -> float:
            cuts = (level_db[int((a + shift_s) * RATE) : int((b + shift_s) * RATE)] for a, b in spans)
            return float(np.mean([cut.mean() for cut in cuts]))

        assert len(between) >= 4, voice.name
        assert level(0) < min(level(-0.06), level(0.06)) - 2, voice.name


def test_a_part_is_streamed_and_replaced_whole(tmp_path: Path) -> None:
    def clips(count: int):
        for k in range(count):
            yield label(VOICE, SYLLABLES, {"name": f"voice{k}", "language": "xx", "speed": 1.0})

    write("made", clips(3), tmp_path)
    old = np.load(tmp_path / "made" / "pcm.npy", mmap_mode="r")
    first = np.array(old)
    write("made", clips(2), tmp_path)
    assert np.array_equal(old, first), "a training that has the old part mapped keeps it"
    pcm = np.load(tmp_path / "made" / "pcm.npy")
    table = np.load(tmp_path / "made" / "clips.npy")
    mouth = np.load(tmp_path / "made" / "mouth.npy")
    assert len(table) == 2
    assert mouth.shape == (table[:, 1].sum(), len(MOUTH))
    assert len(pcm) == len(mouth) * FRAME_SAMPLES
    begin = LEAD * FRAME_SAMPLES
    assert np.abs(pcm[begin : begin + RATE] / 32767 - VOICE[:RATE]).max() < 1e-3
    assert sorted(p.name for p in tmp_path.iterdir()) == ["made"]
    text = corpus_summary.summarise(tmp_path, ["made"])
    assert "made" in text
    figures = json.loads((tmp_path / "summary.json").read_text())["made"]
    assert figures["clips"] == 2
    assert figures["languages"] == ["xx"]


def test_a_broken_generator_leaves_the_old_part(tmp_path: Path) -> None:
    def broken():
        yield label(VOICE, SYLLABLES, {"name": "one"})
        raise RuntimeError("engine")

    silent = Clip(np.zeros(640), np.zeros(4, np.uint8), np.zeros((1, 58), np.float32), {"name": "old"})
    write("made", iter([silent]), tmp_path)
    with pytest.raises(RuntimeError, match="engine"):
        write("made", broken(), tmp_path)
    assert json.loads((tmp_path / "made" / "info.json").read_text())[0]["name"] == "old"


def test_a_crash_of_the_engine_costs_one_sentence() -> None:
    import os
    import signal

    from vultus_training import speech_engines

    try:
        speech_engines.Espeak()
    except OSError:
        pytest.skip("espeak-ng is not installed")
    engine = speech_engines.GuardedEspeak()
    assert engine.speak("a happy puppy", "en-us") is not None
    child = next(p for p in speech_engines.multiprocessing.active_children())
    os.kill(child.pid, signal.SIGKILL)
    child.join(5)
    assert engine.speak("a happy puppy", "en-us") is None
    pcm, segments = engine.speak("a happy puppy", "en-us")
    assert len(pcm) > 8000
    assert (segments.classes == INDEX["P"]).sum() == 3
