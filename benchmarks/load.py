"""A light load generator: a few connections kept open, requests made beforehand, one loop over sockets.

It shares the machine with the server it measures, so it does as little as it can for each request.
"""

import selectors
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle

CLIENTS = 8
WARM_UP_SECONDS = 0.7
PATIENCE_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Measurement:
    """How many requests were answered in how many seconds, and how long each took, in seconds, sorted."""

    seconds: float
    latencies: list[float]

    @property
    def per_second(self) -> float:
        """Answers in a second."""
        return len(self.latencies) / self.seconds

    def latency(self, share: float) -> float:
        """The time within which this share of the answers came, in milliseconds."""
        return 1000 * self.latencies[min(len(self.latencies) - 1, int(share * len(self.latencies)))]


@dataclass(slots=True)
class _Client:
    """One connection, waiting for one answer at a time."""

    socket: socket.socket
    sent_at: float = 0.0
    received: bytearray = field(default_factory=bytearray)
    wanted: int = 0

    def ask(self, request: bytes) -> None:
        self.received.clear()
        self.wanted = 0
        self.sent_at = time.perf_counter()
        self.socket.sendall(request)

    def is_answered(self) -> bool:
        """Take in what has come; says whether the answer is whole. Raises RuntimeError for a refusal."""
        piece = self.socket.recv(262_144)
        if not piece:
            raise RuntimeError(f"the server hung up: {bytes(self.received[:200])!r}")
        self.received += piece
        if not self.wanted:
            end = self.received.find(b"\r\n\r\n")
            if end < 0:
                return False
            self.wanted = end + 4 + _length(bytes(self.received[:end]))
        return len(self.received) >= self.wanted


def _length(head: bytes) -> int:
    if head[9:12] not in (b"200", b"303"):
        raise RuntimeError(f"unexpected answer: {head[:400]!r}")
    at = head.lower().find(b"content-length:")
    return int(head[at + 15 : (head.find(b"\r\n", at) + 1 or len(head) + 1) - 1]) if at >= 0 else 0


def measure(port: int, requests: Sequence[bytes], *, seconds: float) -> Measurement:
    """Send the requests over and over from `CLIENTS` connections for so many seconds."""
    upcoming = cycle(requests)
    with selectors.DefaultSelector() as selector:
        clients = [
            _Client(socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS))
            for _ in range(CLIENTS)
        ]
        for client in clients:
            client.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            selector.register(client.socket, selectors.EVENT_READ, client)
        try:
            _loop(selector, clients, upcoming, WARM_UP_SECONDS)
            return _loop(selector, clients, upcoming, seconds)
        finally:
            for client in clients:
                client.socket.close()


def _loop(
    selector: selectors.BaseSelector, clients: list[_Client], upcoming: Iterator[bytes], seconds: float
) -> Measurement:
    latencies: list[float] = []
    start = time.perf_counter()
    end = start + seconds
    waiting = len(clients)
    for client in clients:
        client.ask(next(upcoming))
    while waiting:
        ready = selector.select(PATIENCE_SECONDS)
        if not ready:
            raise RuntimeError("the server does not answer")
        for key, _ in ready:
            client = key.data
            if client.is_answered():
                answered = time.perf_counter()
                latencies.append(answered - client.sent_at)
                if answered < end:
                    client.ask(next(upcoming))
                else:
                    waiting -= 1
    return Measurement(time.perf_counter() - start, sorted(latencies))
