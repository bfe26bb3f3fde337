"""Opens one ONNX file and compares it, in a process of its own; says what came of it as a line of JSON."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from time import perf_counter

from cnn_core.errors import CnnError
from cnn_core.input_spec import InputSpec, scaled_spec
from cnn_core.onnx_import import import_model
from cnn_core.onnx_import.apart import Comparison
from cnn_core.onnx_import.limits import Bounds

SECONDS = 120.0
"""That the comparison may take, on a machine that does something else, too."""


def opened(path: Path) -> dict[str, object]:
    """Whether it opens and is verified, in how many seconds, and why not."""
    start = perf_counter()
    data = path.read_bytes()
    try:
        found = import_model(data)
    except CnnError as error:
        return {"opened": False, "verified": False, "said": str(error), "seconds": perf_counter() - start}
    ready = perf_counter()
    channels, height, width = found.entry.sample
    spec = InputSpec(channels, height, width)
    spec = scaled_spec(spec, "bytes") if found.entry.whole else spec
    told = Comparison(data, found.graph, spec, bounds=Bounds(SECONDS)).run()
    return {
        "opened": True,
        "verified": told.verified,
        "said": told.sentence,
        "layers": told.layers,
        "seconds": ready - start,
        "compared": perf_counter() - ready,
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(opened(Path(sys.argv[1]))) + "\n")
