"""Runs every ``*.test.js`` beside this file in a real browser, one pytest result each."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Error

from tests.js.told import described

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(Path(__file__).parent.rglob("*.test.js"))

RUN = """
async (path) => {
  await import(path);
  const harness = await import('/tests/js/harness.js');
  return harness.run();
}
"""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass

    def do_POST(self) -> None:
        """``/told``: a sketched graph as the server describes it, see ``told.js``."""
        sketches = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        try:
            status, answer = 200, json.dumps(described(sketches))
        except Exception as error:
            status, answer = 422, repr(error)
        self.send_response(status)
        self.end_headers()
        self.wfile.write(answer.encode())


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(ROOT)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


def results_of(browser: Browser, address: str, path: str) -> list[dict[str, Any]]:
    """Name and error (None where it passed) of each test in one file."""
    page = browser.new_page()
    try:
        page.goto(f"{address}/tests/js/blank.html")
        results: list[dict[str, Any]] = page.evaluate(RUN, f"/{path}")
        return results
    finally:
        page.close()


@pytest.mark.browser
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_javascript(browser: Browser, address: str, file: Path) -> None:
    try:
        results = results_of(browser, address, file.relative_to(ROOT).as_posix())
    except Error as error:
        pytest.fail(f"{file.name} does not load: {error.message}", pytrace=False)
    assert results, f"{file.name} registers no test"
    failed = [f"✗ {result['name']}\n{result['error']}" for result in results if result["error"] is not None]
    if failed:
        pytest.fail(
            f"{len(failed)} of {len(results)} tests in {file.name}:\n" + "\n".join(failed), pytrace=False
        )
