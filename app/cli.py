"""The ``convscope`` command: the page, and everything else without a browser."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from app import cli_bench, cli_onnx, cli_shift, cli_training

__all__ = ["app", "main"]

HELP = """
A microscope for convolutional networks: every layer, every value.

[bold]Look at a photo in the browser[/bold]
  convscope serve

[bold]Write every layer of a photo to a folder[/bold]
  convscope trace espresso.jpg --out espresso

[bold]Look at a network of your own[/bold]
  convscope serve --model my.onnx --labels labels.txt

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


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on. (default: 127.0.0.1)")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port; 0 takes any free one. (default: 8000)")
    ] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Do not open a browser.")] = False,
    model: Annotated[
        Path | None, typer.Option(metavar="FILE.onnx", help="A network of your own, to begin with.")
    ] = None,
    labels: Annotated[Path | None, typer.Option(help=cli_onnx.LABELS_HELP)] = None,
    scaling: Annotated[str | None, typer.Option("--mean-std", help=cli_onnx.SCALING_HELP)] = None,
    size: Annotated[str | None, typer.Option(help=cli_onnx.SIZE_HELP)] = None,
) -> None:
    """Start the page and open it in a browser where there is one; Ctrl-C stops it.

    With --model it opens a network of your own, which is verified and kept
    as `convscope import` does:

      convscope serve --model my.onnx --labels labels.txt --mean-std imagenet

    Only this machine can reach it. To show it to others in the room:

      convscope serve --host 0.0.0.0 --port 8080

    Every other setting is an environment variable that begins with
    CONVSCOPE_; the README lists them.
    """
    from app.cli_serve import run

    shown = ""
    if model is not None:
        from app.cli_import import run_import

        shown = run_import(model, None, labels, scaling, size)
    run(host, port, open_page=not no_browser, model=shown)


@app.command()
def models(
    name: Annotated[str | None, typer.Argument(show_default=False, help="Show the card of this one.")] = None,
) -> None:
    """List the networks that can be looked at, with size, cost and accuracy.

    Accuracy is that on the network's own validation images, which it was
    not trained on. With a name, all that is known about one network: its
    data and their licence, the command that made it, how long that took.

      convscope models
      convscope models resnet
    """
    from app.cli_models import show_model, show_models

    show_model(name) if name else show_models()


@app.command()
def trace(
    image: Annotated[Path, typer.Argument(help="A photo: JPEG, PNG, WebP, GIF, BMP, TIFF.")],
    model: Annotated[
        str, typer.Option("--model", "-m", help="A name that `convscope models` lists.")
    ] = "tiny_vgg",
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder to write to; made if missing.")] = Path(
        "trace"
    ),
    crop: Annotated[
        str | None,
        typer.Option(
            metavar="LEFT,TOP,WIDTH",
            help="Part of the image to use, in its own pixels. (default: largest, centred)",
        ),
    ] = None,
) -> None:
    """Write every layer of an image to files.

    Each layer becomes one .npy array, float32 (channels, height, width), and
    one .png picture of all its channels; trace.json has the classes, shapes,
    ranges and times. Colours are those of the page: orange above zero, blue
    below, on one scale for the whole layer.

      convscope trace espresso.jpg --out espresso --crop 40,0,300
      python -c "import numpy; print(numpy.load('espresso/conv_1_1.npy').shape)"
    """
    from app.cli_trace import parse_crop, write_trace

    write_trace(image, model, out, parse_crop(crop))


cli_training.register(app)
cli_shift.register(app)
cli_onnx.register(app)
cli_bench.register(app)


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


if __name__ == "__main__":
    main()
