"""A network exported by PyTorch, for ``test_explore_torch.py``: its file, and its answer to one picture.

``python -m tests.cli.make_torch_module``, where torch is installed, writes them again.
"""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

FILE = Path(__file__).with_name("torch_module.onnx")
ANSWER = FILE.with_suffix(".npz")
SIDE = 32


def residual(nn: ModuleType, torch: ModuleType) -> Any:
    """A convolution and a block with a skip connection, batch norms behind them, five classes."""

    class Residual(nn.Module):  # type: ignore[name-defined, misc]
        def __init__(self) -> None:
            super().__init__()
            self.stem, self.stem_norm = nn.Conv2d(3, 8, 3, stride=2, padding=1), nn.BatchNorm2d(8)
            self.conv, self.norm = nn.Conv2d(8, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8)
            self.head = nn.Linear(8, 5)

        def forward(self, x: Any) -> Any:
            x = torch.relu(self.stem_norm(self.stem(x)))
            x = torch.relu(self.norm(self.conv(x)) + x)
            return self.head(x.mean((2, 3)))

    return Residual()


def main() -> None:
    """Export it, and ask it about one input."""
    import torch

    torch.manual_seed(1)
    module = residual(torch.nn, torch).eval()
    for norm in (module.stem_norm, module.norm):
        norm.running_mean.uniform_(-0.3, 0.3)
        norm.running_var.uniform_(0.5, 2)
    pixels = np.random.default_rng(1).integers(0, 256, (SIDE, SIDE, 3), np.uint8)
    x = torch.tensor(pixels.transpose(2, 0, 1)[None] / np.float32(255))
    torch.onnx.export(module, (x,), str(FILE))
    with torch.no_grad():
        np.savez_compressed(ANSWER, pixels=pixels, answer=module(x)[0].numpy())


if __name__ == "__main__":
    main()
