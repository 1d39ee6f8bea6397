from __future__ import annotations

import array
from typing import Any

import pytest

from vultus import G711, Pcm, VultusError
from vultus.formats import bytes_of


@pytest.mark.parametrize("rate", [0, -1, 7999, 48_001, 96_000, 24_000.0, "24000", None])
def test_says_which_rates_there_are(rate: Any) -> None:
    with pytest.raises(VultusError, match="8000 to 48000") as refused:
        Pcm(rate)
    assert refused.value.code == "invalid_audio"


def test_takes_what_has_rates_at_the_ends() -> None:
    assert [Pcm(rate).sample_rate_hz for rate in (8000, 48_000)] == [8000, 48_000]


@pytest.mark.parametrize("law", ["ulaw", "mulaw", "", None])
def test_says_which_laws_there_are(law: Any) -> None:
    with pytest.raises(VultusError, match="'pcmu' and 'pcma'") as refused:
        G711(law)
    assert refused.value.code == "invalid_audio"


@pytest.mark.parametrize("voice", [[0.1, 0.2], "voice", 3, None, array.array("f", [0.1]), array.array("d", [0.1])])
def test_says_what_is_no_voice(voice: Any) -> None:
    with pytest.raises(VultusError, match="Voice is bytes") as refused:
        bytes_of(voice)
    assert refused.value.code == "invalid_audio"


def test_takes_all_that_has_bytes() -> None:
    samples = array.array("h", [1, -1, 300])
    for voice in (samples, samples.tobytes(), bytearray(samples.tobytes()), memoryview(samples.tobytes())):
        assert bytes_of(voice) == samples.tobytes()  # type: ignore[arg-type]
    # Every second one, as a channel of two is.
    assert bytes_of(memoryview(samples)[::2]) == array.array("h", [1, 300]).tobytes()
    # A sample may be cut in two, and nothing is nothing.
    assert [bytes_of(voice) for voice in (b"abc", b"")] == [b"abc", b""]
