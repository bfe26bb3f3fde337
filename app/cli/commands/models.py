"""``convscope models``: what it takes, and its manual."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["models"]


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
    from ..models import show_model, show_models

    show_model(name) if name else show_models()
