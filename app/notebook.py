"""From a notebook or a script: look at a PyTorch network in the browser.

It is called from the package itself::

    import convscope
    convscope.explore(module, example)
"""

from __future__ import annotations

import html
import os
import signal
import subprocess
import sys
import tempfile
import threading
import warnings
import webbrowser
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from cnn_core.errors import CnnError

from .cli.command_line import main
from .cli.imports import take_file
from .services.model_imports import KeptModel

__all__ = ["CannotExplore", "Page", "explore"]

_EXPORTERS: tuple[dict[str, Any], ...] = (
    {"dynamo": False},
    {"dynamo": True, "external_data": False, "verbose": False},
)
"""Ways of ``torch.onnx.export``: the first names layers as the module does, the second knows more of Python
and wants onnxscript."""


class CannotExplore(CnnError):
    """The network cannot be exported, or the page not be started; the message says why."""


_FRAMES = "http://localhost:* http://127.0.0.1:* https://localhost:* vscode-webview:"
"""Notebooks that may show the page below a cell."""

_HEIGHT = 720
"""Of the page below a cell, in pixels."""


@dataclass(frozen=True, slots=True, repr=False)
class Page:
    """A page that is open: where it is, what comparing it with its file found, and a way to end it.

    In a notebook it shows the page itself; ``with explore(...) as page`` ends it with the block.
    """

    address: str
    verification: str
    server: subprocess.Popen[str]

    def __repr__(self) -> str:
        """Where it is, and the finding."""
        return f"<Page {self.address}: {self.verification}>"

    def _repr_html_(self) -> str:
        """The page below a notebook's cell."""
        address = html.escape(self.address)
        style = f"width: 100%; height: {_HEIGHT}px; border: 0"
        return f'<iframe src="{address}" title="ConvScope" style="{style}"></iframe>'

    def __enter__(self) -> Self:
        """The page."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Stop the server behind the page."""
        assert self.server.stdin is not None
        self.server.stdin.close()
        self.server.wait()
        if self.server.stdout is not None:
            self.server.stdout.close()


def explore(
    module: Any,
    example: Any,
    *,
    name: str | None = None,
    labels: Sequence[str] | None = None,
    scaling: str = "imagenet",
    open_page: bool | None = None,
) -> Page:
    """Export a PyTorch network, import and verify it, and open it in the browser; it returns at once.

    ``module`` is a ``torch.nn.Module``, put into evaluation mode while it is exported; ``example`` one input,
    a tensor ``(1, C, H, W)``. ``module`` may also be the path of an ``.onnx`` file; then ``example`` is None.
    The server ends with the interpreter, however that ends, or with ``close()`` on what is returned. Without
    ``open_page`` a browser is opened, except in a notebook, which shows what is returned.

    Raises:
        CannotExplore: torch is not installed, or it cannot export this network.
        CnnError: the network cannot be imported; the message says why.
    """
    is_file = isinstance(module, str | Path)
    with tempfile.TemporaryDirectory() as folder:
        written = None
        if labels is not None:
            written = Path(folder) / "labels.txt"
            written.write_text("\n".join(labels), encoding="utf-8")

        def take(file: Path) -> KeptModel:
            title = name or (file.stem if is_file else type(module).__name__)
            return take_file(file, title, written, scaling)

        kept = take(Path(module)) if is_file else _first_taken(module, example, Path(folder), take)
    address, server = _serve()
    start = f"{address}&" if "?" in address else f"{address}/?"
    page = Page(f"{start}model={kept.model.name}", kept.imported.finding.sentence, server)
    if open_page or (open_page is None and "ipykernel" not in sys.modules):
        webbrowser.open(page.address)
    return page


def _first_taken(module: Any, example: Any, folder: Path, take: Callable[[Path], KeptModel]) -> KeptModel:
    """The network by the first exporter whose file can be imported.

    Raises:
        CannotExplore: no exporter can export it.
        CnnError: what the first file was refused for.
    """
    try:
        import torch
    except ImportError as error:
        raise CannotExplore("explore: wanted torch to be installed, to export the network with") from error
    refusals: list[str] = []
    refused: CnnError | None = None
    for exporter in _EXPORTERS:
        path = folder / f"network-{len(refusals)}.onnx"
        try:
            with _evaluating(module), _warnings_of_tracing():
                torch.onnx.export(module, (example,), path, **exporter)
        except Exception as error:  # whatever an exporter trips over is told as it is
            refusals.append(f"{exporter}: {str(error).strip()[:500]}")
            continue
        try:
            return take(path)
        except CnnError as error:
            refusals.append(f"{exporter}: {error}")
            refused = refused or error
    if refused is not None:
        raise refused
    raise CannotExplore("explore: torch.onnx cannot export this network; " + "; ".join(refusals))


@contextmanager
def _evaluating(module: Any) -> Iterator[None]:
    """The module in evaluation mode, and back."""
    training = module.training
    module.eval()
    try:
        yield
    finally:
        module.train(training)


@contextmanager
def _warnings_of_tracing() -> Iterator[None]:
    """Of all that an exporter warns of, what tracing decided: another picture may go another way."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    for text in dict.fromkeys(
        str(each.message) for each in caught if each.category.__name__ == "TracerWarning"
    ):
        warnings.warn(f"torch.onnx: {text}", stacklevel=2)


def _serve() -> tuple[str, subprocess.Popen[str]]:
    """A server of its own on a free port; it ends when this interpreter does, however that ends."""
    server = subprocess.Popen(
        [sys.executable, "-m", __name__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={"CONVSCOPE_FRAMES": _FRAMES, **os.environ},
    )
    assert server.stdout is not None
    line = server.stdout.readline()
    address = next((word for word in line.split() if word.startswith("http://")), None)
    if address is None:
        raise CannotExplore("explore: the server did not start; `convscope serve` says why")
    return address, server


def _serve_until_left() -> None:
    """What runs in that process: ``convscope serve``, until the pipe from whoever started it is closed."""
    threading.Thread(target=_end_with_pipe, daemon=True).start()
    sys.argv = ["convscope", "serve", "--port", "0", "--no-browser"]
    main()


def _end_with_pipe() -> None:
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    _serve_until_left()
