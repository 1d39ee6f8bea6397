"""Heads in 3-D move as the motion frame says, and their landmarks lie where the face's parts are."""

import numpy as np
import pytest

from vultus_training.face_basis import EYEBALL, UPPER_LIP
from vultus_training.heads_3d.face_model import FaceModel, turn_head
from vultus_training.heads_3d.motions import MEASURED, both, random_pose, to_frame
from vultus_training.paths import DATA

MESHES = DATA / "meshes"
pytestmark = pytest.mark.skipif(not MESHES.exists(), reason="meshes of ../shared/data are not there")
NOSE_TIP, UPPER_INNER_LIP, LOWER_INNER_LIP, CHIN = 1, 13, 14, 152


@pytest.fixture(scope="module")
def model() -> FaceModel:
    return FaceModel(MESHES)


def landmarks(model: FaceModel, pose: dict[str, float]) -> np.ndarray:
    person = model.person(np.zeros(0))
    frame = to_frame(pose)
    return model.landmarks(turn_head(model.express(person, frame), person.head_share, person.joint, frame))


def test_head_turns_as_in_the_motion_frame(model: FaceModel) -> None:
    rest = landmarks(model, {})
    assert landmarks(model, {"headYaw": 0.2})[NOSE_TIP, 0] > rest[NOSE_TIP, 0] + 1  # to its own left
    assert landmarks(model, {"headPitch": 0.2})[NOSE_TIP, 1] < rest[NOSE_TIP, 1] - 1  # down
    assert landmarks(model, {"headRoll": 0.2})[10, 0] < rest[10, 0] - 1  # forehead to its own right


def test_jaw_parts_the_lips_and_blinks_shut_the_lids(model: FaceModel) -> None:
    rest = landmarks(model, {})
    gap = landmarks(model, {"jawOpen": 1.0})
    assert np.linalg.norm(rest[UPPER_INNER_LIP] - rest[LOWER_INNER_LIP]) < 0.4
    assert gap[UPPER_INNER_LIP, 1] - gap[LOWER_INNER_LIP, 1] > 2
    shut = landmarks(model, both("eyeBlink", 1.0))
    assert abs(shut[159, 1] - shut[145, 1]) < 0.4 * abs(rest[159, 1] - rest[145, 1])


def test_landmarks_lie_on_their_parts(model: FaceModel) -> None:
    rest = landmarks(model, {})
    assert rest[UPPER_LIP[0][4], 1] > rest[CHIN, 1] + 2
    for side, iris in (("Left", 468), ("Right", 473)):
        assert np.linalg.norm(rest[iris] - model.neutral[EYEBALL[side]].mean(0)) < 1.5


def test_identities_differ_and_poses_stay_in_range(model: FaceModel) -> None:
    rng = np.random.default_rng(1)
    one, other = (model.person(rng.standard_normal(40)).vertices for _ in range(2))
    assert np.abs(one - other).max() > 0.5
    for _ in range(200):
        frame = to_frame(random_pose(rng))
        assert (frame[:52] >= 0).all() and (frame[:52] <= 1).all() and np.abs(frame[52:55]).max() < 0.3
    assert len({kind for kind, _ in MEASURED}) == 6
