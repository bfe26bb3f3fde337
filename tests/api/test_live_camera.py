"""Live camera and microphone: what passes gives the numbers of the same file uploaded, and is not kept."""

from __future__ import annotations

import io
import json
import struct
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from websockets.sync.client import ClientConnection

from app.services.live_messages import FRAME_BYTES
from cnn_core.sound import RATE, wav_bytes
from tests.api.live import SMALL, Live, served
from tests.api.pictures import noise, uploaded
from tests.api.sockets import answers, ask, closing, next_message, socket


def message(payload: bytes, **state: Any) -> bytes:
    header = json.dumps(state).encode()
    return struct.pack("<I", len(header)) + header + payload


def show(connection: ClientConnection, seq: int, pixels: NDArray[np.uint8], **state: Any) -> None:
    state = {"model": "tiny_vgg", "maps": {}, **state}
    connection.send(message(pixels.tobytes(), seq=seq, **state))


def seen(live: Live, seq: int, pixels: NDArray[np.uint8], **state: Any) -> dict[str, Any]:
    with socket(live, "/camera") as connection:
        show(connection, seq, pixels, **state)
        return next_message(connection)


def array(live: Live, address: str) -> NDArray[np.float32]:
    return np.load(io.BytesIO(live.client.get(address).content))  # type: ignore[no-any-return]


@pytest.mark.parametrize("model", ["tiny_vgg", "lenet5", "resnet_random", "tiny_vgg~edit-conv_1_1:mute:2"])
def test_the_numbers_are_those_of_the_frame_kept(live: Live, model: str) -> None:
    detail = live.client.get(f"/api/models/{model}").json()
    pixels = noise(detail["input"]["height"], detail["input"]["width"])
    nodes = [node["name"] for node in detail["nodes"]]
    found = seen(live, 7, pixels, model=model, maps=dict.fromkeys(nodes))

    trace = f"/api/traces/{model}/{uploaded(live, pixels)}"
    told = live.client.get(trace).json()
    assert [layer["node"] for layer in found["layers"]] == nodes
    for layer, wanted in zip(found["layers"], told["nodes"], strict=True):
        values = array(live, f"{trace}/nodes/{layer['node']}")
        assert layer["shape"] == list(values.shape)
        np.testing.assert_array_equal(layer["values"].reshape(values.shape), values)
        for number in ("min", "max", "mean", "std", "zero_fraction"):
            assert layer[number] == wanted[number]
    assert (found["seq"], found["top"], found["doubt"]) == (7, told["top"][:32], told["doubt"])


def hear(connection: ClientConnection, seq: int, samples: NDArray[np.int16], **state: Any) -> dict[str, Any]:
    state = {"model": "spoken_words", "maps": {}, **state}
    connection.send(message(samples.tobytes(), seq=seq, **state))
    return next_message(connection)


def test_the_numbers_of_a_second_are_those_of_the_sound_kept(live: Live) -> None:
    samples = np.random.default_rng(5).integers(-9000, 9000, RATE).astype(np.int16)
    samples[:4000] //= 100
    nodes = [node["name"] for node in live.client.get("/api/models/spoken_words").json()["nodes"]]
    with socket(live, "/microphone") as connection:
        found = hear(connection, 3, samples, maps=dict.fromkeys(nodes))
    file = {"file": ("second.wav", wav_bytes(samples), "audio/wav")}
    trace = f"/api/traces/spoken_words/{live.client.post('/api/images', files=file).json()['id']}"
    told = live.client.get(trace).json()
    assert [layer["node"] for layer in found["layers"]] == nodes
    for layer in found["layers"]:
        values = array(live, f"{trace}/nodes/{layer['node']}")
        np.testing.assert_array_equal(layer["values"].reshape(values.shape), values)
    assert (found["seq"], found["top"], found["doubt"]) == (3, told["top"], told["doubt"])


def test_what_is_no_second_is_named_and_the_next_one_is_heard(live: Live) -> None:
    second = np.zeros(RATE, np.int16)
    with socket(live, "/microphone") as connection:
        refused = hear(connection, 1, second, model="tiny_vgg")["error"]
        assert (refused["status"], "a microphone shows it nothing" in refused["detail"]) == (422, True)
        refused = hear(connection, 2, second[:-1])["error"]
        assert (refused["status"], "32000 bytes; got 31998 bytes" in refused["detail"]) == (422, True)
        assert hear(connection, 3, second)["type"] == "frame"
    with socket(live, "/camera") as connection:
        show(connection, 1, noise(64, 96), model="spoken_words")
        assert "a camera shows it nothing" in next_message(connection)["error"]["detail"]


def test_a_moved_frame_gives_the_numbers_of_the_photo_and_leaves_nothing(live: Live) -> None:
    pixels = noise(64, 64, 11)
    state = {"model": "tiny_vgg", "dx": 3, "dy": -1, "layers": [{"node": "relu_1_2", "channel": None}]}
    before = len(live.services.shifts.cache)
    with socket(live, "/shift-camera") as connection:
        connection.send(message(pixels.tobytes(), seq=1, image="frame-1", **state))
        moving, end = answers(connection, 1)
        connection.send(message(pixels.tobytes(), seq=2, image="frame-2", size=48, **state))
        [refused] = answers(connection, 2)
    assert refused["error"]["detail"].startswith("This network takes 48 x 48 pixels")
    # the network of a view stays, a frame and what came of it do not
    assert len(live.services.shifts.cache) <= before + 1
    with socket(live) as connection:
        ask(connection, 1, image=uploaded(live, pixels), **state)
        still, _ = answers(connection, 1)
    apart = {"image", "milliseconds", "bytes"}
    for name in still.keys() - apart:
        np.testing.assert_equal(moving[name], still[name])
    assert (moving["image"], end["type"]) == ("frame-1", "done")


def test_only_maps_in_view_are_sent(live: Live) -> None:
    pixels = noise(64, 64, 2)
    found = seen(live, 1, pixels, maps={"relu_1_2": "9,0-2", "conv_1_1": "4"})
    first, second = found["layers"]
    trace = f"/api/traces/tiny_vgg/{uploaded(live, pixels)}/nodes"

    assert (first["node"], first["channels"]) == ("conv_1_1", [4])
    assert (second["node"], second["channels"]) == ("relu_1_2", [9, 0, 1, 2])
    whole = array(live, f"{trace}/relu_1_2")
    np.testing.assert_array_equal(second["values"].reshape(4, *whole.shape[1:]), whole[[9, 0, 1, 2]])
    assert second["max"] == whole.max()


def test_of_many_frames_at_once_the_last_is_answered_and_few_others(live: Live) -> None:
    with socket(live, "/camera") as connection:
        for seq in range(60):
            show(connection, seq, noise(64, 64, seq))
        answered = []
        while not answered or answered[-1] != 59:
            answered.append(next_message(connection)["seq"])
    assert len(answered) < 40
    assert answered == sorted(set(answered))


def test_nothing_of_a_frame_is_kept(live: Live) -> None:
    def held() -> list[int]:
        return [len(live.services.traces.cache), len(live.services.images.uploads)]

    before = held()
    assert seen(live, 1, noise(64, 64, 3), maps={"relu_1_1": None})["type"] == "frame"
    assert held() == before


@pytest.mark.parametrize(
    ("state", "size", "status", "says"),
    [
        ({"model": "nobody"}, (64, 64), 404, "There is no model 'nobody'"),
        ({"maps": {"conv_9": None}}, (64, 64), 404, "no node 'conv_9' in Tiny VGG"),
        ({"maps": {"conv_1_1": "3-99"}}, (64, 64), 422, "channels must be 0 to 9"),
        ({"maps": {"conv_1_1": "x"}}, (64, 64), 422, "numbers and ranges"),
        ({"maps": 5}, (64, 64), 422, "maps:"),
        ({"more": 1}, (64, 64), 422, "more:"),
        ({}, (64, 63), 422, "takes 64 x 64 pixels, 12288 bytes of red, green and blue; got 12096 bytes"),
        ({}, (0, 64), 422, "got 0 bytes"),
    ],
)
def test_what_cannot_be_answered_is_named_and_the_next_frame_is(
    live: Live, state: dict[str, Any], size: tuple[int, int], status: int, says: str
) -> None:
    with socket(live, "/camera") as connection:
        show(connection, 1, noise(*size), **state)
        refused = next_message(connection)
        assert (refused["type"], refused["seq"], refused["error"]["status"]) == ("error", 1, status)
        assert says in refused["error"]["detail"]
        show(connection, 2, noise(64, 64, 4))
        assert next_message(connection)["type"] == "frame"


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ('{"seq": 1}', 1003),
        (b"", 1007),
        (b"\x05\x00", 1007),
        (struct.pack("<I", 4000) + b"{}", 1007),
        (message(b"", seq=-1), 1007),
        (message(b"", model="tiny_vgg"), 1007),
        (struct.pack("<I", 3) + b"[1]", 1007),
        (struct.pack("<I", 2) + b"\xff\xfe", 1007),
        (message(b"", seq=1, model="x" * 9000), 1009),
        (bytes(FRAME_BYTES + 1), 1009),
    ],
)
def test_what_is_no_frame_closes(live: Live, sent: str | bytes, code: int) -> None:
    with socket(live, "/camera") as connection:
        connection.send(sent)
        assert closing(connection)[0] == code


def test_who_finds_no_place_waits_in_line() -> None:
    settings = SMALL.model_copy(update={"live_connections": 1, "live_waiting": 1})
    with served(settings) as live, socket(live, "/camera") as first, socket(live, "/camera") as second:
        show(first, 1, noise(64, 64, 5))
        assert next_message(first)["type"] == "frame"
        show(second, 1, noise(64, 64, 5))
        assert next_message(second)["type"] == "waiting"
        first.close()
        assert next_message(second)["type"] == "frame"
