from __future__ import annotations

import asyncio

import pytest

from vultus import Vultus, VultusError

from .server import Server
from .whip_endpoint import WhipEndpoint


async def test_is_published_told_of_and_ended(server: Server) -> None:
    async with WhipEndpoint().listening() as endpoint, Vultus(server.url) as vultus:
        session = await vultus.create_session((await vultus.avatars())[0].id, size=256)
        push = await session.push(endpoint.url, bearer_token="of-the-endpoint")
        assert (push.url, push.state) == (endpoint.url, "live")
        assert push.codec in ("h264", "vp8")
        assert sorted(endpoint.kinds) == ["audio", "video"]
        assert endpoint.requests[0] == ("POST", "Bearer of-the-endpoint")
        assert [one.id for one in await session.pushes()] == [push.id]
        await push.refresh()
        assert push.bitrate_kbps is not None and push.bitrate_kbps > 0
        await push.stop()
        await push.stop()
        assert await session.pushes() == []
        with pytest.raises(VultusError, match="push_not_found"):
            await push.refresh()
        async with asyncio.timeout(30):
            while endpoint.requests[-1][0] != "DELETE":
                await asyncio.sleep(0.05)
        endpoint.refuses = True
        with pytest.raises(VultusError, match="push_refused"):
            await session.push(endpoint.url)
        with pytest.raises(VultusError, match="address_not_allowed"):
            await session.push("http://10.0.0.1/whip")
        await session.close()
