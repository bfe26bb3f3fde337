"""Files that ask for a lot are refused by name, or run within limits: in a child that may take 3 GiB."""

import json
import os
import subprocess
import sys

import pytest

from tests.core.onnx_import.hostile import FILES

REFUSED = {
    "avgpool_whole": "up to 'c_node' one image costs more than",
    "avgpool_255": "up to 'c_node' one image costs more than",
    "contradicting_kernel_shape": "has weights of [3, 3] and says kernel_shape [67108864, 3]",
    "depthwise_255": "up to 'c_node' one image costs more than",
    "depthwise_1001": "up to 'c_node' one image costs more than",
    "far_padding": "the outputs of its layers take more than",
    "maxpool_255": "up to 'c_node' one image costs more than",
    "no_output": "it names no output",
    "tall_resize": "its matrices would take more",
    "transposed_far": "the outputs of its layers take more than",
    "wide_kernel": "up to 'c_node' one image costs more than",
}
"""What the error says; all others are run."""

PROGRAM = """
import json, resource, sys
resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
import numpy as np
from cnn_core.errors import CnnError
from cnn_core.input_spec import InputSpec
from cnn_core.onnx_import import Limits, import_model
from cnn_core.onnx_import.verify import verification_input
from cnn_core.runtime import run_compiled
limits = Limits(max_side=4096, max_macs=200_000_000_000, max_activation_bytes=1 << 30, max_plan_bytes=2 << 30)
for name in sys.argv[1:]:
    from tests.core.onnx_import.hostile import FILES
    try:
        found = import_model(FILES[name]().SerializeToString(), limits=limits)
        x = verification_input(InputSpec(*found.entry.sample))
        said = f"{len(list(run_compiled(found.graph, found.parameters, x)))} layers"
    except CnnError as error:
        said = f"refused: {error}"
    taken = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
    print(json.dumps([name, said, int(taken.split()[1]) >> 10]), flush=True)
"""


def run(*names):
    """What became of each in turn, and the most memory in MiB by then."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "MALLOC_ARENA_MAX": "2"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *names],
        capture_output=True,
        timeout=300,
        check=False,
        env=environment,
    )
    assert done.returncode == 0, done.stderr.decode()[-600:]
    return {name: (said, memory) for name, said, memory in map(json.loads, done.stdout.splitlines())}


@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited by Linux")
def test_what_asks_for_too_much_is_refused_by_name_before_it_takes_anything():
    for name, (said, memory) in run(*REFUSED).items():
        assert said.startswith("refused: "), name
        assert REFUSED[name] in said
        assert memory < 500


@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited by Linux")
def test_all_others_are_run_within_limits():
    for name, (said, memory) in run(*(name for name in FILES if name not in REFUSED)).items():
        assert said.endswith("layers"), f"{name}: {said}"
        assert memory < 2500
