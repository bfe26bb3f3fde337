"""``convscope models``: the networks at hand, as a table."""

from __future__ import annotations

from rich import box
from rich.console import Console
from rich.table import Table

from cnn_core.models import Model, load_model, model_names

__all__ = ["show_models"]

PLAIN_WIDTH = 160
"""Columns where the output is no terminal, so that nothing is cut off in a pipe."""


def show_models() -> None:
    """Print one row a model, smallest first."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=PLAIN_WIDTH)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("model", "title"):
        table.add_column(heading, no_wrap=True)
    for heading in ("input", "parameters", "multiply-adds", "top-1", "size"):
        table.add_column(heading, justify="right", no_wrap=True)
    models = [load_model(name) for name in model_names()]
    for model in sorted(models, key=lambda each: each.graph.total_cost().parameters):
        table.add_row(*_row(model))
    console.print(table)


def _row(model: Model) -> tuple[str, ...]:
    cost = model.graph.total_cost()
    size = sum(value.nbytes for value in model.parameters.values())
    accuracy = model.card.validation
    return (
        model.name,
        model.title,
        f"{model.spec.height}×{model.spec.width}×{model.spec.channels}",
        f"{cost.parameters:,}",
        f"{cost.macs:,}",
        f"{100 * accuracy.top1:.1f} %" if accuracy else "–",
        f"{size / 1000:,.0f} kB",
    )
