"""What is heard in a voice beside its words, every 20 ms, as `src/audio/voice-activity/speech-cues.ts` does it:
how loud and how high it is against itself, its pauses, its rising ends, laughter, and when a turn is over.
`heard` gives what the motion model is told of the user's voice, `arousal` what it is told of the avatar's own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from .paths import REPOSITORY
from .voice_activity_features import FEATURES, MELS, features

#: Columns of `heard`.
CUES = ("microphone", "voice", "loud", "pitch", "pause", "rise", "laughter", "turn")
_FPS = 50
_OCTAVES = 2.3
#: A voice so far below its own level is quiet, decibels; and so quiet, full scale being about −10, is none.
_QUIET_DB, _SILENCE_DB = 22.0, -62.0
#: Followers of the voice's own level (decibels) and pitch (octaves), per frame.
_LEVEL_RATE, _PITCH_STEP = 0.004, 0.006
#: The first so many frames of a voice are followed faster.
_FIRST_FRAMES = 50
_VOICED = 0.55
#: A pitch so far below the voice's own is that of every other period.
_SUBHARMONIC_OCTAVES = 0.55
#: Quiet for so long is a pause, if so much was said before; or the end of a turn.
_PAUSE_FRAMES, _SAID_FRAMES = 8, 30
_TURN_FRAMES, _TURN_SAID_FRAMES = 35, 50
#: A voiced stretch that ends has risen if its last so many frames did, by so much.
_RISE_FRAMES, _RISE_OCTAVES, _UNVOICED_FRAMES = 12, 0.17, 3
#: No voice jumps so far from frame to frame: the pitch was mistaken there.
_OCTAVE_ERROR = 0.4
#: Rises follow each other no faster.
_RISE_GAP_FRAMES = 50
#: Nobody answers at once: cues are told so many frames after they are known.
_PAUSE_DELAY_FRAMES, _RISE_DELAY_FRAMES = 5, 7
#: A cue fades in so many frames.
CUE_FRAMES, TURN_CUE_FRAMES = 60, 200
#: Laughter: bursts of one sound that follow each other at 3.5-7 Hz, deep valleys between.
_BURST_GAP, _BURST_VALLEY_DB, _BURST_LIKENESS = (7, 15), 10.0, 0.85
_BURSTS_OF_LAUGHTER = 3
#: Arousal comes in 0.25 s and fades in silence in a second, per frame.
_AROUSAL_RATE, _AROUSAL_FADE = 0.08, 0.02


def odds(described: np.ndarray) -> np.ndarray:
    """Log odds of voice of each frame [frames], of `voice_activity_features.features` [frames, 26]: the network that
    the server runs, without what takes off echo."""
    import torch

    hidden = 40
    flat = np.fromfile(REPOSITORY / "src" / "audio" / "voice-activity" / "weights.bin", "<f4")
    gru, out = torch.nn.GRU(FEATURES, hidden, batch_first=True), torch.nn.Linear(hidden, 1)
    at = 0
    with torch.no_grad():
        parts = (gru.weight_ih_l0, gru.weight_hh_l0, gru.bias_ih_l0, gru.bias_hh_l0, out.weight, out.bias)
        for part in parts:
            part.copy_(torch.from_numpy(flat[at : at + part.numel()].reshape(part.shape)))
            at += part.numel()
        return out(gru(torch.from_numpy(described)[None])[0])[0, :, 0].numpy()


def _within(value: float, limit: float) -> float:
    return max(-limit, min(limit, value))


def _fading(frames: int, length: int) -> float:
    return 0.0 if frames < 0 else max(0.0, 1 - frames / length)


@dataclass
class Prosody:
    """A voice against itself: `loud` in decibels above its own level, `high` in octaves above its own pitch."""

    level: float = -30.0
    pitch: float = 1.0
    heard: int = 0
    loud: float = 0.0
    high: float = 0.0
    sounding: bool = False
    voiced: bool = False

    def hear(self, db: float, periodicity: float, octaves: float, voice: bool) -> None:
        """One frame; `voice`: whether it may be a voice at all."""
        known = self.heard >= _FIRST_FRAMES
        self.sounding = voice and db > (self.level - _QUIET_DB if self.heard else _SILENCE_DB)
        self.voiced = self.sounding and periodicity > _VOICED
        if self.sounding:
            rate = _LEVEL_RATE if known else 1 / (self.heard + 1)
            self.level += rate * (db - self.level)
            self.heard += 1
            self.loud = db - self.level
        if self.voiced:
            step = _PITCH_STEP if known else 0.05
            if known and octaves < self.pitch - _SUBHARMONIC_OCTAVES:
                octaves += 1
            self.pitch += _within(octaves - self.pitch, step)
            self.high = octaves - self.pitch


@dataclass
class SpeechCues:
    """The cues of one voice."""

    prosody: Prosody = field(default_factory=Prosody)
    said: int = 0
    turn_said: int = 0
    quiet: int = 1000
    since: dict = field(default_factory=lambda: {"pause": 10**6, "rise": 10**6, "turn": 10**6})
    voice: float = 0.0
    loud: float = 0.0
    pitch: float = 0.0
    laughter: float = 0.0
    contour: list = field(default_factory=list)
    unvoiced: int = 0
    bursts: int = 0
    since_burst: int = 1000
    peak_db: float = -200.0
    valley_db: float = -200.0
    peak_bands: np.ndarray = field(default_factory=lambda: np.zeros(MELS))
    burst_bands: np.ndarray = field(default_factory=lambda: np.zeros(MELS))

    def hear(self, db: float, bands: np.ndarray, periodicity: float, octaves: float, voice: bool) -> None:
        """One frame of 20 ms: its level, log power in each band, pitch; `voice`: whether the detector hears one."""
        prosody = self.prosody
        prosody.hear(db, periodicity, octaves, voice)
        for name in self.since:
            self.since[name] += 1
        self._pauses()
        self._rises()
        self._laughs(db, bands)
        self.voice += 0.15 * (prosody.sounding - self.voice)
        self.loud += 0.3 * (_within(prosody.loud / 10, 1) * prosody.sounding - self.loud)
        self.pitch += 0.3 * (_within(2 * prosody.high, 1) * prosody.voiced - self.pitch)

    def _pauses(self) -> None:
        if self.prosody.sounding:
            self.said, self.turn_said, self.quiet = self.said + 1, self.turn_said + 1, 0
            if self.turn_said > 10:
                self.since["turn"] = 10**6
            return
        self.quiet += 1
        if self.quiet == _PAUSE_FRAMES and self.said >= _SAID_FRAMES:
            self.since["pause"], self.said = -_PAUSE_DELAY_FRAMES, 0
        if self.quiet == _TURN_FRAMES:
            if self.turn_said >= _TURN_SAID_FRAMES:
                self.since["turn"] = 0
            self.turn_said = 0

    def _rises(self) -> None:
        if self.prosody.voiced:
            self.unvoiced = 0
            self.contour = [*self.contour, self.prosody.high][-_RISE_FRAMES:]
            return
        self.unvoiced += 1
        if self.unvoiced != _UNVOICED_FRAMES:
            return
        contour, self.contour = self.contour, []
        if len(contour) < _RISE_FRAMES // 2 or self.since["rise"] < _RISE_GAP_FRAMES:
            return
        third = len(contour) // 3
        rise = sum(contour[-third:]) - sum(contour[:third])
        steady = all(abs(b - a) < _OCTAVE_ERROR for a, b in pairwise(contour))
        if steady and rise > third * _RISE_OCTAVES:
            self.since["rise"] = -_RISE_DELAY_FRAMES

    def _laughs(self, db: float, bands: np.ndarray) -> None:
        """A burst is over once the level has fallen far below its peak; the next one has to rise as far."""
        self.since_burst += 1
        if db > self.peak_db:
            self.peak_db, self.peak_bands = db, bands
        self.valley_db = min(self.valley_db, db)
        if self.peak_db - db > _BURST_VALLEY_DB and self.peak_db - self.valley_db > _BURST_VALLEY_DB:
            if self.peak_db > self.prosody.level - 12 and self.peak_db > _SILENCE_DB + 15:
                a, b = self.peak_bands - self.peak_bands.mean(), self.burst_bands - self.burst_bands.mean()
                alike = a @ b / (np.sqrt((a @ a) * (b @ b)) + 1e-9) > _BURST_LIKENESS
                regular = _BURST_GAP[0] <= self.since_burst <= _BURST_GAP[1]
                self.bursts = self.bursts + 1 if alike and regular else 0
                self.since_burst, self.burst_bands = 0, self.peak_bands
            self.peak_db = self.valley_db = db
        if self.since_burst > _BURST_GAP[1]:
            self.bursts = 0
        target = float(self.bursts >= _BURSTS_OF_LAUGHTER)
        self.laughter += (0.15 if target > self.laughter else 0.015) * (target - self.laughter)

    def row(self) -> list[float]:
        """As `CUES`."""
        pause, rise = (_fading(self.since[name], CUE_FRAMES) for name in ("pause", "rise"))
        turn = _fading(self.since["turn"], TURN_CUE_FRAMES)
        return [1.0, self.voice, self.loud, self.pitch, pause, rise, self.laughter, turn]


@dataclass
class Arousal:
    """How excited a voice is against itself, −1 … 1: louder and higher than it mostly is. It shows within a third of
    a second, and fades in silence and as the voice goes on so."""

    prosody: Prosody = field(default_factory=Prosody)
    value: float = 0.0

    def hear(self, db: float, periodicity: float, octaves: float) -> None:
        """One frame of 20 ms."""
        prosody = self.prosody
        prosody.hear(db, periodicity, octaves, True)
        if not prosody.sounding:
            self.value *= 1 - _AROUSAL_FADE
            return
        target = _within(prosody.loud / 14 + (1.2 * prosody.high if prosody.voiced else 0), 1)
        self.value += _AROUSAL_RATE * (target - self.value)


def arousal(pcm: np.ndarray) -> np.ndarray:
    """float32 [motion frames] of a clean voice, mono at 16 kHz."""
    excited, values = Arousal(), []
    for db, _, periodicity, octaves in _frames(features(pcm)):
        excited.hear(db, periodicity, octaves)
        values.append(excited.value)
    return np.array(values, np.float32)[1::2]


def heard(pcm: np.ndarray) -> np.ndarray:
    """float32 [motion frames, 8] of a microphone's sound, mono at 16 kHz."""
    described = features(pcm)
    cues, rows = SpeechCues(), []
    for frame, voice in zip(_frames(described), (odds(described) > 0).tolist(), strict=True):
        cues.hear(*frame, voice)
        rows.append(cues.row())
    return np.array(rows, np.float32)[1::2]


def _frames(described: np.ndarray) -> Iterator[tuple[float, np.ndarray, float, float]]:
    """Level, log power in each band, periodicity and pitch of each frame of `features`."""
    db = 10 * np.log10((10 ** (2 * described[:, :MELS].astype(np.float64) - 6)).sum(1) + 1e-10)
    octaves = _OCTAVES * described[:, MELS + 1].astype(np.float64)
    return zip(db.tolist(), described[:, :MELS], described[:, MELS].tolist(), octaves.tolist(), strict=True)
