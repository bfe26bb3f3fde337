"""What the files for containers name is there, and what they run works on a real server."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import yaml

from app.config import Settings
from tests.server import PATIENCE, ROOT, running_server

DOCKERFILE = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())


def instructions(name: str) -> list[str]:
    return re.findall(rf"^{name} +(.+)$", DOCKERFILE, re.MULTILINE)


def test_what_is_copied_is_in_the_repository_and_not_left_out_of_the_context() -> None:
    sources = [word for line in instructions("COPY") for word in line.split()[:-1]]
    assert {"app", "cnn_core", "static", "templates", "pyproject.toml", "hatch_build.py"} <= set(sources)
    ignored = (ROOT / ".dockerignore").read_text().split()
    for source in sources:
        assert (ROOT / source).exists(), source
        assert source not in ignored, source


def test_settings_and_options_that_are_used_are_known() -> None:
    lines = [*instructions("ENV"), str(COMPOSE)]
    named = {name for line in lines for name in re.findall(r"CONVSCOPE_(\w+)", line)}
    assert {"HOST", "DATA_FOLDER", "TOKEN"} <= named
    assert named <= {field.upper() for field in Settings.model_fields}
    service = COMPOSE["services"]["convscope"]
    done = subprocess.run(
        [sys.executable, "-m", "app.cli", "serve", "--help"],
        capture_output=True, text=True, check=True, timeout=PATIENCE, cwd=ROOT,
        env={**os.environ, "COLUMNS": "200"},
    )  # fmt: skip
    for command in (json.loads(instructions("CMD")[0]), service["command"]):
        assert command[:2] == ["convscope", "serve"]
        assert all(word in done.stdout for word in command[2:] if word.startswith("--"))


def test_nothing_is_more_than_it_needs_to_be() -> None:
    service = COMPOSE["services"]["convscope"]
    assert instructions("USER") == [service["user"]] == ["10001:10001"]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert [volume.partition(":")[2] for volume in service["volumes"]] == instructions("VOLUME") == ["/data"]


def test_the_health_check_tells_a_server_that_answers_from_none(tmp_path: Path) -> None:
    (check,) = re.findall(r"^HEALTHCHECK .*?CMD (\[.+\])$", DOCKERFILE, re.MULTILINE)
    python, option, program = json.loads(check)
    assert (python, option) == ("python", "-c")
    environment = {"CONVSCOPE_DATA_FOLDER": str(tmp_path), "CONVSCOPE_BUNDLES": "off"}
    with running_server(environment=environment) as server:
        here = program.replace("http://127.0.0.1:8000", server.address)
        assert here != program
        assert subprocess.run([sys.executable, "-c", here], check=False, timeout=PATIENCE).returncode == 0
        server.stop()
        gone = subprocess.run(
            [sys.executable, "-c", here], check=False, timeout=PATIENCE, capture_output=True
        )
        assert gone.returncode != 0
