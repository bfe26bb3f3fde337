"""The ``convscope`` command: the page, and everything else without a browser."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.metadata import version
from typing import Annotated

import typer

from .commands.ablate import ablate
from .commands.atlas import atlas
from .commands.bench import bench
from .commands.compare import compare
from .commands.evaluate import evaluate
from .commands.explain import explain
from .commands.export_network import export_network
from .commands.import_network import import_network
from .commands.models import models
from .commands.race import race
from .commands.serve import serve
from .commands.shift_report import shift_report
from .commands.trace import trace
from .commands.train import train

__all__ = ["app", "main"]

HELP = """
A microscope for convolutional networks: every layer, every value.

[bold]Look at a photo in the browser[/bold]
  convscope serve

[bold]Write every layer of a photo to a folder[/bold]
  convscope trace espresso.jpg --out espresso

[bold]Look at a network of your own[/bold]
  convscope serve --model my.onnx --labels labels.txt

[bold]Are a network and its port the same, layer by layer?[/bold]
  convscope compare mine.onnx ported.onnx --image photos/ --tolerance 1e-4

[bold]Which networks are there, and how good is each?[/bold]
  convscope models

Each command has its own [bold]--help[/bold], with examples.

A problem with what was asked for is one line and exit code 1; a command
line that makes no sense is exit code 2.
"""

app = typer.Typer(
    help=HELP,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"convscope {version('convscope')}")
        raise typer.Exit


@app.callback()
def _options(
    show_version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and leave."),
    ] = False,
) -> None:
    pass


for name, command in (
    ("serve", serve),
    ("models", models),
    ("trace", trace),
    ("atlas", atlas),
    ("ablate", ablate),
    ("train", train),
    ("race", race),
    ("evaluate", evaluate),
    ("explain", explain),
    ("shift-report", shift_report),
    ("compare", compare),
    ("import", import_network),
    ("export", export_network),
    ("bench", bench),
):
    app.command(name)(command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; what a user can act on is one line on standard error, never a traceback."""
    try:
        app(arguments, prog_name="convscope")
    except Exception as error:
        if (line := _for_the_user(error)) is None:
            raise
        sys.exit(f"convscope: {line}")


def _for_the_user(error: Exception) -> str | None:
    """What to say of an error its reader can act on; None for any other."""
    # imported when something went wrong, because the core loads NumPy and --help should not wait for it
    from cnn_core.errors import CnnError

    if isinstance(error, CnnError):
        return str(error)
    if isinstance(error, OSError):
        return f"{error.filename}: {error.strerror}" if error.filename else str(error)
    return None
