"""Without a browser the tests fail with a reason; they are not skipped."""

from __future__ import annotations

import pytest

from tests import chromium


def test_a_browser_that_does_not_start_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    with pytest.raises(chromium.NoChromium, match="CHROMIUM=/nowhere/chromium does not start"):
        chromium.find_chromium()


def test_without_any_way_to_get_one_every_reason_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def nothing() -> str:
        raise chromium.NoChromium("none here")

    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(chromium, "find_chromium", nothing)
    monkeypatch.setattr(chromium, "_attempt", lambda command: f"{command[-2]} failed")
    monkeypatch.setattr(chromium.shutil, "which", lambda name: "/usr/bin/apt-get")
    monkeypatch.setattr(chromium.os, "geteuid", lambda: 0)
    assert chromium.main() == 1
    said = capsys.readouterr().err
    assert "The browser tests need Chromium" in said
    for reason in ("install failed", "none here", "--no-install-recommends failed"):
        assert reason in said
