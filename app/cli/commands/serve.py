"""``convscope serve``: what it takes, and its manual."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .options import LABELS_HELP, SCALING_HELP, SIZE_HELP

__all__ = ["serve"]


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on. (default: 127.0.0.1)")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port; 0 takes any free one. (default: 8000)")
    ] = None,
    token: Annotated[
        bool, typer.Option("--token", help="Let in only those who have the link that is printed.")
    ] = False,
    workers: Annotated[
        int | None, typer.Option(min=1, max=256, help="Processes that share the port. (default: 1)")
    ] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Do not open a browser.")] = False,
    model: Annotated[
        Path | None, typer.Option(metavar="FILE.onnx", help="A network of your own, to begin with.")
    ] = None,
    labels: Annotated[Path | None, typer.Option(help=LABELS_HELP)] = None,
    scaling: Annotated[str | None, typer.Option("--mean-std", help=SCALING_HELP)] = None,
    size: Annotated[str | None, typer.Option(help=SIZE_HELP)] = None,
) -> None:
    """Start the page and open it in a browser where there is one; Ctrl-C stops it.

    With --model it opens a network of your own, which is verified and kept
    as `convscope import` does:

      convscope serve --model my.onnx --labels labels.txt --mean-std imagenet

    Only this machine can reach it. To show it to others in the room:

      convscope serve --host 0.0.0.0 --port 8080 --token

    With --token the link that is printed has a token in it, and only who
    has the link gets in.

    Many at once, such as a class, are served by several processes:

      convscope serve --host 0.0.0.0 --workers 4

    Every other setting is an environment variable that begins with
    CONVSCOPE_; the README lists them.
    """
    from ..serve import run

    shown = ""
    if model is not None:
        from ..imports import run_import

        shown = run_import(model, None, labels, scaling, size)
    run(host, port, open_page=not no_browser, model=shown, with_token=token, processes=workers)
