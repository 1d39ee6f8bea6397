"""What the detector of talking hears: as `src/audio/voice-activity/spectrum.ts`, every 20 ms."""

from __future__ import annotations

import numpy as np

RATE = 16000
HOP = 320
WINDOW = 512
MELS = 24
LOW_HZ, HIGH_HZ = 80.0, 7200.0
#: Lags of human pitch, 400 to 80 Hz.
MIN_LAG, MAX_LAG = 40, 200
#: Pitch is looked for between these.
PITCH_BINS = (3, 128)
FEATURES = MELS + 2

_HANN = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)
_SCALE = 1 / (WINDOW * (_HANN**2).sum())


def mel_bank() -> np.ndarray:
    """Triangles on the mel scale (O'Shaughnessy), peak 1: [24, 257]."""
    low, high = (2595 * np.log10(1 + hz / 700) for hz in (LOW_HZ, HIGH_HZ))
    edges = 700 * (10 ** (np.linspace(low, high, MELS + 2) / 2595) - 1)
    hz = np.arange(WINDOW // 2 + 1) * RATE / WINDOW
    rise = (hz - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    fall = (edges[2:, None] - hz) / (edges[2:] - edges[1:-1])[:, None]
    return np.maximum(0, np.minimum(rise, fall))


def _window_correlation() -> np.ndarray:
    spectrum = np.abs(np.fft.rfft(_HANN, 2 * WINDOW)) ** 2
    correlation = np.fft.irfft(spectrum)[:WINDOW]
    return correlation / correlation[0]


_BANK = mel_bank()
_LAGS = np.arange(MIN_LAG, MAX_LAG + 1)
_LAG_GAIN = 1 / _window_correlation()[_LAGS]


def features(pcm: np.ndarray) -> np.ndarray:
    """float32 [frames, 26] of mono at 16 kHz; frame t ends with sample 320·(t + 1)."""
    frames = len(pcm) // HOP
    padded = np.concatenate([np.zeros(WINDOW - HOP), pcm[: frames * HOP]])
    cut = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP]
    power = np.abs(np.fft.rfft(cut * _HANN, axis=1)) ** 2 * _SCALE
    mels = (np.log10(power @ _BANK.T + 1e-10) + 6) / 2
    pitched = np.zeros_like(power)
    pitched[:, PITCH_BINS[0] : PITCH_BINS[1]] = power[:, PITCH_BINS[0] : PITCH_BINS[1]]
    # Of the windowed frame, circular: lags up to 200 of 512 wrap into the window's quiet ends.
    correlation = np.fft.irfft(pitched, axis=1) * WINDOW / 2
    energy = correlation[:, :1] + 1e-10
    normalised = correlation[:, _LAGS] / energy * _LAG_GAIN
    best = normalised.argmax(1)
    periodicity = np.clip(normalised.max(1), 0, 1.5)
    pitch = np.log2(MAX_LAG / _LAGS[best]) / 2.3
    return np.concatenate([mels, periodicity[:, None], pitch[:, None]], 1).astype(np.float32)
