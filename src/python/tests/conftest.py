from __future__ import annotations

import asyncio
import inspect
from collections.abc import Iterator

import pytest

from .server import Server, node

# A machine that tests other things beside may be slow.
_LIMIT_S = 240.0


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Runs a test that is a coroutine."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    names = inspect.signature(pyfuncitem.obj).parameters
    given = {name: pyfuncitem.funcargs[name] for name in names}

    async def limited() -> None:
        async with asyncio.timeout(_LIMIT_S):
            await pyfuncitem.obj(**given)

    asyncio.run(limited())
    return True


def _served(*flags: str) -> Iterator[Server]:
    if node() is None:
        pytest.skip("there is no Node.js that could run the server")
    server = Server(*flags)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """For all tests, and left running by them."""
    yield from _served("--push-hosts", "127.0.0.1")


@pytest.fixture(scope="session")
def narrow_server() -> Iterator[Server]:
    """Wants a key, and has room for one session; may be killed and started."""
    yield from _served("--api-key", KEY, "--max-sessions", "1")


KEY = "a-key-of-the-tests"
