"""What the exported graph does around the student."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from vultus_training.articulation import GAP, TEETH_JAW, TEETH_ROLL, gap
from vultus_training.calibration import HEATED, Calibration
from vultus_training.channels import CH, CONTROL_SIZE, SIZE, pair
from vultus_training.denoiser import CACHE, FREE, MEMORY, Denoiser
from vultus_training.encoder import FEATURES, AudioEncoder
from vultus_training.graphs import (
    CONTACT_ROLL,
    HISS_JAW,
    JAW_FROM,
    JAW_FULL,
    LID_RISE,
    LIDS_DOWN,
    LIPS_JAW,
    LIPS_ROLL,
    MotionGraph,
)
from vultus_training.phones import CLASSES, INDEX
from vultus_training.rollouts import STUDENT_TIMES, TEACHER_TIMES

BLOCK = 4


def graph_of(
    voice_bias: float, calibration: Calibration | None = None, times: tuple[float, ...] = STUDENT_TIMES
) -> MotionGraph:
    """A denoiser with random weights, and a voice that is always or never heard."""
    torch.manual_seed(1)
    denoiser = Denoiser()
    for parameter in (denoiser.clean.weight, denoiser.voice.weight):
        torch.nn.init.normal_(parameter, std=0.5)
    denoiser.std.fill_(0.1)
    encoder = AudioEncoder()
    torch.nn.init.zeros_(encoder.voice.weight)
    torch.nn.init.constant_(encoder.voice.bias, voice_bias)
    return MotionGraph(denoiser, encoder, calibration or Calibration(), times).eval()


def given(block: int = BLOCK, rate: float = 1.0) -> tuple[torch.Tensor, ...]:
    """shown, audio, memory, controls as `MotionGraph.forward` takes them, of two voices."""
    torch.manual_seed(1)
    shown = torch.rand(2, 4, SIZE) * 0.2
    audio = torch.randn(2, 4 + block, FEATURES)
    controls = torch.zeros(2, CONTROL_SIZE)
    controls[:, 12], controls[:, 13], controls[:, 14] = 1, rate, 1
    return shown, audio, torch.randn(2, CACHE, MEMORY), controls


@torch.no_grad()
def frames(graph: MotionGraph, noisy: torch.Tensor | None = None, time=STUDENT_TIMES[-1], rate=1.0):
    """(last shown frame, block) at one step of the sampler."""
    shown, audio, memory, controls = given(rate=rate)
    noisy = torch.randn(2, BLOCK, SIZE) if noisy is None else noisy
    return shown[:, -1], graph.step(noisy, time, graph.due(shown, audio, memory, controls))


def test_lips_are_shut_where_no_voice_is_heard() -> None:
    assert frames(graph_of(-20))[1][:, :, FREE].abs().max() < 1e-5
    assert frames(graph_of(20))[1][:, :, FREE].abs().amax((0, 1)).min() > 1e-3


def test_the_step_into_a_block_is_no_larger_than_its_reach() -> None:
    far, _ = frames(graph_of(20))
    reach = np.full(SIZE, 0.01)
    last, block = frames(graph_of(20, Calibration(reach=reach)))
    assert torch.equal(far, last)
    steps = (block[:, 0] - last).abs()
    assert steps.max() <= 0.01 + 1e-6
    assert (steps > 0.0099).any(), "random weights step further than that"


def test_lids_do_not_begin_to_close_where_no_blink_is_asked_for() -> None:
    closing = torch.full((2, BLOCK, SIZE), 10.0)
    lids = pair("eyeBlink")
    for rate, limit in ((0.0, LID_RISE), (1.0, 0.5)):
        graph = graph_of(20, Calibration(reach=np.full(SIZE, 0.5)))
        torch.nn.init.zeros_(graph.denoiser.clean.weight)
        last, block = frames(graph, closing, rate=rate)
        risen = (block[:, 0] - last)[:, lids]
        assert torch.allclose(risen, torch.full_like(risen, limit), atol=1e-4)


def test_the_noise_of_the_lids_is_held_down_where_no_blink_is_asked_for() -> None:
    noisy = torch.zeros(2, BLOCK, SIZE)
    lower = noisy.clone()
    lower[:, :, pair("eyeBlink")] = -LIDS_DOWN
    held, free = graph_of(20), graph_of(20)
    free.lids.zero_()
    held.joined = free.joined = lambda clean, *_: clean  # type: ignore[method-assign]
    assert not torch.allclose(frames(free, noisy, 1.0)[1], frames(free, lower, 1.0)[1], atol=1e-3)
    for rate, time, expected in ((0.0, 1.0, lower), (0.0, 0.5, noisy), (1.0, 1.0, noisy)):
        got, want = frames(held, noisy, time, rate)[1], frames(free, expected, time, rate)[1]
        assert torch.allclose(got, want, atol=1e-4)


def test_jaw_and_lips_go_half_way_to_what_the_encoder_reads() -> None:
    graph, alone = graph_of(20), graph_of(20)
    graph.reading.zero_()
    graph.reading_bias.fill_(1.0)
    alone.agreed = lambda clean, *_: clean  # type: ignore[method-assign]
    graph.narrowed = alone.narrowed = lambda clean, *_: clean  # type: ignore[method-assign]
    graph.parted = alone.parted = lambda clean, *_: clean  # type: ignore[method-assign]
    graph.given_back = alone.given_back = lambda clean: clean  # type: ignore[method-assign]
    mixed, own = frames(graph)[1], frames(alone)[1]
    shut = own[:, :, CH["mouthRollLower"]] >= CONTACT_ROLL
    free = own[:, :, CH["mouthRollLower"]] <= 0
    assert shut.any() and free.any()
    jaw = own[:, :, CH["jawOpen"]]
    assert torch.allclose(mixed[:, :, CH["jawOpen"]][free], (0.5 * jaw + 0.5)[free], atol=1e-4)
    assert torch.allclose(mixed[:, :, CH["jawOpen"]][shut], jaw[shut], atol=1e-4)


def test_each_block_size_has_its_own_temperature_of_the_head() -> None:
    heat = np.array([[4.0] * 3, [3.0] * 3, [1.5] * 3])
    noisy = torch.zeros(2, 5, SIZE)
    noisy[:, :, CH["headYaw"]] = 1
    told = []
    graph = graph_of(20, Calibration(head=heat))
    graph.denoiser.predict = lambda noisy, *_: told.append(noisy) or noisy  # type: ignore[method-assign]
    for block, expected in ((1, 4.0), (2, 3.0), (3, 2.5), (5, 1.5)):
        with torch.no_grad():
            graph.step(noisy[:, :block], 1.0, graph.due(*given(block)))
        assert torch.allclose(told[-1][:, :, CH["headYaw"]], torch.tensor(expected))


@pytest.mark.parametrize("times", [STUDENT_TIMES, TEACHER_TIMES])
def test_a_hot_head_is_the_head_of_louder_noise_in_few_steps_and_in_many(times: tuple[float, ...]) -> None:
    torch.manual_seed(1)
    noise = torch.randn(2, 2, SIZE)
    inputs = given(2)

    @torch.no_grad()
    def shown(graph: MotionGraph, noise: torch.Tensor) -> torch.Tensor:
        return graph(noise, *inputs)[0]

    plain = graph_of(20, times=times)
    hot = graph_of(20, Calibration(head=np.full((3, 3), 2.0)), times)
    louder = noise * (1 + torch.from_numpy(HEATED))
    assert torch.allclose(shown(hot, noise), shown(plain, louder), atol=1e-4)
    assert not torch.allclose(shown(hot, noise), shown(plain, noise), atol=0.01)


def surely(heard: str) -> tuple[torch.Tensor, torch.Tensor]:
    """What `narrowed` and `parted` are told where every frame of a block sounds so."""
    sure = torch.zeros(1, BLOCK, CLASSES)
    sure[:, :, INDEX[heard]] = 1
    return sure, sure[:, :, INDEX["P"]]


def test_lips_and_jaw_are_where_the_consonant_is_that_is_heard() -> None:
    graph = graph_of(20)
    lower = pair("mouthLowerDown")[0]
    shown = torch.zeros(1, BLOCK, SIZE)
    shown[:, :, [CH["jawOpen"], lower]] = 0.3
    for heard, jaw, roll, down in (
        ("P", LIPS_JAW, LIPS_ROLL[0], 0.0),
        ("F", TEETH_JAW, TEETH_ROLL, 0.0),
        ("S", HISS_JAW, 0.0, 0.3),
        ("SH", HISS_JAW, 0.0, 0.3),
        ("AA", 0.3, 0.0, 0.3),
    ):
        got = graph.narrowed(shown, *surely(heard))
        channels = [CH["jawOpen"], CH["mouthRollLower"], lower]
        assert torch.allclose(got[:, :, channels], torch.tensor([jaw, roll, down]), atol=1e-4), heard
        assert (gap(got[0].detach().numpy()).max() < 1e-4) == (heard == "P"), heard


@torch.no_grad()
def test_lips_meet_in_frames_that_hear_their_consonant_in_both_halves() -> None:
    graph = graph_of(20)
    torch.nn.init.zeros_(graph.phones.weight)
    torch.nn.init.zeros_(graph.phones.bias)
    for hop in range(4):
        graph.phones.weight[hop * CLASSES + INDEX["P"], hop] = 30
    audio = torch.zeros(1, BLOCK, FEATURES)
    for frame, hops in enumerate(([0, 1, 2, 3], [], [2, 3], [1, 2])):
        audio[:, frame, hops] = 1
    sure, lips = graph.phones_in(audio)
    missing = 1 / CLASSES
    mean = [(hops + (4 - hops) * missing) / 4 for hops in (4, 0, 2, 2)]
    assert torch.allclose(sure[0, :, INDEX["P"]], torch.tensor(mean), atol=1e-4)
    assert lips[0].tolist() == [1, 0, 0, 1]


def test_lips_are_not_closed_in_a_vowel_but_stay_so_in_silence() -> None:
    graph = graph_of(20)
    shown = torch.zeros(1, BLOCK, SIZE)
    contact = [CH["mouthClose"], CH["mouthRollLower"], CH["mouthRollUpper"]]
    shown[:, :, contact], shown[:, :, CH["jawOpen"]] = 0.1, 0.05
    for heard, stays in (("AA", 0), ("P", 1), ("F", 1), ("SIL", 1)):
        got = graph.parted(shown, *surely(heard))
        assert torch.allclose(got[:, :, contact], torch.tensor(0.1 * stays), atol=1e-5), heard
        assert torch.allclose(got[:, :, CH["jawOpen"]], torch.tensor(0.05), atol=1e-5), heard


def test_the_jaw_gives_back_what_a_raised_chin_takes_of_an_opening() -> None:
    graph = graph_of(20)
    chin = 0.1
    for jaw, roll, share in (
        (JAW_FULL, 0, 1),
        ((JAW_FROM + JAW_FULL) / 2, 0, 0.5),
        (JAW_FROM, 0, 0),
        (JAW_FULL, CONTACT_ROLL, 1),
        (JAW_FULL, 2 * CONTACT_ROLL, 0),
    ):
        shown = torch.zeros(1, BLOCK, SIZE)
        shown[:, :, CH["jawOpen"]], shown[:, :, CH["mouthRollLower"]] = jaw, roll
        shown[:, :, CH["mouthShrugLower"]] = chin
        wider = graph.given_back(shown) - shown
        given = -GAP["mouthShrugLower"] / GAP["jawOpen"] * chin * share
        assert torch.allclose(wider[:, :, CH["jawOpen"]], torch.tensor(given), atol=1e-5)
        wider[:, :, CH["jawOpen"]] = 0
        assert wider.abs().max() < 1e-5
    shown[:, :, CH["mouthShrugLower"]], shown[:, :, CH["mouthRollLower"]] = 0, 0
    shown[:, :, pair("noseSneer")] = 0.5
    assert torch.allclose(graph.given_back(shown), shown, atol=1e-5), (
        "what parts the lips takes nothing"
    )


@torch.no_grad()
def test_what_is_remembered_of_shown_frames_stands_for_them() -> None:
    graph = graph_of(20)
    torch.manual_seed(2)
    noise, controls = torch.randn(2, BLOCK, SIZE), given()[3]
    shown = torch.rand(2, CACHE + 6, SIZE) * 0.2
    audio = torch.randn(2, CACHE + 6 + BLOCK, FEATURES)
    anew, kept = graph(noise, shown, audio, torch.zeros(2, CACHE, MEMORY), controls)
    assert kept.shape == (2, CACHE + 5, MEMORY)
    for fresh in (1, 2, 5):
        memory = kept[:, -CACHE - fresh : -fresh]
        recalled, again = graph(noise, shown[:, -fresh - 1 :], audio[:, -fresh - 1 - BLOCK :], memory, controls)
        assert torch.allclose(recalled, anew, atol=1e-5)
        assert torch.allclose(again, kept[:, -fresh:], atol=1e-5)
    forgotten, _ = graph(noise, shown[:, -2:], audio[:, -2 - BLOCK :], memory * 0, controls)
    assert not torch.allclose(forgotten, anew, atol=1e-3)
