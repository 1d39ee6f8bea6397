"""Codecs that a voice goes through on its way: telephone, Opus with lost packets, MP3. Each gives back as
many samples as it got, at the same time: the codec's own delay is taken out.

Opus is Debian's `libopus0` by ctypes, MP3 is libsndfile's.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import io
from functools import cache

import numpy as np
import soundfile
from scipy.signal import resample_poly

RATE = 16000
_VOIP, _SET_BITRATE, _GET_LOOKAHEAD, _SET_COMPLEXITY, _SET_FEC, _SET_LOSS = 2048, 4002, 4027, 4010, 4012, 4014


def _between(spectrum: np.ndarray, samples: int, low_hz: float, high_hz: float) -> np.ndarray:
    """Spectrum with soft edges (an octave down to −48 dB)."""
    hz = np.maximum(np.fft.rfftfreq(samples, 1 / RATE), 1)
    octaves = np.maximum(0, np.maximum(np.log2(low_hz / hz), np.log2(hz / high_hz)))
    return spectrum * 10 ** (-np.minimum(48 * octaves, 90) / 20)


def telephone(rng: np.random.Generator, pcm: np.ndarray) -> np.ndarray:
    """300–3400 Hz, µ-law at 8 kHz (ITU-T G.711)."""
    low, high = rng.uniform(200, 350), rng.uniform(3100, 3600)
    peak = np.abs(pcm).max() + 1e-6
    narrow = np.fft.irfft(_between(np.fft.rfft(pcm / peak), len(pcm), low, high), len(pcm))
    narrow = resample_poly(narrow, 1, 2) * rng.uniform(0.1, 0.9)
    squeezed = np.sign(narrow) * np.log1p(255 * np.minimum(np.abs(narrow), 1)) / np.log(256)
    squeezed = np.round(squeezed * 127) / 127
    expanded = np.sign(squeezed) * (np.exp(np.abs(squeezed) * np.log(256)) - 1) / 255
    return (resample_poly(expanded, 2, 1)[: len(pcm)] * peak).astype(np.float32)


@cache
def opus_library() -> ctypes.CDLL | None:
    """libopus, or None where it is not installed."""
    name = ctypes.util.find_library("opus")
    if not name:
        return None
    lib = ctypes.CDLL(name)
    for make in (lib.opus_encoder_create, lib.opus_decoder_create):
        make.restype = ctypes.c_void_p
    short, byte = ctypes.POINTER(ctypes.c_int16), ctypes.POINTER(ctypes.c_ubyte)
    lib.opus_encode.argtypes = [ctypes.c_void_p, short, ctypes.c_int, byte, ctypes.c_int32]
    lib.opus_decode.argtypes = [ctypes.c_void_p, byte, ctypes.c_int32, short, ctypes.c_int, ctypes.c_int]
    for release in (lib.opus_encoder_destroy, lib.opus_decoder_destroy):
        release.argtypes = [ctypes.c_void_p]
    return lib


def opus(
    pcm: np.ndarray, bitrate_bps: int, lost: np.ndarray | None = None, complexity: int = 0
) -> np.ndarray:
    """Through Opus in packets of 20 ms; `lost` says which packets (in order, the rest arrive) are lost and
    concealed. Throws OSError where libopus is not installed."""
    lib = opus_library()
    if lib is None:
        raise OSError("libopus is not installed (Debian: libopus0)")
    frame, error = RATE // 50, ctypes.c_int()
    encoder = ctypes.c_void_p(lib.opus_encoder_create(RATE, 1, _VOIP, ctypes.byref(error)))
    decoder = ctypes.c_void_p(lib.opus_decoder_create(RATE, 1, ctypes.byref(error)))
    try:
        for request, value in ((_SET_BITRATE, bitrate_bps), (_SET_COMPLEXITY, complexity)):
            lib.opus_encoder_ctl(encoder, ctypes.c_int(request), ctypes.c_int(value))
        ahead = ctypes.c_int()
        lib.opus_encoder_ctl(encoder, ctypes.c_int(_GET_LOOKAHEAD), ctypes.byref(ahead))
        packets = -(-(len(pcm) + ahead.value) // frame)
        source = np.zeros(packets * frame, np.int16)
        source[: len(pcm)] = np.clip(pcm * 32767, -32768, 32767)
        out = np.zeros_like(source)
        packet = (ctypes.c_ubyte * 1500)()
        short = ctypes.POINTER(ctypes.c_int16)
        for k in range(packets):
            start = 2 * k * frame
            cut = ctypes.cast(source.ctypes.data + start, short)
            size = lib.opus_encode(encoder, cut, frame, packet, 1500)
            if size < 0:
                raise OSError(f"opus_encode: error {size}")
            gone = lost is not None and k < len(lost) and bool(lost[k])
            target = ctypes.cast(out.ctypes.data + start, short)
            got = lib.opus_decode(decoder, None if gone else packet, 0 if gone else size, target, frame, 0)
            if got != frame:
                raise OSError(f"opus_decode: {got}")
    finally:
        lib.opus_encoder_destroy(encoder)
        lib.opus_decoder_destroy(decoder)
    return out[ahead.value : ahead.value + len(pcm)].astype(np.float32) / 32768


def packet_loss(rng: np.random.Generator, packets: int, share: float) -> np.ndarray:
    """Lost packets in bursts of two on average (Gilbert's model)."""
    lost = np.zeros(packets, bool)
    state = False
    for k, draw in enumerate(rng.random(packets)):
        state = draw < 0.5 if state else draw < 0.5 * share / max(1 - share, 0.1)
        lost[k] = state
    return lost


def random_opus(rng: np.random.Generator, pcm: np.ndarray) -> np.ndarray:
    """6–24 kbit/s, every third one over a network that loses up to 15 % of its packets."""
    lost = None
    if rng.random() < 0.35:
        lost = packet_loss(rng, len(pcm) * 50 // RATE + 2, rng.uniform(0.01, 0.15))
    return opus(pcm, int(rng.uniform(6000, 24000)), lost)


def mp3(rng: np.random.Generator, pcm: np.ndarray) -> np.ndarray:
    """MP3 at a low bit rate (the lower third of what 16 kHz allows)."""
    store = io.BytesIO()
    level = float(rng.uniform(0.55, 0.99))
    soundfile.write(
        store,
        pcm,
        RATE,
        format="MP3",
        subtype="MPEG_LAYER_III",
        compression_level=level,
        bitrate_mode="CONSTANT",
    )
    store.seek(0)
    out = soundfile.read(store, dtype="float32")[0]
    return np.pad(out, (0, max(0, len(pcm) - len(out))))[: len(pcm)]
