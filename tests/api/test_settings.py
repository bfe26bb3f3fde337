"""A server starts with settings that can be, or says in one line which one cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from app import config
from app.config import Settings, SettingsError, load_settings
from app.main import create_app
from app.services.model_imports import limits_of
from cnn_core.onnx_import import Limits


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVSCOPE_PORT", "9123")
    monkeypatch.setenv("CONVSCOPE_QUEUE_LENGTH", "3")
    monkeypatch.setenv("CONVSCOPE_UPLOAD_BYTES", "1000")

    settings = load_settings()

    assert (settings.port, settings.queue_length, settings.upload_bytes) == (9123, 3, 1000)
    assert create_app().state.services.pool.queue_length == 3


def test_limits_are_as_promised_without_any_setting() -> None:
    settings = Settings()

    assert settings.upload_bytes == 20 * 1024 * 1024
    assert settings.upload_pixels == 50_000_000
    assert settings.host == "127.0.0.1"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CONVSCOPE_PORT", "99999"),
        ("CONVSCOPE_PORT", "http"),
        ("CONVSCOPE_WORKERS", "0"),
        ("CONVSCOPE_QUEUE_LENGTH", "-1"),
        ("CONVSCOPE_UPLOAD_BYTES", "20 MB"),
        ("CONVSCOPE_UPLOAD_PIXELS", "0"),
        ("CONVSCOPE_HOST", ""),
        ("CONVSCOPE_IMAGE_CACHE_BYTES", "1000"),
    ],
)
def test_a_wrong_value_stops_the_start_with_one_line(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(SettingsError) as wrong:
        load_settings()
    with pytest.raises(SystemExit) as stopped:
        create_app()

    for said in (str(wrong.value), str(stopped.value)):
        assert name in said
        assert "\n" not in said


def test_assets_are_found_in_a_checkout_and_in_an_installed_wheel(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    checkout = tmp_path / "app"
    installed = checkout / "_assets" / "static"
    monkeypatch.setattr(config, "__file__", str(checkout / "config.py"))

    assert config.asset_folder("static") == tmp_path / "static"
    installed.mkdir(parents=True)
    assert config.asset_folder("static") == installed
    assert config.asset_folder("templates") == tmp_path / "templates"


def test_a_file_may_hold_as_many_weights_as_a_network_may_have():
    settings = Settings()
    limits = limits_of(settings)
    assert limits.max_bytes >= 4 * limits.max_parameters + limits.max_structure_bytes
    assert Limits().max_bytes >= 4 * Limits().max_parameters + Limits().max_structure_bytes
    assert settings.model_folder_bytes >= settings.model_file_bytes
    vgg16_with_norms = 138_365_992
    assert limits.max_parameters >= vgg16_with_norms
