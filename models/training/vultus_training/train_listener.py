"""Step 6: what the student does with what it hears beside its own words: the cues of the user (`speech_cues.CUES`) and
the arousal of its own voice. Only the columns of those controls are learnt, everything else of the student stays as it
is: without a microphone it moves exactly as before.

In conversations (`turns`), where the face does not speak, it learns the behaviour's answers; where it speaks, and its
lips and lids everywhere, it learns to go on as it would without a user. On other speech it learns to add
`behaviour.excitement` to what it would show.

Run: python -m vultus_training.train_listener [--minutes 8]
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import torch

from .averaging import moving_average, timed_steps
from .behaviour.excitement import EXCITED_ROW, FLAT_ROW
from .channels import AROUSAL, CUES_AT, SIZE
from .coupling import LIDS, couple_blinks, couple_moves
from .denoiser import CACHE, FREE, Denoiser, Plan
from .motion_windows import MotionData, channel_weights
from .paths import WORK
from .rollouts import STUDENT_TIMES, sample
from .train_teacher import memory_noise, step_loss

FRAMES = 60
PARTS = {"turns": 0.8, "real": 0.15, "espeak": 0.05}
#: Weight of frames in which the face does not speak: they are what is learnt.
LISTENING_WEIGHT = 3.0


#: By how much the columns are scaled in the end, in the order of `CUES`, and arousal. Squared error learns the mean of answers
#: that come a little sooner or later, which is smaller than any of them; chosen so that nods are as deep as the data's. What
#: arousal adds to the shown past it adds again to the next block.
GAINS = (1.6, 1.6, 1.0, 1.0, 2.6, 2.6, 1.6, 1.6, 0.14)


def hearing_only(student: Denoiser) -> list[torch.nn.Parameter]:
    """Freezes all but the columns that hear, and sets those to zero; returns the parameters that hold them."""
    for parameter in student.parameters():
        parameter.requires_grad_(False)
    held = [student.steer[0].weight, student.steer_in.weight]
    for weight in held:
        weight[:, CUES_AT:] = 0
        weight.requires_grad_(True)
        weight.register_hook(lambda grad: torch.cat([torch.zeros_like(grad[:, :CUES_AT]), grad[:, CUES_AT:]], 1))
    return held


def targets(own: torch.Tensor, windows, student: Denoiser, controls: torch.Tensor) -> torch.Tensor:
    """What the face is to show, normalised [b, T, 58]; `own`: what it shows without hearing anything."""
    truth = (windows.motion[:, CACHE:] - student.mean) / student.std
    kept = torch.zeros(SIZE, dtype=torch.bool)
    kept[[*FREE, *LIDS]] = True
    speaks = (controls[:, :, 14] > 0.5) | (controls[:, :, CUES_AT] < 0.5)
    arousal = controls[:, :, AROUSAL, None]
    excited = arousal.clamp(min=0) * torch.from_numpy(EXCITED_ROW)
    flat = (-arousal).clamp(min=0) * torch.from_numpy(FLAT_ROW)
    return torch.where(speaks[:, :, None] | kept, own + (excited + flat) / student.std, truth)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--minutes", type=float, default=8)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--rate", type=float, default=8e-3)
    parser.add_argument("--bf16", action="store_true")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    data = MotionData(seed=int(time.time()), parts=PARTS, hears=True)
    student = Denoiser()
    path = WORK / "student.pt"
    student.load_state_dict(torch.load(path))
    with torch.no_grad():
        held = hearing_only(student)
    weights = channel_weights()
    step_weight = torch.full((SIZE,), 0.1)
    step_weight[-6:] = 0.5
    averaged = moving_average(student, 0.98)
    optimizer = torch.optim.Adam(held, lr=options.rate, betas=(0.9, 0.98))
    begun, sums = time.time(), np.zeros(2)
    for step, share in timed_steps(options.minutes, optimizer, options.rate, 10):
        windows = data.batch(options.batch, FRAMES)
        plan = Plan(data.rng, FRAMES)
        controls = plan.hold(windows.controls)
        past = (windows.motion - student.mean) / student.std
        memory = memory_noise(past)
        noise = couple_moves(torch.randn_like(past[:, CACHE:]), past, plan)
        noise = couple_blinks(noise, windows.motion, controls, plan)
        deaf = torch.cat([controls[:, :, :CUES_AT], torch.zeros_like(controls[:, :, CUES_AT:])], 2)

        def predict(x, t, given, windows=windows, plan=plan, memory=memory):
            time_ = torch.full(x.shape[:2], t)
            with torch.autocast("cpu", torch.bfloat16, enabled=options.bf16):
                return student.packed(x, time_, windows.audio, memory, given, plan).float()

        with torch.no_grad():
            own = sample(lambda x, t: predict(x, t, deaf), noise, STUDENT_TIMES)
        first, last = sample(lambda x, t: predict(x, t, controls), noise, STUDENT_TIMES)
        target = targets(own[-1], windows, student, controls)
        weight = weights * torch.where(controls[:, :, 14] > 0.5, 1.0, LISTENING_WEIGHT)[:, :, None]
        match = ((last - target) ** 2 * weight).mean() + 0.25 * ((first - target) ** 2 * weight).mean()
        steps = step_loss(last, target, memory[:, plan.start + CACHE - 1], plan, step_weight * LISTENING_WEIGHT)
        optimizer.zero_grad()
        (match + steps).backward()
        torch.nn.utils.clip_grad_norm_(held, 1.0)
        optimizer.step()
        averaged.update_parameters(student)
        sums += [match.item(), steps.item()]
        if step % 25 == 24:
            m, s = sums / 25
            print(
                f"{step + 1} match {m:.4f} steps {s:.4f} {(time.time() - begun) / (step + 1):.2f} s/step {share:.0%}",
                flush=True,
            )
            sums[:] = 0
    listener = averaged.module
    with torch.no_grad():
        for weight in (listener.steer[0].weight, listener.steer_in.weight):
            weight[:, CUES_AT:] *= torch.tensor(GAINS)
    torch.save(listener.state_dict(), path)


if __name__ == "__main__":
    main()
