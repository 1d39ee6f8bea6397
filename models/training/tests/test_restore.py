"""Training goes on from a pack alone: what is restored of it is what it was exported from."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from vultus_training import restore
from vultus_training.calibration import Calibration
from vultus_training.channels import MOUTH, SIZE
from vultus_training.denoiser import Denoiser
from vultus_training.encoder import AudioEncoder
from vultus_training.export import export_audio, export_motion
from vultus_training.graphs import READ


def test_a_pack_gives_back_what_it_was_made_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(3)
    encoder, student = AudioEncoder().eval(), Denoiser().eval()
    for parameter in (*encoder.parameters(), *student.parameters()):
        parameter.data.add_(torch.randn_like(parameter) * 0.05)  # none is another's twin, as after training
    for k, name in enumerate(("mean", "std", "range")):
        getattr(student, name).copy_(0.1 + 0.1 * k + 0.1 * torch.rand(SIZE))
    measured = Calibration(
        blinks=np.stack([np.linspace(0, 3, 8), np.linspace(-1, 4, 8) ** 2], 1),
        head=1 + np.arange(9).reshape(3, 3) / 10,
        reach=np.linspace(0.01, 0.5, SIZE),
        gaze=np.arange(9).reshape(3, 3) / 100,
    )
    export_audio(encoder, tmp_path / "audio.onnx")
    export_motion(student, encoder, tmp_path / "motion.onnx", measured)
    motion = {name: getattr(student, name).tolist() for name in ("mean", "std")}
    motion |= {"min": [0.0] * SIZE, "max": [1.0] * SIZE}
    motion["gazePitch"] = [measured.gaze[k].tolist() for k in (0, 1, 1, 1, 2)]
    (tmp_path / "pack.json").write_text(json.dumps({"motion": motion}))

    monkeypatch.setattr(restore, "WORK", tmp_path / "work")
    restore.main(["--pack", str(tmp_path)])

    work = tmp_path / "work"
    got = torch.load(work / "encoder.pt")
    rows = [MOUTH.index(channel) for channel in READ]
    for name, value in encoder.state_dict().items():
        head = name.split(".")[0]
        if head == "mouth":
            assert torch.allclose(got[name][rows], value[rows], atol=1e-6), name
        elif head not in ("take_jaw", "emotion"):
            assert torch.allclose(got[name], value, atol=1e-6), name
    got = torch.load(work / "student.pt")
    for name, value in student.state_dict().items():
        assert torch.allclose(got[name], value, atol=1e-6), name
    again = Calibration(**np.load(work / "calibration.npz"))
    for name, value in vars(measured).items():
        assert np.allclose(getattr(again, name), value, atol=1e-5), name


def test_heads_that_a_pack_lacks_are_fitted_to_the_corpus(tmp_path: Path) -> None:
    torch.manual_seed(0)
    rng = np.random.default_rng(0)
    encoder, frames = AudioEncoder().eval(), 600
    pcm = (rng.standard_normal(frames * 640) * 3000 * np.repeat(rng.random(frames), 640)).astype(np.int16)
    with torch.no_grad():
        heard = encoder(torch.from_numpy(pcm.astype(np.float32) / 32768)[None])[0].numpy()
    mouth = heard @ rng.normal(0, 0.1, (heard.shape[1], len(MOUTH)))
    for part in ("real", "takes"):
        (tmp_path / part).mkdir()
        for name, value in (("pcm", pcm), ("mouth", mouth), ("clips", np.array([[0, frames]]))):
            np.save(tmp_path / part / f"{name}.npy", value)
    kept = encoder.mouth.weight[MOUTH.index(READ[0])].clone()
    restore.fit_heads(encoder, tmp_path)
    with torch.no_grad():
        told = encoder.mouth(torch.from_numpy(heard)) * restore.MOUTH_SCALE
        jaw = encoder.take_jaw(torch.from_numpy(heard))[:, 0] * restore.JAW_SCALE
    rest = [row for row, channel in enumerate(MOUTH) if channel not in READ]
    assert np.corrcoef(told.numpy()[:, rest].ravel(), mouth[:, rest].ravel())[0, 1] > 0.95
    assert np.corrcoef(jaw.numpy(), mouth[:, MOUTH.index(restore.CH["jawOpen"])])[0, 1] > 0.95
    assert torch.equal(encoder.mouth.weight[MOUTH.index(READ[0])], kept)
