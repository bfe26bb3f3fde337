"""Things that are really there on a server, and every address of its OpenAPI document with ids in it."""

from __future__ import annotations

import io
import time
import wave
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import numpy as np
from PIL import Image

from tests.api.live import PATIENCE
from tests.core.onnx_import.files import classifier

NETWORK: bytes = classifier().SerializeToString()
RUNS = "/api/training/runs"


def picture(seed: int = 0, side: int = 24) -> bytes:
    """A PNG of noise."""
    pixels = np.random.default_rng(seed).integers(0, 256, (side, side, 3), np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def sound() -> bytes:
    """A WAV of half a second of noise."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setparams((1, 2, 16000, 0, "NONE", ""))
        writer.writeframes(np.random.default_rng(0).integers(-9000, 9000, 8000, np.int16).tobytes())
    return file.getvalue()


@dataclass(frozen=True)
class Things:
    """The ids of an image, a sound, a network, a race of one step and an atlas of that network, and so on."""

    image: str
    sound: str
    model: str
    run: str
    atlas: str
    photos: str
    edit: str
    classes: str

    @property
    def path(self) -> Mapping[str, str]:
        """What stands in an address."""
        return {
            "image": self.image, "model": self.model, "run": self.run, "atlas": self.atlas,
            "set": self.photos, "training": "0" * 12, "path": "a.png",
            "edit": self.edit, "classes": self.classes,
            "other": "tiny_vgg", "node": "relu_node", "name": "conv_node.weight", "channel": "1",
            "photo": "0", "task": "shapes", "table": "steps", "net": "cnn", "kind": "onnx",
            "method": "gradient",
        }  # fmt: skip

    @property
    def query(self) -> Mapping[str, str]:
        """What must stand behind it."""
        numbers = {
            "y": "1",
            "x": "1",
            "height": "8",
            "width": "8",
            "value": "0.5",
            "step": "1",
            "max_shift": "2",
        }
        return {"channel": "1", "node": "relu_node", "photos": "0" * 32, "layer": "conv", **numbers}


def sent(client: httpx.Client, method: str, path: str, **options: Any) -> Any:
    """The JSON of an answer that is a success."""
    answer = client.request(method, path, **options)
    assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
    return answer.json() if answer.content else None


def bring_things(client: httpx.Client) -> Things:
    """Bring all of them."""
    image, heard = (
        sent(client, "POST", "/api/images", files={"file": file})["id"] for file in (picture(), sound())
    )
    model = sent(client, "POST", "/api/models", files={"file": NETWORK}, data={"verify": "later"})["id"]
    settings = {"batch": 16, "passes": 1}
    run = sent(client, "POST", RUNS, json={"settings": settings, "nets": ["cnn", "mlp"]})["id"]
    sent(client, "POST", f"{RUNS}/{run}/orders", json={"order": "step"})
    photos = sent(client, "POST", "/api/photos")
    edit = sent(client, "POST", "/api/edits", json={"model": model, "edit": "conv_node:mute:0"})["edit"]
    classes = [{"name": name, "images": [image]} for name in ("one", "other")]
    own = sent(client, "POST", "/api/training/own/sets", json={"model": model, "classes": classes})["id"]
    return Things(image, heard, model, run, made_atlas(client, model), photos["id"], edit, own)


def made_atlas(client: httpx.Client, model: str) -> str:
    """The id of an atlas of the samples."""
    sent(client, "POST", f"/api/models/{model}/atlas")
    end = time.monotonic() + 3 * PATIENCE
    while time.monotonic() < end:
        found = sent(client, "GET", f"/api/models/{model}/atlas")
        if found["state"] == "done":
            return str(found["atlas"]["id"])
        assert found["state"] == "computing", found
        time.sleep(0.05)
    raise AssertionError("the atlas is never done")


def readable_addresses(document: Mapping[str, Any], things: Things) -> Iterator[tuple[str, str]]:
    """Every address that can be read, as the document has it and with ids in it."""
    for template, operations in document["paths"].items():
        if "get" not in operations:
            continue
        needed = [each for each in operations["get"].get("parameters", []) if each.get("required")]
        names = [each["name"] for each in needed if each["in"] == "query"]
        every = {each["name"] for each in operations["get"].get("parameters", [])}
        names += sorted(every & {"max_shift"})  # the network's input is smaller than what is taken by itself
        query = "&".join(f"{name}={things.query[name]}" for name in names)
        path = {**things.path, **({"image": things.sound} if template.endswith("/sound") else {})}
        yield template, template.format(**path) + (f"?{query}" if query else "")
