"""The playground's convolution, worked out in the browser, against the core's."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page

from cnn_core.ops.conv import conv2d
from tests.browser.conftest import Complaints, OpenPage

HEIGHT, WIDTH = 13, 17
MODES = {"zeros": "constant", "wrap": "wrap", "reflect": "reflect"}
SETTINGS = list(itertools.product((1, 2, 3, 5), (1, 2, 3, 4), (0, 1, 2, 3, 4), (1, 2, 3, 4), MODES))
EPSILON = float(np.finfo(np.float32).eps)

RUN = """
async ({ planes, kernels, bias, settings, width, height }) => {
  const { convolve, outputSize } = await import("/static/js/geometry/convolution.js");
  const picture = { planes: planes.map((plane) => Float32Array.from(plane)), width, height };
  return settings.map(([size, stride, padding, dilation, mode]) => {
    const each = { size, stride, padding, dilation, mode };
    if (!outputSize(width, each) || !outputSize(height, each)) return null;
    const slices = kernels[size].map((slice) => Float32Array.from(slice));
    const map = convolve(picture, { slices, bias }, each);
    return { values: [...map.values], width: map.width, height: map.height };
  });
}
"""


@pytest.fixture
def blank(open_page: OpenPage, complaints: Complaints) -> Page:
    """A page of the server with nothing on it, from which its modules can be imported."""
    complaints.allow("favicon")
    return open_page("/healthz", ready=False)


def in_browser(page: Page, x: Any, kernels: dict[int, Any], bias: float) -> list[dict[str, Any] | None]:
    planes = [plane.ravel().tolist() for plane in x]
    flat = {str(size): [part.ravel().tolist() for part in kernel] for size, kernel in kernels.items()}
    settings = [list(each) for each in SETTINGS]
    argument = {"planes": planes, "kernels": flat, "bias": bias, "settings": settings}
    maps: list[dict[str, Any] | None] = page.evaluate(RUN, {**argument, "width": WIDTH, "height": HEIGHT})
    return maps


def padded(x: Any, padding: int, mode: str) -> Any:
    """With what stands beyond the border; the core itself knows zeros only."""
    around = ((0, 0), (padding, padding), (padding, padding))
    return np.pad(x, around, mode=MODES[mode])


def fits(size: int, padding: int, dilation: int) -> bool:
    return dilation * (size - 1) < min(HEIGHT, WIDTH) + 2 * padding


def test_whole_numbers_give_exactly_the_map_of_the_core(blank: Page) -> None:
    rng = np.random.default_rng(1)
    x = rng.integers(0, 256, (3, HEIGHT, WIDTH)).astype(np.float32)
    kernels = {size: rng.integers(-9, 10, (3, size, size)).astype(np.float32) for size in (1, 2, 3, 5)}
    maps = in_browser(blank, x, kernels, 7.0)
    seen = 0
    for (size, stride, padding, dilation, mode), found in zip(SETTINGS, maps, strict=True):
        assert (found is not None) == fits(size, padding, dilation)
        if found is None:
            continue
        wanted = conv2d(
            padded(x, padding, mode)[None],
            kernels[size][None],
            np.array([7.0], np.float32),
            stride=(stride, stride),
            dilation=(dilation, dilation),
        )[0, 0]
        values = np.array(found["values"], np.float32).reshape(found["height"], found["width"])
        np.testing.assert_array_equal(values, wanted, f"{size=} {stride=} {padding=} {dilation=} {mode=}")
        seen += 1
    assert seen > 900, "nearly all settings fit a photo of this size"


def test_other_numbers_differ_from_the_core_by_float32s_rounding_at_most(blank: Page) -> None:
    """Any order of n sums stays within n * eps of the exact value, measured in the products' sizes."""
    rng = np.random.default_rng(2)
    x = rng.standard_normal((3, HEIGHT, WIDTH)).astype(np.float32)
    kernels = {size: rng.standard_normal((3, size, size)).astype(np.float32) for size in (1, 2, 3, 5)}
    for (size, stride, padding, dilation, mode), found in zip(
        SETTINGS, in_browser(blank, x, kernels, 0.25), strict=True
    ):
        if found is None:
            continue
        around = padded(x, padding, mode)[None]
        steps, gaps = (stride, stride), (dilation, dilation)
        bias = np.array([0.25], np.float32)
        wanted = conv2d(around, kernels[size][None], bias, steps, dilation=gaps)[0, 0]
        sizes = conv2d(np.abs(around), np.abs(kernels[size][None]), bias, steps, dilation=gaps)[0, 0]
        values = np.array(found["values"], np.float32).reshape(found["height"], found["width"])
        bound = 2 * (3 * size * size + 1) * EPSILON * sizes
        assert (np.abs(values - wanted) <= bound).all(), f"{size=} {stride=} {padding=} {dilation=} {mode=}"


def test_the_order_of_the_sums_is_the_one_that_the_page_states(blank: Page) -> None:
    """Channel by channel, row by row, left to right, each product and each sum rounded; the bias last."""
    rng = np.random.default_rng(3)
    x = rng.standard_normal((3, HEIGHT, WIDTH)).astype(np.float32)
    kernels = {size: rng.standard_normal((3, size, size)).astype(np.float32) for size in (1, 2, 3, 5)}
    maps = in_browser(blank, x, kernels, 0.25)
    found = maps[SETTINGS.index((3, 1, 1, 2, "reflect"))]
    assert found is not None
    around, rows, columns = padded(x, 1, "reflect"), found["height"], found["width"]
    wanted = np.zeros((rows, columns), np.float32)
    for channel, i, j in itertools.product(range(3), range(3), range(3)):
        patch = around[channel, 2 * i : 2 * i + rows, 2 * j : 2 * j + columns]
        wanted = wanted + patch * kernels[3][channel, i, j]
    wanted = wanted + np.float32(0.25)
    np.testing.assert_array_equal(np.array(found["values"], np.float32).reshape(rows, columns), wanted)
