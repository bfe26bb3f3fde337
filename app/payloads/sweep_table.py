"""The sweep of the shift lab as a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from cnn_core.equivariance import FlipRow

__all__ = ["CSV_TYPE", "sweep_table"]

CSV_TYPE = "text/csv"


def sweep_table(rows: Sequence[FlipRow], labels: Sequence[str], rest: int) -> str:
    """CSV, one line a shift: dx, dy, the first class, whether it flipped, the probability of ``rest``."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(["dx", "dy", "top", "flipped", f"probability_of_{labels[rest]}"])
    for row in rows:
        for dx, top, flipped, probability in zip(row.dx, row.top, row.flips, row.probability, strict=True):
            writer.writerow([dx, row.dy, labels[top], int(flipped), f"{probability:.9g}"])
    return text.getvalue()
