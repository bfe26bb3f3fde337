"""A class that drags at once: ``python -m tests.benchmarks.crowd [USERS] [SECONDS] [WORKERS] [MODEL]``.

Every visitor has a photo and a live socket of its own, and moves on as soon as the maps of the last move are
there: as many moves as the server answers. Told are the times from a move to its maps, and how evenly they
are shared.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import numpy as np
from websockets.asyncio.client import connect

from app.bench.measure import busy_with_others
from tests.api.real_things import picture, sent
from tests.server import running_server


@dataclass
class Visitor:
    """Somebody who drags."""

    image: str
    waits: list[float] = field(default_factory=list)

    async def drag(self, address: str, model: str, node: str, until: float) -> None:
        """Move, wait for the maps, move on."""
        async with connect(address, max_size=None, compression=None) as socket:
            seq = 0
            while time.monotonic() < until:
                seq += 1
                state = {
                    "seq": seq,
                    "model": model,
                    "image": self.image,
                    "dx": seq % 20,
                    "dy": seq // 20 % 20,
                }
                started = time.monotonic()
                await socket.send(json.dumps({**state, "layers": [{"node": node}]}))
                while True:
                    kind = kind_of(await socket.recv(decode=False))
                    if kind == "result":
                        self.waits.append(time.monotonic() - started)
                    if kind in ("done", "error"):
                        break


async def crowd(address: str, visitors: list[Visitor], model: str, node: str, seconds: float) -> None:
    """All of them at once."""
    until = time.monotonic() + seconds
    live = address.replace("http", "ws") + "/api/live"
    await asyncio.gather(*(visitor.drag(live, model, node, until) for visitor in visitors))


def main() -> None:
    """Drag, and say how long they waited."""
    given = [*sys.argv[1:], *("50", "20", "1", "resnet")[len(sys.argv) - 1 :]]
    users, seconds, workers, model = int(given[0]), float(given[1]), given[2], given[3]
    with tempfile.TemporaryDirectory() as folder:
        environment = {"CONVSCOPE_DATA_FOLDER": folder, "CONVSCOPE_LIVE_CONNECTIONS": str(users)}
        with running_server("--workers", workers, environment=environment) as server:
            with httpx.Client(base_url=server.address, timeout=120) as client:
                images = [picture(seed, side=128) for seed in range(users)]
                visitors = [
                    Visitor(sent(client, "POST", "/api/images", files={"file": file})["id"])
                    for file in images
                ]
                nodes = sent(client, "GET", f"/api/models/{model}")["nodes"]
            node = next(each["name"] for each in nodes if each["kind"] == "conv2d")
            before = processor_seconds(server.process.pid)
            with busy_with_others() as others:
                asyncio.run(crowd(server.address, visitors, model, node, seconds))
            taken = processor_seconds(server.process.pid) - before
    waits = 1e3 * np.concatenate([visitor.waits for visitor in visitors])
    counts = [len(visitor.waits) for visitor in visitors]
    middle, late, last = np.percentile(waits, (50, 95, 99))
    print(f"{users} visitors of {model}, {workers} workers: {len(waits) / seconds:.0f} moves a second")
    print(f"move to maps: median {middle:.0f} ms, p95 {late:.0f} ms, p99 {last:.0f} ms")
    each = 1e3 * taken / len(waits)
    print(f"moves of a visitor: {min(counts)} to {max(counts)}; {each:.0f} ms of a core each")
    print(f"meanwhile others took {100 * others.share:.0f} % of the processor, this program among them")


def processor_seconds(process: int) -> float:
    """What a process and its children have had of the processor, on Linux."""
    own = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    seconds = (int(own[11]) + int(own[12])) / os.sysconf("SC_CLK_TCK")
    return seconds + sum(processor_seconds(int(child)) for child in children)


def kind_of(frame: bytes) -> str:
    """What a message of the live socket is."""
    length = int.from_bytes(frame[:4], "little")
    return str(json.loads(frame[4 : 4 + length])["type"])


if __name__ == "__main__":
    main()
