"""Einsum: sums of products by letters, as transposes and matrix products."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from cnn_core.errors import UnsupportedOperator
from cnn_core.onnx_import.operators.matrix import both_computed, multiplied
from cnn_core.onnx_import.operators.views import Computed, reshaped, transposed
from cnn_core.onnx_import.step import Step
from cnn_core.onnx_import.values import Value

__all__ = ["EINSUM"]


def _einsum(step: Step) -> Value:
    """Two operands whose letters are in both and kept, in both and summed, or in one alone."""
    equation = str(step.attribute("equation", "")).replace(" ", "")
    inputs, _, output = equation.partition("->")
    letters = inputs.split(",")
    if len(letters) != 2 or not output or not _plain(letters, output) or step.network.lead:
        raise UnsupportedOperator(f"{step.who}: the sum {equation[:60]!r} is no product of two matrices")
    first, second = letters
    values = [step.value(0), step.value(1)]
    if isinstance(values[0], np.ndarray):
        first, second, values = second, first, values[::-1]
    kept = [letter for letter in first if letter in second and letter in output]
    summed = [letter for letter in first if letter in second and letter not in output]
    rows = [letter for letter in first if letter not in second]
    columns = [letter for letter in second if letter not in first]
    a = step.network.settle(values[0], step.who)
    sizes = dict(zip(first, a.shape, strict=True)) | dict(zip(second, values[1].shape, strict=True))
    if first[0] != output[0]:
        raise UnsupportedOperator(f"{step.who}: the sum {equation[:60]!r} moves the axis of the images")
    made: Computed
    if isinstance(values[1], np.ndarray):
        if kept:
            raise UnsupportedOperator(
                f"{step.who}: the sum {equation[:60]!r} has a matrix for each of {kept}"
            )
        weight = values[1].transpose([second.index(letter) for letter in (*summed, *columns)])
        weight = weight.reshape(_size(sizes, summed), _size(sizes, columns))
        left = _turned(step, a, first, [*rows, *summed], [*rows, "*"], sizes | {"*": _size(sizes, summed)})
        made = step.network.settle(multiplied(step, left, weight, "product"), step.who)
        order = [*rows, *columns]
    else:
        b = step.network.settle(values[1], step.who)
        if not kept or kept[0] != first[0] or second[0] != first[0]:
            raise UnsupportedOperator(f"{step.who}: the sum {equation[:60]!r} mixes images")
        joined = {"r": _size(sizes, rows), "s": _size(sizes, summed), "c": _size(sizes, columns)}
        capitals = {f"{letter}{letter}": size for letter, size in joined.items()}
        left = _turned(step, a, first, [*kept, *rows, *summed], [*kept, "rr", "ss"], sizes | capitals)
        right = _turned(step, b, second, [*kept, *summed, *columns], [*kept, "ss", "cc"], sizes | capitals)
        product = both_computed(step, left, right, "product")
        made = step.network.settle(product, step.who)
        order = [*kept, *rows, *columns]
    whole = reshaped(step, made, [sizes[letter] for letter in order], "apart")
    return transposed(step, whole, [order.index(letter) for letter in output])


def _plain(letters: list[str], output: str) -> bool:
    """Letters alone, none twice in an operand, all of the output known, none summed within one operand."""
    known = set("".join(letters))
    within = {
        letter for own, other in (letters, letters[::-1]) for letter in own if letter not in other + output
    }
    each = all(own.isalpha() and len(set(own)) == len(own) for own in (*letters, output))
    return each and set(output) <= known and not within


def _size(sizes: dict[str, int], letters: list[str]) -> int:
    return math.prod(sizes[letter] for letter in letters)


def _turned(
    step: Step, value: Computed, letters: str, order: list[str], seen: list[str], sizes: dict[str, int]
) -> Computed:
    turned = transposed(step, value, [letters.index(letter) for letter in order], f"{order[-1]}.turned")
    return reshaped(step, turned, [sizes[letter] for letter in seen], f"{order[-1]}.seen")


EINSUM: dict[str, Callable[[Step], Value]] = {"Einsum": _einsum}
