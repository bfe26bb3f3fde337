"""``convscope`` again and again without starting Python anew: every command is a fork of this process.

A line of standard input is one command as JSON; a line of the output is the exit code of its process.
"""

from __future__ import annotations

import json
import os
import pkgutil
import runpy
import signal
import sys
import traceback
from importlib import import_module
from typing import Any

import app.cli
from app.cli import main

for _module in pkgutil.iter_modules(app.cli.__path__):
    if _module.name != "__main__":
        import_module(f"app.cli.{_module.name}")


def become(told: dict[str, Any]) -> None:
    """Be a process with a folder, an environment and files of its own, that lasts so many seconds at most."""
    signal.alarm(told["seconds"])
    os.chdir(told["folder"])
    os.environ.clear()
    os.environ.update(told["environment"])
    for handle, path in enumerate((os.devnull, told["output"], told["errors"])):
        file = os.open(path, os.O_RDWR)
        os.dup2(file, handle)
        os.close(file)


def run(script: str, arguments: list[str]) -> int:
    """The exit code of ``convscope``, or of a script that is given its arguments."""
    try:
        if script:
            sys.argv = [script, *arguments]
            runpy.run_path(script, run_name="__main__")
        else:
            main(arguments)
    except SystemExit as end:
        if isinstance(end.code, str):
            sys.stderr.write(end.code + "\n")
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


if __name__ == "__main__":
    for line in iter(sys.stdin.readline, ""):
        told = json.loads(line)
        if child := os.fork():
            print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
            continue
        become(told)
        code = run(told["script"], told["arguments"])
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)  # to tidy up what was imported takes longer than most commands
