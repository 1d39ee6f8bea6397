"""A Vultus server of this checkout, as `vultus serve` starts it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

MAIN = Path(__file__).parents[2] / "main.ts"
_START_LIMIT_S = 180.0


def node() -> str | None:
    return os.environ.get("VULTUS_TEST_NODE") or shutil.which("node")


class Server:
    """Owns its process and its cache, unless the environment names one."""

    def __init__(self, *flags: str) -> None:
        self._flags = flags
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._own = None if "VULTUS_TEST_CACHE" in os.environ else tempfile.TemporaryDirectory()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns when it is ready."""
        cache = os.environ.get("VULTUS_TEST_CACHE") or (self._own and self._own.name)
        command = [str(node()), str(MAIN), "serve", "--host", "127.0.0.1", "--port", str(self.port)]
        command += ["--cache-dir", str(cache), "--provider", "cpu", "--log-level", "warn"]
        command += ["--sessions-per-minute", "0", *self._flags]
        self._process = subprocess.Popen(command)
        give_up_at = time.monotonic() + _START_LIMIT_S
        while not self._ready():
            if time.monotonic() > give_up_at or self._process.poll() is not None:
                self.stop()
                raise RuntimeError("the server does not start")
            time.sleep(0.1)

    def kill(self) -> None:
        """As a crash does."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def stop(self) -> None:
        self.kill()
        if self._own:
            self._own.cleanup()

    def _ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False
