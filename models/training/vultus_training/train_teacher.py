"""Step 4: the many-step teacher.

Windows of blocks of 2–5 frames; every block has its own noise level; the past it sees is slightly noised
(so that it forgives its own errors) and may be a cold start; controls are dropped for 10 % of windows
(zeros). In a share of the batches the mouth of the past is the teacher's own, streamed block by block
("self-forcing", Huang et al. 2025): what it gets wrong there it must put right, or it would drift. Head, eyes
and lids keep the true past: where they go is chance, and no label says how to go on from another one.

Run: python -m vultus_training.train_teacher [--minutes 40] [--resume]
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import torch

from .averaging import Checkpoint, descend, moving_average, timed_steps
from .channels import CH, MOUTH, SIZE
from .coupling import couple_blinks, couple_moves
from .denoiser import CACHE, Denoiser, Plan, preconditioning
from .encoder import AudioEncoder
from .motion_windows import FRAMES, MotionData, channel_weights, contact_weights, gap_loss
from .paths import WORK
from .rollouts import rollout

#: Frames of a window that is streamed block by block.
OWN_FRAMES = 60


def memory_noise(motion: torch.Tensor) -> torch.Tensor:
    """Normalised past + noise: more on the mouth, which the voice can restore, little on head and eyes."""
    scale = torch.full((SIZE,), 0.04, device=motion.device)
    scale[MOUTH] = 0.12
    level = torch.rand(len(motion), 1, 1, device=motion.device)
    return motion + torch.randn_like(motion) * scale * level


def own_mouth(past: torch.Tensor, rolled: torch.Tensor) -> torch.Tensor:
    """The true past with the mouth of the model's own; both [b, K + T, 58] normalised."""
    out = past.clone()
    out[:, :, MOUTH] = rolled[:, :, MOUTH]
    return out


def step_loss(predicted, clean, previous, plan, weight):
    """Error of frame-to-frame steps, including the one from the last shown frame into the block."""
    first = (plan.inside == 0)[None, :, None]
    before_predicted = torch.where(first, previous, predicted.roll(1, 1))
    before_clean = torch.where(first, previous, clean.roll(1, 1))
    error = (predicted - before_predicted) - (clean - before_clean)
    return (error**2 * weight).mean()


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--minutes", type=float, default=40)
    parser.add_argument("--batch", type=int, default=12)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--own", type=float, default=0.35, help="share of batches with the mouth's own past")
    parser.add_argument("--contact", type=float, default=2.0, help="extra weight of frames with contact")
    parser.add_argument("--gap", type=float, default=0.3, help="weight of the gap between the lips")
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--warm", action="store_true", help="start from work/student.pt")
    parser.add_argument("--bf16", action="store_true")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    torch.manual_seed(0)
    data = MotionData(seed=int(time.time()))
    model = Denoiser()
    path = WORK / "teacher.pt"
    statistics = WORK / "statistics.npz"
    if options.resume and path.exists():
        model.load_state_dict(torch.load(path))
    else:
        if options.warm:
            model.load_state_dict(torch.load(WORK / "student.pt"), strict=False)
        stats = data.statistics()
        np.savez(statistics, **stats)
        model.mean.copy_(torch.tensor(stats["mean"]))
        model.std.copy_(torch.tensor(stats["std"]))
        model.range.copy_(torch.tensor(stats["range"]))
        encoder = AudioEncoder()
        encoder.load_state_dict(torch.load(WORK / "encoder.pt"))
        model.adopt_voice(encoder)
    weights = channel_weights()
    step_weight = torch.full((SIZE,), 0.1)
    step_weight[CH["headYaw"] :] = 0.5
    print(sum(p.numel() for p in model.parameters()) / 1e6, "M parameters", flush=True)
    averaged = moving_average(model, 0.998)
    optimizer = torch.optim.AdamW(model.parameters(), lr=options.rate, weight_decay=0.01, betas=(0.9, 0.98))
    checkpoint = Checkpoint(averaged, path)
    begun = time.time()
    sums = np.zeros(3)
    for step, share in timed_steps(options.minutes, optimizer, options.rate, 100):
        own = share > 0.1 and data.rng.random() < options.own
        frames = OWN_FRAMES if own else FRAMES
        windows = data.batch(options.batch, frames)
        plan = Plan(data.rng, frames)
        past = (windows.motion - model.mean) / model.std
        clean = past[:, CACHE:]
        memory = memory_noise(past)
        if own:
            with torch.autocast("cpu", torch.bfloat16, enabled=options.bf16):
                memory = own_mouth(memory, rollout(model, windows, plan, plan.hold(windows.controls)).float())
        blocks = len(plan.bounds) - 1
        t = torch.rand(options.batch, blocks)
        t = torch.where(torch.rand_like(t) < 0.2, torch.ones_like(t), t**0.7)[:, plan.block]
        noise = couple_moves(torch.randn_like(clean), past, plan)
        noise = couple_blinks(noise, windows.motion, plan.hold(windows.controls), plan)
        noisy = (1 - t[:, :, None]) * clean + t[:, :, None] * noise
        controls = plan.hold(windows.controls)
        controls = controls * (torch.rand(options.batch, 1, 1) > 0.1)
        with torch.autocast("cpu", torch.bfloat16, enabled=options.bf16):
            predicted = model.packed(noisy, t, windows.audio, memory, controls, plan)
        predicted = predicted.float()
        weight = weights * contact_weights(windows.motion[:, CACHE:], options.contact)
        weight = weight * preconditioning(t[:, :, None])[2]
        error = ((predicted - clean) ** 2 * weight).mean()
        previous = memory[:, plan.start + CACHE - 1]
        steps = step_loss(predicted, clean, previous, plan, step_weight)
        gap = gap_loss(predicted * model.std + model.mean, windows.motion[:, CACHE:], options.contact)
        loss = error + steps + options.gap * gap
        descend(loss, model, optimizer, averaged)
        sums += [error.item(), steps.item(), gap.item()]
        if step % 100 == 99:
            e, s, g = sums / 100
            print(
                f"{step + 1} error {e:.4f} steps {s:.4f} gap {g:.4f} "
                f"{(time.time() - begun) / (step + 1):.3f} s/step {share:.0%}",
                flush=True,
            )
            sums[:] = 0
        checkpoint.save_if_due()
    checkpoint.save()


if __name__ == "__main__":
    main()
