"""Small files that ask for a lot: each kind made by hand, some honest, none larger than a photo.

python -m tests.core.onnx_import.hostile FOLDER     writes them all
"""

import sys
from pathlib import Path

import numpy as np
from onnx import numpy_helper

from tests.core.onnx_import.files import model, node, numbers, tensor, weights


def headed(first, channels, side, *initializers, outputs=None):
    """A first layer "c" and behind it five classes."""
    return model(
        [
            first,
            node("GlobalAveragePool", "c", "gap"),
            node("Flatten", "gap", "flat"),
            node("Gemm", "flat gw gb", "y"),
        ],
        [*initializers, weights("gw", channels, 5), weights("gb", 5)],
        inputs=[tensor("x", [1, 3, side, side])],
        outputs=outputs,
    )


def convolution(side, kernel, filters=1, **attributes):
    attributes.setdefault("pads", [kernel // 2] * 4)
    return headed(
        node("Conv", "x w", "c", **attributes), filters, side, weights("w", filters, 3, kernel, kernel)
    )


def pool(kind, side, kernel, **attributes):
    attributes.setdefault("pads", [kernel // 2] * 4)
    return headed(node(kind, "x", "c", kernel_shape=[kernel, kernel], **attributes), 3, side)


def denoiser(side, channels=64, depth=5):
    """Convolutions of one size, as DnCNN has them."""
    wide = [3, *[channels] * depth, 3]
    nodes, last = [], "x"
    for number in range(len(wide) - 1):
        nodes.append(node("Conv", f"{last} w{number}", f"c{number}", pads=[1, 1, 1, 1]))
        nodes.append(node("Relu", f"c{number}", f"r{number}"))
        last = f"r{number}"
    kernels = [weights(f"w{n}", wide[n + 1], wide[n], 3, 3, seed=n) for n in range(len(wide) - 1)]
    return model(nodes, kernels, inputs=[tensor("x", [1, 3, side, side])])


def neighbours(size):
    return model([node("LRN", "x", "y", size=size)])


def without_output():
    made = model([node("Relu", "x", "y")])
    del made.graph.output[:]
    return made


def tall_resize():
    """A matrix of a million rows that reads four thousand."""
    scales = numpy_helper.from_array(np.array([1, 1, 250, 1], np.float32), "scales")
    return model(
        [node("Resize", "x none scales", "y", mode="linear")],
        [numpy_helper.from_array(np.zeros(0, np.float32), "none"), scales],
        inputs=[tensor("x", [1, 1, 4096, 4])],
    )


def padded(channels, side, around):
    pads = numbers("pads", 0, 0, around, around, 0, 0, around, around)
    return model([node("Pad", "x pads", "y")], [pads], inputs=[tensor("x", [1, channels, side, side])])


def overflowing():
    """Every score infinite."""
    large = numpy_helper.from_array(np.array(3e38, np.float32), "large")
    nodes = [node("Add", "x large", "a"), node("Mul", "a large", "b"), node("GlobalAveragePool", "b", "gap")]
    return model([*nodes, node("Flatten", "gap", "y")], [large])


def depthwise(side, kernel):
    return headed(
        node("Conv", "x w", "c", group=3, pads=[kernel // 2] * 4), 3, side, weights("w", 3, 1, kernel, kernel)
    )


def transposed(side, kernel, stride):
    return headed(
        node("ConvTranspose", "x w", "c", strides=[stride, stride]),
        1,
        side,
        weights("w", 3, 1, kernel, kernel),
    )


FILES = {
    "avgpool_255": lambda: pool("AveragePool", 700, 255),
    "avgpool_whole": lambda: pool("AveragePool", 2001, 2001, pads=[1000] * 4, strides=[500, 500]),
    "contradicting_kernel_shape": lambda: convolution(8, 3, 4, kernel_shape=[1 << 26, 3]),
    "denoiser": lambda: denoiser(512),
    "depthwise_1001": lambda: depthwise(1001, 1001),
    "depthwise_255": lambda: depthwise(2000, 255),
    "far_padding": lambda: padded(3, 64, 20_000),
    "im2col_large_kernel": lambda: convolution(2000, 9),
    "im2col_large_map": lambda: convolution(4096, 3),
    "infinite": overflowing,
    "lrn_2_24": lambda: neighbours(1 << 24),
    "lrn_2_27": lambda: neighbours(1 << 27),
    "lrn_2_62": lambda: neighbours(1 << 62),
    "maxpool_255": lambda: pool("MaxPool", 700, 255),
    "maxpool_dilated": lambda: pool("MaxPool", 2048, 3, dilations=[1000, 1000], pads=[2] * 4),
    "no_output": without_output,
    "tall_resize": tall_resize,
    "transposed_far": lambda: transposed(512, 3, 100),
    "wide_kernel": lambda: convolution(4096, 2047),
}
"""Makers by name."""


if __name__ == "__main__":
    for name, make in FILES.items():
        Path(sys.argv[1], f"{name}.onnx").write_bytes(make().SerializeToString())
