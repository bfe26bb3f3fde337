"""What a layer says of channels is true: change one, and only outputs that say they read it change."""

import numpy as np
import pytest

from cnn_core.layers import LAYERS, Concat, Conv2d, Flatten, Gather, Pad, Rearrange, ReduceMean, Softmax
from cnn_core.layers.base import ChannelStep
from tests.core.layers.cases import build, every_example, push

EXACT = {"add", "avg_pool2d", "concat", "conv2d", "conv_transpose2d", "flatten", "multiply", "subtract"}
"""Kinds of which every value counts: what is told of them is not too generous either."""


def told(step, outputs, channels):
    """Which input channels each output channel says it reads, as a table of booleans."""
    table = np.zeros((outputs, channels), bool)
    for c in range(outputs):
        if step is None:
            table[c] = True
        else:
            first = (c - step.offset) // step.outputs * step.inputs
            table[c, max(first, 0) : max(first + step.inputs, 0)] = True
    return table


def changed(case, source, channel):
    """Output channels that change with an input channel."""
    inputs = [x.copy() for x in case.inputs]
    values = inputs[source][0, channel : channel + 1]
    push(case.layer.kind, values, np.linspace(20, 30, values.size).reshape(values.shape))
    before, after = case.forward().output[0], case.forward(inputs=tuple(inputs)).output[0]
    return (before != after).reshape(len(before), -1).any(axis=1)


@every_example
def test_only_channels_that_are_told_are_read(example):
    case = build(example)
    if not example.inputs:
        return
    steps = case.layer.channel_steps(*example.inputs)
    assert len(steps) == len(example.inputs)
    outputs = case.layer.infer_shape(*example.inputs)[1]
    for source, (step, shape) in enumerate(zip(steps, example.inputs, strict=True)):
        table = told(step, outputs, shape[1])
        for channel in range(shape[1]):
            reached = changed(case, source, channel)
            assert not (reached & ~table[:, channel]).any(), (source, channel)
            if case.layer.kind in EXACT and step is not None:
                assert np.array_equal(reached, table[:, channel]), (source, channel)


@pytest.mark.parametrize(
    ("layer", "shapes", "steps"),
    [
        (Conv2d(4, 6, (1, 1)), [(1, 4, 2, 2)], (None,)),
        (Conv2d(4, 6, (1, 1), groups=2), [(1, 4, 2, 2)], (ChannelStep(3, 2),)),
        (Conv2d(3, 3, (1, 1), groups=3), [(1, 3, 2, 2)], (ChannelStep(),)),
        (Concat(), [(1, 2, 2, 2), (1, 3, 2, 2)], (ChannelStep(), ChannelStep(offset=2))),
        (LAYERS["add"](), [(1, 3, 2, 2), (1, 1, 2, 2)], (ChannelStep(), ChannelStep(outputs=3))),
        (Concat(axis=-1), [(1, 2, 2, 2), (1, 2, 2, 3)], (ChannelStep(), ChannelStep())),
        (Flatten(), [(1, 3, 2, 5)], (ChannelStep(outputs=10),)),
        (Softmax(), [(1, 5)], (None,)),
        (Softmax(), [(1, 2, 2, 3)], (ChannelStep(),)),
        (ReduceMean((1,)), [(1, 2, 2, 2)], (None,)),
        (ReduceMean((2, 3)), [(1, 2, 2, 2)], (ChannelStep(),)),
        (Pad((2, 2, 2), (2, 3, 2), (0, 1, 0), (0, 0, 0)), [(1, 2, 2, 2)], (ChannelStep(),)),
        (Pad((2, 2, 2), (3, 2, 2), (1, 0, 0), (0, 0, 0)), [(1, 2, 2, 2)], (None,)),
        (Gather((3, 2, 2), (3, 2, 2), 0, (2, 0, 1)), [(1, 3, 2, 2)], (None,)),
        (Rearrange((2, 3, 4), (0, 2, 1), (2, 4, 3)), [(1, 2, 3, 4)], (ChannelStep(),)),
        (LAYERS["local_response_norm"](3), [(1, 4, 2, 2)], (None,)),
        (LAYERS["dense"](4, 2), [(1, 4)], (None,)),
    ],
    ids=lambda value: getattr(value, "kind", ""),
)
def test_channels_by_hand(layer, shapes, steps):
    assert layer.channel_steps(*shapes) == steps
