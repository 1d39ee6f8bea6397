"""Whispering and shouting made of any speech, with every sound where it was, so that its labels stay true.

Both work on short-time spectra and their linear-prediction envelope (order 20): a whisper excites the
envelope with noise, a shout raises the first formant and flattens the spectrum as raised effort does
(Lienard & Di Benedetto, "Effect of vocal effort on spectral properties of vowels", 1999; Jovicic, "Formant
feature differences between whispered and voiced sustained vowels", 1998).
"""

from __future__ import annotations

import numpy as np

_SIZE, _HOP, _ORDER = 512, 160, 20
_HZ = np.fft.rfftfreq(_SIZE, 1 / 16000)
_OCTAVES = np.log2(np.maximum(_HZ, 60) / 1000)
_WINDOW = np.hanning(_SIZE + 1)[:-1]


def _frames(pcm: np.ndarray) -> np.ndarray:
    """Short-time spectra [frames, bins]."""
    padded = np.pad(pcm, _SIZE)
    return np.fft.rfft(np.lib.stride_tricks.sliding_window_view(padded, _SIZE)[::_HOP] * _WINDOW)


def _sound(spectra: np.ndarray, samples: int) -> np.ndarray:
    """The inverse of `_frames`: windowed overlap-add."""
    pieces = np.fft.irfft(spectra) * _WINDOW
    out = np.zeros((len(pieces) - 1) * _HOP + _SIZE)
    norm = np.zeros_like(out)
    for start in range(0, _SIZE, _HOP):  # one pass for each offset inside a frame, all frames at once
        stop = min(start + _HOP, _SIZE)
        lag = start // _HOP
        width = stop - start
        view = out[lag * _HOP : lag * _HOP + len(pieces) * _HOP]
        rows = np.pad(pieces[:, start:stop], ((0, 0), (0, _HOP - width))).ravel()
        view += rows[: len(view)]
        weight = np.tile(np.pad(_WINDOW[start:stop] ** 2, (0, _HOP - width)), len(pieces))
        norm[lag * _HOP : lag * _HOP + len(pieces) * _HOP] += weight[: len(view)]
    return (out / np.maximum(norm, 0.1))[_SIZE : _SIZE + samples].astype(np.float32)


def _envelopes(spectra: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Envelope of each frame [frames, bins] and how voiced it is [frames, 1], 0..1."""
    power = np.abs(spectra) ** 2
    correlation = np.fft.irfft(power)
    r = correlation[:, : _ORDER + 1].copy()
    r[:, 0] = r[:, 0] * 1.0003 + 1e-7
    a = np.zeros((len(r), _ORDER + 1))
    a[:, 0] = 1
    error = r[:, 0].copy()
    for k in range(1, _ORDER + 1):  # Levinson-Durbin, all frames at once
        reflection = -(a[:, :k] * r[:, k:0:-1]).sum(1) / error
        a[:, 1 : k + 1] += reflection[:, None] * a[:, k - 1 :: -1][:, :k]
        error *= np.maximum(1 - reflection**2, 1e-6)
    response = np.abs(np.fft.rfft(a, _SIZE))
    envelope = np.sqrt(np.maximum(error, 1e-9))[:, None] / np.maximum(response, 1e-5)
    periodic = correlation[:, 40:200].max(1) / (correlation[:, 0] + 1e-7)
    return envelope, np.clip((periodic - 0.25) / 0.3, 0, 1)[:, None]


def whisper(rng: np.random.Generator, pcm: np.ndarray) -> np.ndarray:
    """The same words whispered: noise through the voice's envelopes; voiced sounds lose their bass and come
    closer to the fricatives in level."""
    spectra = _frames(pcm)
    envelope, voiced = _envelopes(spectra)
    noise = _frames(rng.standard_normal(len(pcm)))[: len(spectra)] / np.sqrt((_WINDOW**2).sum())
    tilt = rng.uniform(3, 7) * np.clip(_OCTAVES, -4, 1.6) - rng.uniform(6, 14)
    shift = 10 ** (voiced * tilt / 20)
    return _sound(noise * _raise_first_formant(envelope, rng.uniform(0.02, 0.15)) * shift, len(pcm))


def shout(rng: np.random.Generator, pcm: np.ndarray, effort: float | None = None) -> np.ndarray:
    """The same words with raised effort, 0 (normal) … 1 (shouted, drawn if not given): first formant up,
    spectrum flatter, level pressed together."""
    effort = rng.uniform(0.3, 1) if effort is None else effort
    spectra = _frames(pcm)
    envelope, voiced = _envelopes(spectra)
    raised = _raise_first_formant(envelope, 0.25 * effort)
    gain_db = voiced * effort * rng.uniform(5, 9) * np.clip(_OCTAVES, -2.5, 1.8)
    spectra = spectra * np.clip(raised / envelope, 0.2, 5) * 10 ** (gain_db / 20)
    out = _sound(spectra, len(pcm))
    peak = np.percentile(np.abs(out), 99.5) + 1e-6
    drive = 1 + 2.5 * effort * rng.random()
    return (np.tanh(out / peak * drive) * peak).astype(np.float32)


def _raise_first_formant(envelope: np.ndarray, share: float) -> np.ndarray:
    """Moves what lies below 1 kHz up by `share`, what lies above 2.5 kHz not at all."""
    ratio = 1 + share * np.clip((2500 - _HZ) / 1500, 0, 1)
    source = np.clip(_HZ / ratio / _HZ[1], 0, len(_HZ) - 1.001)
    low = source.astype(int)
    part = source - low
    return envelope[:, low] * (1 - part) + envelope[:, low + 1] * part
