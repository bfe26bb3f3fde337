"""What the arithmetic of every kind of layer prints, and whether it says the truth and adds up."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

Shown = dict[str, Any]
Check = Callable[[Shown, float, list[float]], None]


def number(text: str) -> Decimal:
    """What a printed number says, exactly."""
    return Decimal(
        text.replace("\u2212", "-").replace("+", "").replace("\u202f", "").replace("%", "").strip()
    )


def close(shown: str, value: float) -> None:
    """The printed number is the value, rounded: half a last digit off at most."""
    step = Decimal(1).scaleb(int(number(shown).as_tuple().exponent))
    assert abs(number(shown) - Decimal(repr(float(value)))) <= step / 2 * Decimal("1.0001"), (
        f"{shown} for {value}"
    )


def current(shown: Shown) -> dict[str, Any]:
    """The row of the selected channel."""
    row: dict[str, Any]
    (row,) = [row for row in shown["rows"] if row["current"]]
    return row


def check_sum(shown: Shown, value: float, _: list[float]) -> None:
    """Rows, and what is folded, make Σ; Σ and bias make the value; products make their row."""
    adds = [number(row["adds"]) for row in shown["rows"]] + [number(text) for text in shown["others"]]
    chips = shown["lines"][0]
    assert sum(adds) == number(chips[0])
    result = number(chips[0]) + number(chips[1]) if len(chips) > 2 else number(chips[0])
    close(chips[2] if len(chips) > 2 else chips[0], value)
    assert result == number(chips[2] if len(chips) > 2 else chips[0])
    for row in shown["rows"]:
        if row["numbers"] and row["numbers"][2]:
            assert sum(map(number, row["numbers"][2])) == number(row["adds"])


def check_blur(shown: Shown, value: float, _: list[float]) -> None:
    """Patch times the fixed kernel: the printed products add up to the value."""
    row = current(shown)
    close(row["adds"], value)
    patch, kernel, products = row["numbers"]
    weights = [Decimal(top) / Decimal(bottom) for top, bottom in (text.split("/") for text in kernel)]
    assert sum(weights) == 1
    assert sum(map(number, products)) == number(row["adds"])
    assert len(patch) == len(kernel) == 9


def check_change(shown: Shown, value: float, before: list[float]) -> None:
    """What goes in and what comes out, at the same place."""
    first, last = current(shown)["chips"]
    close(first, before[0])
    close(last, value)


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


CURVES: dict[str, Callable[[float], float]] = {
    "relu": lambda x: max(0.0, x),
    "silu": lambda x: x * sigmoid(x),
    "sigmoid": sigmoid,
    "tanh": math.tanh,
    "hard_swish": lambda x: x * min(max(x + 3, 0), 6) / 6,
    "dropout": lambda x: x,
}
"""Those that need nothing but x."""


def check_curve(kind: str) -> Check:
    """Every printed result is that of the printed number before it, within half a last digit of both."""

    def check(shown: Shown, value: float, before: list[float]) -> None:
        check_change(shown, value, before)
        for row in shown["rows"]:
            first, last = map(number, row["chips"])
            step = float(Decimal(1).scaleb(int(first.as_tuple().exponent)))
            assert abs(CURVES[kind](float(first)) - float(last)) <= 1.11 * step, row

    return check


def check_norm(shown: Shown, value: float, before: list[float]) -> None:
    """(x - mean) / sigma and what is made of it: each printed result from the printed numbers before it."""
    check_change(shown, value, before)
    (x, mean, sigma, standard), (gamma, beta, result) = [list(map(number, line)) for line in shown["lines"]]
    close(shown["lines"][0][0], before[0])
    close(shown["lines"][1][2], value)
    half = Decimal(1).scaleb(int(result.as_tuple().exponent)) / 2
    spread = (2 * half + abs((x - mean) / sigma) * half) / (sigma - half)
    assert abs((x - mean) / sigma - standard) <= spread + half
    assert abs(standard * gamma + beta - result) <= half * (abs(gamma) + abs(standard) + 2)
    signs = [line[-1] for line in shown["signs"]]
    for sign, made, said in zip(
        signs, ((x - mean) / sigma, standard * gamma + beta), (standard, result), strict=True
    ):
        assert (sign == "=") == (abs(made - said) <= half), "= only where the printed numbers give it"


def check_product(shown: Shown, value: float, before: list[float]) -> None:
    """Every branch as it is, and their product."""
    *parts, result = current(shown)["chips"]
    close(result, value)
    for part, each in zip(parts, before, strict=True):
        close(part, each)
    half = Decimal(1).scaleb(int(number(result).as_tuple().exponent)) / 2
    first, second = map(number, parts)
    assert abs(first * second - number(result)) <= half * (abs(first) + abs(second) + 2)


def check_flatten(shown: Shown, value: float, before: list[float]) -> None:
    """The one value, and the index formula both ways."""
    check_copy(shown, value, before)
    _, there, back = shown["notes"][:3]
    channel, height, row, width, column, position = map(int, re.findall(r"\d+", there))
    assert (channel * height + row) * width + column == position
    assert list(map(int, re.findall(r"\d+", back))) == [position, channel, height, width, row, width, column]


def check_merge(shown: Shown, value: float, before: list[float]) -> None:
    """Every branch, and the result."""
    *parts, result = current(shown)["chips"]
    close(result, value)
    assert len(parts) == len(before)
    for part, each in zip(parts, before, strict=True):
        last_digit = Decimal(1).scaleb(int(number(part).as_tuple().exponent))
        assert abs(number(part) - Decimal(each)) < last_digit  # moved by up to that, so that they add up


def check_largest(shown: Shown, value: float, _: list[float]) -> None:
    """The result is the value; of four, it is the largest."""
    row = current(shown)
    close(row["adds"], value)
    four = row["cells"][1:5]
    if len(row["cells"]) == 7:
        assert max(number(text) for text in four if text != "–") == number(row["adds"])


def check_mean(shown: Shown, value: float, _: list[float]) -> None:
    """Sum by divisor is the value, up to the printed digits."""
    row = current(shown)
    close(row["adds"], value)
    total, divisor = number(row["cells"][2]), Decimal(row["cells"][3].removeprefix("÷ "))
    step = Decimal(1).scaleb(int(number(row["adds"]).as_tuple().exponent))
    assert abs(total / divisor - number(row["adds"])) <= step


def check_softmax(shown: Shown, value: float, before: list[float]) -> None:
    """The shares, those folded too, add up to a hundred, the powers to their sum; its own is the value."""
    shares = [number(row["adds"]) for row in shown["rows"]] + [number(text) for text in shown["others"]]
    assert sum(shares) == 100
    if not shown["others"]:
        assert sum(number(row["cells"][2]) for row in shown["rows"]) == number(shown["foot"][2])
    row = current(shown)
    close(row["chips"][0], before[0])
    assert abs(float(number(row["adds"])) - 100 * value) < 0.01001


def check_copy(shown: Shown, value: float, _: list[float]) -> None:
    """The one value that was read."""
    assert float(number(current(shown)["chips"][0])) == pytest.approx(value, rel=1e-3, abs=1e-6)


def check_input(shown: Shown, value: float, _: list[float]) -> None:
    """From 0 to 255 to the value."""
    row = current(shown)
    close(row["chips"][0], value)
    assert 0 <= number(row["cells"][1]) <= 255


CHECKS: dict[str, Check] = {
    "input": check_input,
    "conv2d": check_sum,
    "dense": check_sum,
    "max_pool2d": check_largest,
    "avg_pool2d": check_mean,
    "global_avg_pool2d": check_mean,
    "blur_pool2d": check_blur,
    "softmax": check_softmax,
    "add": check_merge,
    "multiply": check_product,
    "concat": check_copy,
    "flatten": check_flatten,
    "batch_norm2d": check_norm,
    **{kind: check_curve(kind) for kind in CURVES},
}
