"""Where data is read and written. Override with VULTUS_DATA (shared data) and VULTUS_WORK (ignored work
folder)."""

from __future__ import annotations

import os
from pathlib import Path

TRAINING = Path(__file__).resolve().parents[1]
REPOSITORY = TRAINING.parents[1]
DATA = Path(os.environ.get("VULTUS_DATA", REPOSITORY.parent / "shared" / "data"))
WORK = Path(os.environ.get("VULTUS_WORK", TRAINING / "work"))
PACK = REPOSITORY / "models" / "builtin"

SPEECH = DATA / "speech"
TAKES = DATA / "human-motion"
