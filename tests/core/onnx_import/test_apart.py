"""The process that compares: its limits are kept, and whatever it does, it ends."""

import os
import sys
import threading
from dataclasses import replace

import pytest

from cnn_core.input_spec import InputSpec
from cnn_core.onnx_import import Limits, import_model
from cnn_core.onnx_import.apart import Comparison
from cnn_core.onnx_import.limits import Bounds
from tests.core.onnx_import.files import classifier
from tests.core.onnx_import.hostile import FILES

SLEEPER = (sys.executable, "-c", "import time; time.sleep(600)")

SAYS_A_LINE_AND_SLEEPS = """
import json, sys, time
found = {"engine": "a program", "layers": 3, "compared": 1, "largest": {"node": "c", "size": 1e-7},
         "disagrees": None, "failure": ""}
print(json.dumps(found), flush=True)
time.sleep(600)
"""

LIMITS = Limits(max_side=4096, max_macs=200_000_000_000)


def comparison(made=None, **options):
    data = (made or classifier()).SerializeToString()
    found = import_model(data, limits=LIMITS)
    return Comparison(data, found.graph, InputSpec(*found.entry.sample), limits=LIMITS, **options)


def test_a_file_is_verified_in_another_process():
    found = comparison(bounds=Bounds(seconds=300)).run()

    assert found.verified, found.sentence
    assert found.compared == found.layers == 8


def test_a_graph_that_is_not_the_files_is_caught_there_too():
    job = comparison(bounds=Bounds(seconds=300))
    config = job.graph.to_config()
    norm = next(row for row in config["nodes"] if row["kind"] == "batch_norm2d")
    norm["config"]["epsilon"] = 5.0

    found = replace(job, graph=type(job.graph).from_config(config)).run()

    assert found.disagrees is not None
    assert found.disagrees.node == norm["name"]


def test_time_is_kept_and_what_was_known_by_then_is_told():
    program = (sys.executable, "-c", SAYS_A_LINE_AND_SLEEPS)

    found = comparison(program=program, bounds=Bounds(seconds=3)).run()

    assert found.compared == 1
    assert found.sentence == (
        "verified in part by a program: largest difference 1.0e-07 of a layer's largest value, "
        "in 1 of 3 layers; the others were not compared: the time for it, 3 s, was over"
    )


def test_it_can_be_ended_from_another_thread_and_its_process_is_gone():
    job = comparison(program=SLEEPER)
    results = []
    thread = threading.Thread(target=lambda: results.append(job.run()))
    thread.start()
    while job._process is None:
        pass

    job.end()
    thread.join(60)

    assert results[0].failure == "it was ended"
    with pytest.raises(ProcessLookupError):
        os.kill(job._process.pid, 0)


def test_one_that_was_ended_before_it_began_starts_nothing():
    job = comparison(program=SLEEPER)
    job.end()

    assert job.run().failure == "it was ended"
    assert job._process is None


@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited by Linux")
def test_memory_is_kept():
    found = comparison(FILES["im2col_large_map"](), bounds=Bounds(seconds=300, memory=200_000_000)).run()

    assert not found.verified
    assert "more than the 190 MiB of memory that it may take" in found.sentence


def test_where_one_program_crashes_the_next_is_asked():
    dies = (
        "import json, os, signal, sys\n"
        "first = json.loads(sys.stdin.buffer.readline())['first']\n"
        "first or os.kill(os.getpid(), signal.SIGSEGV)\n"
        "from cnn_core.onnx_import.verify import Verification\n"
        "print(json.dumps(Verification('the next', 3, failure='it was asked').to_config()))\n"
    )

    found = comparison(program=(sys.executable, "-c", dies)).run()

    assert (found.engine, found.failure) == ("the next", "it was asked")


def test_a_process_that_fails_is_no_finding():
    found = comparison(program=(sys.executable, "-c", "raise SystemExit(7)")).run()

    assert found.sentence == "not verified: the process that compares has failed (status 7)"


def test_the_child_ends_with_whoever_started_it(tmp_path):
    script = tmp_path / "starts.py"
    script.write_text(
        "import os, subprocess, sys\n"
        "from cnn_core.onnx_import import apart\n"
        "child = subprocess.Popen(apart._PROGRAM, stdin=subprocess.PIPE, stdout=sys.stdout)\n"
        "child.stdin.write(b'{\"bytes\": 0')\n"
        "child.stdin.flush()\n"
        "print(child.pid, flush=True)\n"
        "os._exit(0)\n"
    )
    import subprocess

    done = subprocess.run(
        [sys.executable, script],
        stdout=subprocess.PIPE,
        timeout=120,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )

    # stdout is the child's too: that it came to its end means that the child has ended
    assert int(done.stdout.split()[0]) > 0
