"""From a notebook or a script: look at a PyTorch network in the browser.

It is called from the package itself::

    import convscope
    convscope.explore(module, example)
"""

from __future__ import annotations

import atexit
import subprocess
import sys
import tempfile
import warnings
import webbrowser
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cnn_core.errors import CnnError

from .cli.imports import take_file

__all__ = ["CannotExplore", "Page", "explore"]

_EXPORTERS: tuple[dict[str, Any], ...] = (
    {"dynamo": False},
    {"dynamo": True, "external_data": False, "verbose": False},
)
"""Ways of ``torch.onnx.export``: the first names layers as the module does, the second knows more of Python
and wants onnxscript."""


class CannotExplore(CnnError):
    """The network cannot be exported, or the page not be started; the message says why."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page that is open: where it is, what comparing it with its file found, and a way to end it."""

    address: str
    verification: str
    server: subprocess.Popen[str]

    def close(self) -> None:
        """Stop the server behind the page."""
        self.server.terminate()
        self.server.wait()


def explore(
    module: Any,
    example: Any,
    *,
    name: str | None = None,
    labels: Sequence[str] | None = None,
    scaling: str = "imagenet",
    open_page: bool = True,
) -> Page:
    """Export a PyTorch network, import and verify it, and open it in the browser; it returns at once.

    ``module`` is a ``torch.nn.Module``, put into evaluation mode while it is exported; ``example`` one input,
    a tensor ``(1, C, H, W)``. ``module`` may also be the path of an ``.onnx`` file; then ``example`` is None.
    The server ends with the interpreter, or with ``close()`` on what is returned.

    Raises:
        CannotExplore: torch is not installed, or it cannot export this network.
        CnnError: the network cannot be imported; the message says why.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(module) if isinstance(module, str | Path) else _exported(module, example, Path(folder))
        written = None
        if labels is not None:
            written = Path(folder) / "labels.txt"
            written.write_text("\n".join(labels), encoding="utf-8")
        title = name or (file.stem if isinstance(module, str | Path) else type(module).__name__)
        kept = take_file(file, title, written, scaling)
    address, server = _serve()
    start = f"{address}&" if "?" in address else f"{address}/?"
    page = Page(f"{start}model={kept.model.name}", kept.imported.finding.sentence, server)
    if open_page:
        webbrowser.open(page.address)
    return page


def _exported(module: Any, example: Any, folder: Path) -> Path:
    try:
        import torch
    except ImportError as error:
        raise CannotExplore("explore: wanted torch to be installed, to export the network with") from error
    path = folder / "network.onnx"
    training = module.training
    module.eval()
    refusals = []
    try:
        for exporter in _EXPORTERS:
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    torch.onnx.export(module, (example,), path, **exporter)
            except Exception as error:  # whatever an exporter trips over is told as it is
                refusals.append(f"{exporter}: {str(error).strip()[:500]}")
            else:
                return path
    finally:
        module.train(training)
    raise CannotExplore("explore: torch.onnx cannot export this network; " + "; ".join(refusals))


def _serve() -> tuple[str, subprocess.Popen[str]]:
    """A server of its own on a free port; it ends with this interpreter."""
    command = [sys.executable, "-m", f"{__package__}.cli", "serve", "--port", "0", "--no-browser"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    atexit.register(server.terminate)
    assert server.stdout is not None
    line = server.stdout.readline()
    address = next((word for word in line.split() if word.startswith("http://")), None)
    if address is None:
        raise CannotExplore("explore: the server did not start; `convscope serve` says why")
    return address, server
