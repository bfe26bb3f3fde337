"""Small ONNX files as people bring them, made on the spot, and how a page gets one."""

from __future__ import annotations

import base64

import numpy as np
from onnx import ModelProto, TensorProto, helper, numpy_helper
from playwright.sync_api import Page

__all__ = ["CLASSES", "drop", "network"]

CLASSES = ("ant", "bee", "cat", "dog", "elk")

_DROP = """
([name, data]) => {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([bytes], name));
  for (const type of ['dragenter', 'dragover', 'drop']) {
    document.body.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
  }
}
"""


def drop(page: Page, name: str, data: bytes) -> None:
    """Let a file fall on the page."""
    page.evaluate(_DROP, [name, base64.b64encode(data).decode()])


def network(*, free: bool = False, maps: bool = False, labels: bool = True) -> ModelProto:
    """A stem, two branches that are put together, and scores of five classes; ``maps``: without the scores.

    It takes 3x32x32; ``free``: of any size, and any batch.
    """
    rng = np.random.default_rng(5)

    def weights(name: str, *shape: int) -> TensorProto:
        return numpy_helper.from_array((0.3 * rng.standard_normal(shape)).astype(np.float32), name)

    nodes = [
        helper.make_node("Conv", ["x", "stem.w", "stem.b"], ["stem"], "/stem/Conv", pads=[1] * 4),
        helper.make_node("Relu", ["stem"], ["relu"], "/stem/Relu"),
        helper.make_node("Conv", ["relu", "a.w"], ["a"], "/block/a/Conv", pads=[1] * 4),
        helper.make_node("Conv", ["relu", "b.w"], ["b"], "/block/b/Conv"),
        helper.make_node("Concat", ["a", "b"], ["joined"], "/block/Concat", axis=1),
    ]
    parameters = [weights("stem.w", 8, 3, 3, 3), weights("stem.b", 8)]
    parameters += [weights("a.w", 6, 8, 3, 3), weights("b.w", 6, 8, 1, 1)]
    sides = ["height", "width"] if free else [32, 32]
    batch = "batch" if free else 1
    output = helper.make_tensor_value_info("joined", TensorProto.FLOAT, [batch, 12, *sides])
    if not maps:
        nodes += [
            helper.make_node("GlobalAveragePool", ["joined"], ["mean"], "/pool"),
            helper.make_node("Flatten", ["mean"], ["flat"], "/flatten"),
            helper.make_node("Gemm", ["flat", "head.w", "head.b"], ["scores"], "/head/Gemm", transB=1),
        ]
        parameters += [weights("head.w", len(CLASSES), 12), weights("head.b", len(CLASSES))]
        output = helper.make_tensor_value_info("scores", TensorProto.FLOAT, [batch, len(CLASSES)])
    picture = helper.make_tensor_value_info("x", TensorProto.FLOAT, [batch, 3, *sides])
    graph = helper.make_graph(nodes, "small", [picture], [output], parameters)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    if labels and not maps:
        helper.set_model_props(model, {"labels": ",".join(CLASSES)})
    return model
