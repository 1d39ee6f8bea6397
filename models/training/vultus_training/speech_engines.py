"""Speech synthesis with exact phone timings: espeak-ng through its C library, flite and festival through
their programs.

All return 16 kHz float32 and `Segments`. espeak marks a stop at its burst, so the closure of a stop is moved
45 ms earlier, into the sound before it.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import subprocess
import tempfile
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import soundfile
from scipy.signal import resample_poly

from .articulation import Segments
from .phones import INDEX, arpabet_classes, ipa_classes

_STOPS = {INDEX[name] for name in ("P", "T", "K")}
_NASALS = "mnŋɲɳɴɱ"


class _EventId(ctypes.Union):
    _fields_ = [("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8)]


class _Event(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _EventId),
    ]


_CALLBACK = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)


class Espeak:
    """One espeak-ng engine (the library is a singleton). Throws OSError where the library is missing."""

    def __init__(self) -> None:
        self._lib = ctypes.CDLL("libespeak-ng.so.1")
        # 2: synchronous output to the callback; 1|2: phoneme events with IPA names.
        self._rate_hz = self._lib.espeak_Initialize(2, 0, None, 1 | 2)
        self._pcm: list[np.ndarray] = []
        self._events: list[tuple[int, str]] = []
        self._callback = _CALLBACK(self._receive)
        self._lib.espeak_SetSynthCallback(self._callback)

    def _receive(self, pcm, count: int, events) -> int:
        if count > 0:
            self._pcm.append(np.ctypeslib.as_array(pcm, (count,)).copy())
        index = 0
        while events[index].type != 0:
            if events[index].type == 7:
                symbol = bytes(events[index].id.string).decode("utf-8", "ignore")
                self._events.append((events[index].sample, symbol))
            index += 1
        return 0

    def speak(
        self, text: str, voice: str, words_per_minute: int = 175, pitch: int = 50, pitch_range: int = 50
    ) -> tuple[np.ndarray, Segments] | None:
        """Synthesises one text; None if the voice is unknown or a phone has no class."""
        self._pcm, self._events = [], []
        if self._lib.espeak_SetVoiceByName(voice.encode()) != 0:
            return None
        for parameter, value in ((1, words_per_minute), (3, pitch), (4, pitch_range)):
            self._lib.espeak_SetParameter(parameter, value, 0)
        raw = text.encode() + b"\0"
        # 1 | 0x100: UTF-8 text, phonemes in [[ ]].
        self._lib.espeak_Synth(raw, len(raw), 0, 1, 0, 1 | 0x100, None, None)
        if not self._pcm:
            return None
        pcm = np.concatenate(self._pcm).astype(np.float32) / 32768
        # "(en)" marks a change of language inside the text.
        events = [event for event in self._events if not event[1].startswith("(")]
        bounds = [sample / self._rate_hz for sample, _ in events] + [len(pcm) / self._rate_hz]
        rows: list[tuple[int, float, float]] = []
        for k, (_, symbol) in enumerate(events):
            if symbol.strip("_:' ") == "" or symbol.startswith("_"):
                classes: list[int] | None = [INDEX["SIL"]]
            else:
                classes = ipa_classes(symbol)
            if classes is None:
                continue
            _split(rows, classes, bounds[k], bounds[k + 1], symbol)
        if len(rows) < 3:
            return None
        return resample_poly(pcm, 320, 441).astype(np.float32), Segments.of(rows)


class GuardedEspeak:
    """espeak-ng in a process of its own, because some voice variants crash the library once in some thousand
    sentences: the sentence is lost then (None) and the engine starts anew."""

    def __init__(self) -> None:
        self._start()

    def _start(self) -> None:
        context = multiprocessing.get_context("fork")
        self._pipe, far = context.Pipe()
        context.Process(target=_serve_espeak, args=(far,), daemon=True).start()
        # Only the child holds its end now, so that its death is seen here.
        far.close()

    def speak(self, *request: str | int) -> tuple[np.ndarray, Segments] | None:
        """As `Espeak.speak`."""
        try:
            self._pipe.send(request)
            return self._pipe.recv()
        except (EOFError, OSError):
            self._start()
            return None


def _serve_espeak(pipe: Connection) -> None:
    engine = Espeak()
    while True:
        try:
            request = pipe.recv()
        except EOFError:
            return
        pipe.send(engine.speak(*request))


def _split(
    rows: list[tuple[int, float, float]], classes: list[int], start: float, end: float, symbol: str
) -> None:
    """Appends a phone; a diphthong is cut at 55 %, a stop takes its closure from the phone before."""
    if classes[0] in _STOPS and symbol[:1] not in _NASALS and rows:
        cls, before, _ = rows[-1]
        start = max(start - 0.045, before + 0.02)
        rows[-1] = (cls, before, start)
        end = max(start + 0.04, min(end, start + 0.10))
    elif rows and rows[-1][2] < start:
        # What follows a stop's burst (aspiration, creak) belongs to the next sound's lips.
        start = rows[-1][2]
    if len(classes) == 1:
        rows.append((classes[0], start, end))
    else:
        middle = start + 0.55 * (end - start)
        rows += [(classes[0], start, middle), (classes[1], middle, end)]


def flite(
    text: str, voice: str, stretch: float = 1.0, pitch_hz: float | None = None, phones: bool = False
) -> tuple[np.ndarray, Segments]:
    """flite 2.2 with exact phone ends; `phones`: the text is phone names, not words."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "x.wav"
        command = ["flite", "-voice", voice, "--setf", f"duration_stretch={stretch:.3f}"]
        if pitch_hz:
            command += ["--setf", f"int_f0_target_mean={pitch_hz:.1f}"]
        printed = subprocess.run(
            [*command, "-p" if phones else "-t", text, "-o", str(out), "-psdur"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        pcm, rate_hz = soundfile.read(out, dtype="float32")
    if rate_hz != 16000:
        pcm = resample_poly(pcm, 16000, rate_hz).astype(np.float32)
    return pcm, _from_ends([(name, float(end)) for name, end in (i.rsplit(":", 1) for i in printed.split())])


def festival(
    text: str,
    voice: str,
    stretch: float = 1.0,
    classes: Callable[[str], list[int]] = arpabet_classes,
    encoding: str = "utf-8",
) -> tuple[np.ndarray, Segments]:
    """festival 2.5 with exact phone ends (`utt.save.segs`). `classes` reads the voice's phone set (its own
    for each language, see `festival_voices`), `encoding` is that of its texts.

    A diphone voice takes its tempo from Duration_Stretch; an HTS voice ignores that and takes the engine's
    own rate. Throws OSError where festival is not installed, ValueError where it makes no speech (an unknown
    voice, a text without words).
    """
    with tempfile.TemporaryDirectory() as folder:
        wav, segs, script = (Path(folder) / name for name in ("x.wav", "x.seg", "x.scm"))
        quoted = text.replace("\\", " ").replace('"', " ")
        tempo = (
            f'(set! hts_engine_params (append hts_engine_params (list (list "-r" {1 / stretch:.4f}))))'
            if voice.endswith("_hts")
            else f"(Parameter.set 'Duration_Stretch {stretch:.4f})"
        )
        script.write_text(
            f'(voice_{voice})\n{tempo}\n(set! u (utt.synth (Utterance Text "{quoted}")))\n'
            f'(utt.save.wave u "{wav}" \'riff)\n(utt.save.segs u "{segs}")\n',
            encoding=encoding,
            errors="ignore",
        )
        done = subprocess.run(["festival", "-b", str(script)], capture_output=True, check=False)
        if not wav.exists() or not segs.exists():
            raise ValueError(
                f"festival made no speech: {done.stderr.decode(errors='replace').strip()[-200:]}"
            )
        pcm, rate_hz = soundfile.read(wav, dtype="float32")
        lines = segs.read_text().splitlines()
    if rate_hz != 16000:
        pcm = resample_poly(pcm, 16000, rate_hz).astype(np.float32)
    # "#" ends the header; a row is END_TIME COLOUR PHONE.
    rows = [line.split() for line in lines[lines.index("#") + 1 :]]
    return pcm, _from_ends([(name, float(end)) for end, _, name in rows], classes)


def _from_ends(
    phones: list[tuple[str, float]], classes_of: Callable[[str], list[int]] = arpabet_classes
) -> Segments:
    """Phones with their ends → classes; a diphthong is cut at 55 %."""
    rows: list[tuple[int, float, float]] = []
    last = 0.0
    for name, end in phones:
        classes = classes_of(name)
        if len(classes) == 2:
            middle = last + 0.55 * (end - last)
            rows += [(classes[0], last, middle), (classes[1], middle, end)]
        else:
            rows.append((classes[0], last, end))
        last = end
    return Segments.of(rows)
