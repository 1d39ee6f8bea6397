"""HTTP and WebSockets against one server."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp

from .errors import VultusError

# What passes by itself is asked again after as long as the server says, if that is not too long to wait for.
_ASKED_AGAIN = frozenset({"too_many_requests", "server_busy"})
_LONGEST_WAIT_S = 5.0
_MOST_ATTEMPTS = 3
_TIMEOUT = aiohttp.ClientTimeout(total=60, sock_connect=10)
# Raw pictures of 1920x1080 have 6 MB.
_MAX_MESSAGE_BYTES = 16 << 20


class Http:
    """Every failure leaves as a `VultusError`. Owns its aiohttp session unless it was given one.

    Raises `VultusError` (`unauthorized`) where the key is none that a header could carry.
    """

    def __init__(self, url: str, api_key: str | None, session: aiohttp.ClientSession | None) -> None:
        self.base_url = url.rstrip("/")
        # Read from a file, it often has the end of its line.
        self._api_key = (api_key or "").strip()
        if not self._api_key.isprintable():
            raise VultusError("unauthorized", "The API key has characters that none has.")
        self._given = session
        self._own: aiohttp.ClientSession | None = None

    async def json(self, method: str, path: str, body: object = None, *, token: str | None = None) -> Any:
        response = await self._send(method, path, token=token, json=body)
        try:
            return await response.json()
        except (aiohttp.ClientError, ValueError) as error:
            raise _not_ours(response.status) from error

    async def read(self, method: str, path: str, *, token: str | None = None) -> bytes:
        response = await self._send(method, path, token=token)
        return await response.read()

    async def upload(self, path: str, data: bytes, params: dict[str, str]) -> Any:
        headers = {"Content-Type": "application/octet-stream"}
        response = await self._send("POST", path, data=data, params=params, headers=headers)
        return await response.json()

    async def web_socket(self, path: str, *, token: str | None, timeout_s: float) -> aiohttp.ClientWebSocketResponse:
        try:
            async with asyncio.timeout(timeout_s):
                return await self._session.ws_connect(
                    self.base_url + path,
                    headers=self._headers(token),
                    max_msg_size=_MAX_MESSAGE_BYTES,
                    compress=0,
                )
        except TimeoutError as error:
            raise VultusError("connect_timeout", f"{self.base_url} did not answer within {timeout_s} s.") from error
        except aiohttp.WSServerHandshakeError as error:
            retry_after = error.headers.get("Retry-After") if error.headers else None
            code = {401: "unauthorized", 404: "session_not_found", 429: "too_many_requests"}
            raise VultusError(
                code.get(error.status, "unexpected_response"),
                f"The server answered the handshake with HTTP {error.status}.",
                status=error.status,
                retry_after_s=float(retry_after) if retry_after else None,
            ) from error
        except (aiohttp.ClientError, OSError) as error:
            raise self._unreachable(error) from error

    async def close(self) -> None:
        if self._own:
            await self._own.close()
            self._own = None

    @property
    def _session(self) -> aiohttp.ClientSession:
        if self._given:
            return self._given
        self._own = self._own or aiohttp.ClientSession()
        return self._own

    def _headers(self, token: str | None) -> dict[str, str]:
        secret = self._api_key or token
        return {"Authorization": f"Bearer {secret}"} if secret else {}

    async def _send(self, method: str, path: str, **options: Any) -> aiohttp.ClientResponse:
        for attempt in range(1, _MOST_ATTEMPTS + 1):
            try:
                return await self._send_once(method, path, **options)
            except VultusError as error:
                wait_s = error.retry_after_s
                soon = wait_s is not None and wait_s <= _LONGEST_WAIT_S
                if attempt == _MOST_ATTEMPTS or error.code not in _ASKED_AGAIN or not soon:
                    raise
                await asyncio.sleep(wait_s or 0)
        raise AssertionError("unreachable")

    async def _send_once(
        self,
        method: str,
        path: str,
        *,
        token: str | None = None,
        headers: dict[str, str] | None = None,
        **rest: Any,
    ) -> aiohttp.ClientResponse:
        try:
            response = await self._session.request(
                method,
                self.base_url + path,
                headers={**self._headers(token), **(headers or {})},
                timeout=_TIMEOUT,
                **rest,
            )
            await response.read()
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise self._unreachable(error) from error
        if not response.ok:
            raise await _problem(response)
        return response

    def _unreachable(self, error: BaseException) -> VultusError:
        return VultusError("server_unreachable", f"No server answers at {self.base_url} ({error}).")


async def _problem(response: aiohttp.ClientResponse) -> VultusError:
    """The problem+json (RFC 9457) of an answer."""
    try:
        problem = await response.json(content_type=None)
        code = problem["code"]
    except (ValueError, TypeError, KeyError):
        return _not_ours(response.status)
    return VultusError(
        str(code),
        str(problem.get("detail") or problem.get("title") or code),
        status=response.status,
        retry_after_s=problem.get("retryAfterS"),
    )


def _not_ours(status: int) -> VultusError:
    return VultusError("unexpected_response", f"The server answered with HTTP {status}.", status=status)
