"""A peer made of aiortc that damages what it sends itself: python aiortc_peer.py URL AVATAR SEED SECONDS

It connects as honest peers do, then sends SCTP, RTP, RTCP and DTLS of its own again, mutated, with its valid keys.
Exits with 1 where an honest offer is refused or an honest peer does not come to be connected.
"""

import asyncio
import json
import random
import struct
import sys
import time
import urllib.error
import urllib.request
from collections import deque

from aiortc import RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack
from aiortc.rtp import is_rtcp
from google_crc32c import value as crc32c
from pylibsrtp import Error as SrtpError

CONNECT_WITHIN_S = 30
BURSTS_PER_CONNECTION = 40
MOST_BYTES = 1100
EDGES = (0, 1, 2, 3, 4, 5, 8, 16, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF)
DATA = 0


class Found(Exception):
    """Something that an honest peer may not meet with."""


def ask(method: str, url: str, body: object = None) -> object:
    headers = {} if body is None else {"content-type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=CONNECT_WITHIN_S) as response:
            text = response.read()
    except urllib.error.HTTPError as error:
        raise Found(f"{method} {url}: {error.code} {error.read()[:300]!r}") from error
    except OSError as error:
        raise Found(f"{method} {url}: {error}") from error
    return json.loads(text) if text else None


class Peer:
    """One connection in a session of its own, and the last packets of each kind that it sent by itself."""

    def __init__(self, url: str, avatar: str) -> None:
        self.url, self.avatar, self.session = url, avatar, ""
        self.rtp_number = 0
        self.sent = {kind: deque(maxlen=64) for kind in ("sctp", "rtp", "rtcp", "datagram")}

    async def open(self) -> None:
        loop = asyncio.get_running_loop()
        session = await loop.run_in_executor(
            None, ask, "POST", f"{self.url}/v1/sessions", {"avatarId": self.avatar, "size": 256, "codec": "vp8"}
        )
        self.session = session["id"]
        self.pc = RTCPeerConnection()
        self.channel = self.pc.createDataChannel("vultus")
        self.pc.addTrack(AudioStreamTrack())
        self.pc.addTransceiver("video", "recvonly")
        await self.pc.setLocalDescription(await self.pc.createOffer())
        offer = {"type": "offer", "sdp": self.pc.localDescription.sdp}
        answer = await loop.run_in_executor(None, ask, "POST", self.url + session["webrtcUrl"], offer)
        await self.pc.setRemoteDescription(RTCSessionDescription(answer["sdp"], "answer"))
        end = time.monotonic() + CONNECT_WITHIN_S
        while not (self.connected and self.channel.readyState == "open"):
            if time.monotonic() > end:
                raise Found("an honest peer does not come to be connected")
            await asyncio.sleep(0.02)
        # Known only now: all sections came to share one.
        self.dtls = self.pc.sctp.transport
        self.listen()
        # Until there is a packet of each kind.
        self.channel.send(b"\x82\xa4type\xa4ping\xa2id\x01")
        await asyncio.sleep(1)

    @property
    def connected(self) -> bool:
        return self.pc.connectionState == "connected"

    def listen(self) -> None:
        """Keeps what it sends."""
        self.send_data, self.send_rtp = self.dtls._send_data, self.dtls._send_rtp
        self.send_datagram = self.dtls.transport._send

        async def data(packet: bytes) -> None:
            self.sent["sctp"].append(packet)
            await self.send_data(packet)

        async def rtp(packet: bytes) -> None:
            self.sent["rtcp" if is_rtcp(packet) else "rtp"].append(packet)
            if not is_rtcp(packet):
                self.rtp_number = struct.unpack_from("!H", packet, 2)[0]
            await self.send_rtp(packet)

        async def datagram(packet: bytes) -> None:
            self.sent["datagram"].append(packet)
            await self.send_datagram(packet)

        self.dtls._send_data, self.dtls._send_rtp = data, rtp
        self.dtls.transport._send = datagram

    async def close(self) -> None:
        try:
            await asyncio.get_running_loop().run_in_executor(
                None, ask, "DELETE", f"{self.url}/v1/sessions/{self.session}"
            )
        except Found:
            pass  # It may have ended.
        try:
            await asyncio.wait_for(self.pc.close(), 5)
        except Exception:  # noqa: BLE001  What is left of it is its own affair.
            pass


class Mutator:
    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def mutate(self, packet: bytes, keep: int) -> bytes:
        """Some faults, none of them in the first `keep` bytes."""
        head, body = packet[:keep], bytearray(packet[keep:])
        for _ in range(self.random.choice((1, 1, 2, 3, 8))):
            body = self.fault(body)
        return head + bytes(body[:MOST_BYTES])

    def fault(self, body: bytearray) -> bytearray:
        r = self.random
        at = r.randrange(len(body) + 1)
        kind = r.randrange(6)
        if kind == 0 and at < len(body):
            body[at] ^= 1 << r.randrange(8)
        elif kind == 1 and at < len(body):
            body[at] = r.choice(EDGES) & 0xFF
        elif kind == 2 and at + 2 <= len(body):
            body[at : at + 2] = struct.pack("!H", r.choice(EDGES))
        elif kind == 3:
            body = body[:at]
        elif kind == 4:
            body = body[:at] + bytearray(r.randbytes(r.choice((1, 2, 4, 60)))) + body[at:]
        elif kind == 5:
            body = body + body[at:] * r.choice((1, 2, 20))
        return body

    def sctp(self, packet: bytes, next_tsn: int) -> bytes:
        r = self.random
        bad = bytearray(self.mutate(packet, 12 if r.random() < 0.9 else 0).ljust(16, b"\0"))
        if bad[12] == DATA and len(bad) >= 20 and r.random() < 0.8:
            bad[16:20] = struct.pack("!L", (next_tsn + r.randrange(20)) & 0xFFFFFFFF)
        if r.random() < 0.95:
            bad[8:12] = bytes(4)
            bad[8:12] = struct.pack("<L", crc32c(bytes(bad)))
        return bytes(bad)


async def burst(peer: Peer, mutator: Mutator) -> int:
    sent = 0
    for _ in range(mutator.random.randrange(5, 60)):
        kind = mutator.random.choice(("sctp", "sctp", "rtp", "rtcp", "rtcp", "datagram"))
        if not peer.sent[kind]:
            continue
        packet = mutator.random.choice(peer.sent[kind])
        try:
            await send(peer, kind, packet, mutator)
            sent += 1
        except SrtpError:
            pass  # What libsrtp does not encrypt is not sent.
    return sent


async def send(peer: Peer, kind: str, packet: bytes, mutator: Mutator) -> None:
    if kind == "sctp":
        await peer.send_data(mutator.sctp(packet, peer.pc.sctp._local_tsn))
    elif kind == "datagram":
        await peer.send_datagram(mutator.mutate(packet, mutator.random.choice((0, 1, 13))))
    elif kind == "rtcp":
        await peer.send_rtp(mutator.mutate(packet, 2).ljust(12, b"\0"))
    else:
        bad = bytearray(mutator.mutate(packet, 2).ljust(12, b"\0"))
        # A number that was used is not encrypted again.
        peer.rtp_number = (peer.rtp_number + mutator.random.choice((1, 1, 1, 2, 100))) & 0xFFFF
        bad[2:4] = struct.pack("!H", peer.rtp_number)
        await peer.send_rtp(bytes(bad))


async def main(url: str, avatar: str, seed: int, seconds: float) -> None:
    mutator = Mutator(seed)
    end = time.monotonic() + seconds
    connections = packets = 0
    while time.monotonic() < end:
        peer = Peer(url, avatar)
        try:
            await peer.open()
            connections += 1
            for _ in range(BURSTS_PER_CONNECTION):
                if not peer.connected or time.monotonic() > end:
                    break
                try:
                    packets += await burst(peer, mutator)
                except (ConnectionError, OSError):
                    break
                await asyncio.sleep(0.05)
        finally:
            await peer.close()
    print(f"{packets} damaged packets in {connections} connections")


if __name__ == "__main__":
    try:
        asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])))
    except Found as found:
        print(found, file=sys.stderr)
        sys.exit(1)
