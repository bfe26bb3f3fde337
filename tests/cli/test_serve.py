"""``convscope serve`` as a process: it answers, it ends cleanly, and it says in one line why it cannot."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from websockets.sync.client import connect

from tests.server import COMMAND, PATIENCE, running_server


def failing(*options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a server that cannot start."""
    return subprocess.run(
        [*COMMAND, "serve", "--no-browser", *options],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
        env={**os.environ, **environment},
    )


def test_says_where_it_is_and_answers_there() -> None:
    with running_server() as server:
        assert httpx.get(f"{server.address}/healthz").status_code == 200
        assert "ConvScope" in httpx.get(server.address).text


def test_a_start_imports_nothing_that_only_some_pages_need() -> None:
    code = "import sys, app.main; print(*{'scipy', 'skimage', 'matplotlib', 'torch'} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=PATIENCE, check=True
    )
    assert done.stdout.split() == []


def test_ends_cleanly_on_interrupt() -> None:
    with running_server() as server:
        assert server.stop() == 0
        assert server.process.stdout is not None
        assert "Traceback" not in server.process.stdout.read()
        with pytest.raises(httpx.ConnectError):
            httpx.get(server.address)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_ends_quietly_in_the_middle_of_its_work(tmp_path: Path, workers: str) -> None:
    """A socket that is open, a stream that is read, a socket that waits for a sweep."""
    environment = {"CONVSCOPE_DATA_FOLDER": str(tmp_path), "CONVSCOPE_BUNDLES": "off"}
    with (
        (tmp_path / "errors").open("w+") as errors,
        running_server("--workers", workers, environment=environment, errors=errors) as server,
        httpx.Client(base_url=server.address, timeout=PATIENCE) as client,
        connect(server.address.replace("http", "ws") + "/api/live", max_size=None) as live,
    ):
        image = client.get("/api/samples").json()[0]["id"]
        state = {"seq": 1, "model": "resnet", "image": image, "sweep": 8, "layers": [{"node": "input"}]}
        live.send(json.dumps(state))
        with client.stream("GET", f"/api/explanations/resnet/{image}") as stream:
            next(stream.iter_raw())
            server.process.send_signal(signal.SIGTERM)
            server.process.wait(PATIENCE)
        errors.seek(0)
        assert errors.read() == ""


def test_listens_on_this_machine_only_unless_asked() -> None:
    with running_server() as server:
        assert server.address.startswith("http://127.0.0.1:")


def test_says_who_can_reach_it_and_lets_in_only_those_with_the_link() -> None:
    with running_server("--host", "0.0.0.0", "--token") as server:
        assert server.process.stdout is not None
        assert "Everyone who can reach this machine and has that link" in server.process.stdout.readline()
        plain, _, token = server.address.partition("?token=")
        assert len(token) > 20
        assert httpx.get(plain).status_code == 401
        with httpx.Client(follow_redirects=True) as browser:
            assert "ConvScope" in browser.get(server.address).text
    with running_server("--host", "0.0.0.0") as server:
        assert server.process.stdout is not None
        assert "--token asks for a token" in server.process.stdout.readline()


def test_a_taken_port_is_one_clear_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = failing("--port", str(port))
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"convscope: port {port} on 127.0.0.1 is taken; try another: --port ")


def test_a_host_that_is_not_this_machine_is_one_clear_line() -> None:
    done = failing("--host", "192.0.2.1", "--port", "0")
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "192.0.2.1" in done.stderr


def test_a_wrong_setting_is_one_clear_line() -> None:
    done = failing(CONVSCOPE_WORKERS="many")
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "CONVSCOPE_WORKERS" in done.stderr


def test_the_port_comes_from_the_settings_unless_given() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = failing(CONVSCOPE_PORT=str(port))
    assert f"port {port} on 127.0.0.1 is taken" in done.stderr


def test_a_folder_that_nothing_can_be_kept_in_is_told_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with running_server(environment={"CONVSCOPE_DATA_FOLDER": str(tmp_path / "file" / "data")}) as server:
        assert httpx.get(f"{server.address}/healthz").status_code == 200
