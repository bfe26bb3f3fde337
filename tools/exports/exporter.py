"""Exports networks with random weights, one after another as they are asked for; runs where torch is.

A line ``package network side file`` comes in, one that begins with ``ok`` or ``no`` goes out. It imports
nothing of ConvScope, so that any Python that has torch can run it by its path.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from typing import Any

import timm
import torch
import torchvision

OPSET = 17
"""The newest that every exporter since 2022 writes."""


class FirstOutput(torch.nn.Module):  # type: ignore[misc]
    """A network that answers with a dictionary, by its main answer; one that answers with levels, by all."""

    def __init__(self, inner: Any) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, x: Any) -> Any:
        """What the inner network makes of x."""
        made = self.inner(x)
        if isinstance(made, dict):
            return made["out"] if "out" in made else tuple(made.values())
        return made


def _backbone(name: str) -> Any:
    utils = torchvision.models.detection.backbone_utils
    make = utils.mobilenet_backbone if name.startswith("mobilenet") else utils.resnet_fpn_backbone
    of = {"fpn": True} if name.startswith("mobilenet") else {}
    return make(backbone_name=name, weights=None, trainable_layers=3, **of)


def _segmentation(name: str) -> Any:
    return getattr(torchvision.models.segmentation, name)(weights=None, weights_backbone=None)


def _classifier(name: str) -> Any:
    extra = {"init_weights": False} if name in ("googlenet", "inception_v3") else {}
    return getattr(torchvision.models, name)(weights=None, **extra)


MAKERS: dict[str, Callable[[str], Any]] = {
    "torchvision": _classifier,
    "torchvision.segmentation": _segmentation,
    "torchvision.backbone": _backbone,
    "timm": lambda name: timm.create_model(name, pretrained=False),
}


def export(package: str, name: str, side: int, path: str) -> None:
    """Write one network as a file."""
    torch.manual_seed(0)
    network = FirstOutput(MAKERS[package](name)).eval()
    example = torch.rand(1, 3, side, side)
    torch.onnx.export(network, (example,), path, opset_version=OPSET)


def main() -> None:
    """Answer every line with one."""
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    answers, sys.stdout = sys.stdout, sys.stderr
    answers.write(
        f"ok torch {torch.__version__}, torchvision {torchvision.__version__}, timm {timm.__version__}\n"
    )
    answers.flush()
    for line in sys.stdin:
        package, name, side, path = line.rstrip("\n").split(" ", 3)
        try:
            export(package, name, int(side), path)
            told = "ok"
        except Exception as error:  # whatever an exporter trips over is told as it is
            told = f"no {type(error).__name__}: {' '.join(str(error).split())[:300]}"
        answers.write(told + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
