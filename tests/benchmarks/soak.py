"""Ten minutes of everything at once: ``python -m tests.benchmarks.soak [MINUTES]``.

Visitors bring images and networks, look, drag, explain and remove what they brought, with caches so small
that they are full after a moment. Memory, open files and threads of the server are read every minute, after
the first one (caches fill, code is loaded) and at the end, when everybody has gone. Beside the whole process
stand what the caches count as theirs and what the allocator counts as in use: the last lines hold the end
against the start, with and without these.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import httpx
from websockets.sync.client import connect

from tests.api.real_things import picture
from tests.benchmarks.crowd import kind_of
from tests.core.onnx_import.files import classifier
from tests.server import Server, running_server

VISITORS: Final = 4
MINUTE: Final = 60.0
SMALL: Final = {
    "CONVSCOPE_UPLOAD_PIXELS": "1000000",
    "CONVSCOPE_IMAGE_CACHE_BYTES": "4000000",
    "CONVSCOPE_IMAGE_FOLDER_BYTES": "2000000",
    "CONVSCOPE_TRACE_CACHE_BYTES": "4000000",
    "CONVSCOPE_SHIFT_CACHE_BYTES": "4000000",
    "CONVSCOPE_EXPLAIN_CACHE_BYTES": "1000000",
    "CONVSCOPE_MODEL_CACHE_BYTES": "2000000",
    "CONVSCOPE_MODEL_FOLDER_BYTES": "200000",
    "CONVSCOPE_PLAN_CACHE_BYTES": "32000000",
    "CONVSCOPE_BUNDLES": "off",
}


@dataclass(frozen=True)
class Reading:
    """What the server's process holds: MiB of the whole, of them in caches and in use; files and threads."""

    whole: float
    caches: float
    used: float
    files: int
    threads: int

    @classmethod
    def of(cls, server: Server) -> Reading:
        """Read it, on Linux."""
        process = server.process.pid
        status = Path(f"/proc/{process}/status").read_text().splitlines()
        told = dict(line.split(":", 1) for line in status)
        files = len(list(Path(f"/proc/{process}/fd").iterdir()))
        rows = [row.split() for row in httpx.get(f"{server.address}/metrics", timeout=120).text.splitlines()]
        metrics = {row[0]: float(row[1]) / 2**20 for row in rows if row[0].endswith("_bytes")}
        caches = sum(value for name, value in metrics.items() if name.endswith("_cache_bytes"))
        used = metrics["convscope_heap_used_bytes"]
        return cls(int(told["VmRSS"].split()[0]) / 1024, caches, used, files, int(told["Threads"]))

    def __str__(self) -> str:
        besides = self.used - self.caches
        return (
            f"{self.whole:.0f} MiB ({self.caches:.0f} in caches, {besides:.0f} in use besides), "
            f"{self.files} open files, {self.threads} threads"
        )


@dataclass
class Soak:
    """Visitors, until they are told to go."""

    server: Server
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[int] = field(default_factory=Counter)
    stop: threading.Event = field(default_factory=threading.Event)

    def run(self, minutes: float) -> list[Reading]:
        """Readings after the first minute, at every other one, and when everybody has gone."""
        visitors = [threading.Thread(target=self._visit, args=(number,)) for number in range(VISITORS)]
        for each in visitors:
            each.start()
        readings = []
        end = time.monotonic() + minutes * MINUTE
        while time.monotonic() < end:
            self.stop.wait(min(MINUTE, max(0.0, end - time.monotonic())))
            readings.append(Reading.of(self.server))
            print(f"{len(readings)} min: {readings[-1]}; done {sum(self.done.values()):,}", flush=True)
        self.stop.set()
        for each in visitors:
            each.join()
        time.sleep(12.0)  # connections that are kept alive end by themselves, free memory is given back
        return [*readings, Reading.of(self.server)]

    def _visit(self, number: int) -> None:
        chance = random.Random(number)
        acts: list[Callable[[httpx.Client, random.Random], None]] = [
            self._look, self._drag, self._bring, self._explain, self._compare,
        ]  # fmt: skip
        while not self.stop.is_set():
            with httpx.Client(base_url=self.server.address, timeout=120) as client:
                act = chance.choice(acts)
                act(client, chance)
                self.done[act.__name__.strip("_")] += 1

    def _send(self, client: httpx.Client, method: str, path: str, **options: object) -> httpx.Response:
        answer = client.request(method, path, **options)  # type: ignore[arg-type]
        if not answer.is_success:
            self.refused[answer.status_code] += 1
            assert answer.status_code in (404, 410, 503), f"{method} {path}: {answer.text}"
        return answer

    def _image(self, client: httpx.Client, chance: random.Random) -> str:
        file = picture(chance.randrange(10**6), side=96)
        return str(self._send(client, "POST", "/api/images", files={"file": file}).json()["id"])

    def _look(self, client: httpx.Client, chance: random.Random) -> None:
        image, model = self._image(client, chance), chance.choice(("tiny_vgg", "resnet", "lenet5"))
        for path in ("", "/frames?encoding=uint8", "/channels/input"):
            self._send(client, "GET", f"/api/traces/{model}/{image}{path}")

    def _drag(self, client: httpx.Client, chance: random.Random) -> None:
        image = self._image(client, chance)
        with connect(self.server.address.replace("http", "ws") + "/api/live", max_size=None) as socket:
            for seq in range(10):
                state = {"seq": seq, "model": "tiny_vgg", "image": image, "dx": seq, "dy": -seq}
                socket.send(json.dumps({**state, "layers": [{"node": "conv_1_1"}]}))
                while (kind := kind_of(socket.recv(timeout=120, decode=False))) != "done":
                    if kind == "error":
                        self.refused[0] += 1
                        break

    def _bring(self, client: httpx.Client, chance: random.Random) -> None:
        network = classifier()
        network.producer_name = str(chance.randrange(10**9))
        data = network.SerializeToString()
        later = "later" if chance.random() < 0.9 else "now"
        form = {"files": {"file": data}, "data": {"verify": later}}
        model = self._send(client, "POST", "/api/models", **form).json()["id"]
        self._send(client, "GET", f"/api/traces/{model}/{self._image(client, chance)}")
        self._send(client, "PATCH", f"/api/models/{model}", json={"name": "soaked"})
        self._send(client, "DELETE", f"/api/models/{model}")

    def _explain(self, client: httpx.Client, chance: random.Random) -> None:
        image = self._image(client, chance)
        self._send(client, "GET", f"/api/explanations/tiny_vgg/{image}/gradient")

    def _compare(self, client: httpx.Client, chance: random.Random) -> None:
        a, b = self._image(client, chance), self._image(client, chance)
        self._send(client, "GET", f"/api/traces/tiny_vgg/{a}/comparison?image_b={b}")


def main() -> None:
    """Soak, and say what has become of memory, files and threads."""
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0
    with tempfile.TemporaryDirectory() as folder:
        environment = {**SMALL, "CONVSCOPE_DATA_FOLDER": folder}
        with running_server(environment=environment) as server:
            soak = Soak(server)
            first, *_, last = soak.run(minutes)
            kept = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
    print(f"done: {dict(soak.done)}; answered otherwise: {dict(soak.refused)}; kept {kept / 1e6:.1f} MB")
    print(f"after the first minute: {first}\nat the end: {last}")


if __name__ == "__main__":
    main()
