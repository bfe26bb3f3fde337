"""Every setting, read from the environment (prefix ``CONVSCOPE_``), and where the page's files lie."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from typing import Self

from pydantic import Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

__all__ = ["Settings", "SettingsError", "asset_folder", "load_settings"]

_MEBIBYTE = 1024 * 1024
_PREFIX = "CONVSCOPE_"


class SettingsError(ValueError):
    """A setting the server cannot start with; the message is one line and names the variable."""


class Settings(BaseSettings):
    """Limits and addresses of one server.

    An image in memory takes three bytes a pixel, so the image cache must hold at least one of the
    largest images allowed.
    """

    model_config = SettingsConfigDict(env_prefix=_PREFIX, frozen=True)

    host: str = Field(default="127.0.0.1", min_length=1, description="Address to listen on.")
    port: int = Field(default=8000, ge=1, le=65535, description="Port to listen on.")
    hosts: str = Field(
        default="",
        description="Further names by which it may be asked, apart by commas; * for any. Without them those "
        "of this machine and the address listened on.",
    )
    frames: str = Field(
        default="",
        pattern=r"^[A-Za-z0-9.:*/_ -]*$",
        description="Pages that may show this one within themselves, apart by spaces: http://localhost:*",
    )
    token: str = Field(
        default="",
        pattern=r"^[A-Za-z0-9._~-]*$",
        max_length=200,
        description="What every request must bring, in the link or a header.",
    )
    processes: int = Field(
        default=1, ge=1, le=256, description="Processes that share the port, each with caches of its own."
    )
    workers: int = Field(
        default_factory=lambda: os.cpu_count() or 1,
        ge=1,
        le=256,
        description="Threads that compute, in all processes together.",
    )
    plan_threads: int | None = Field(
        default=None,
        ge=1,
        le=256,
        description="Threads that share one pass through a network; by default the cores, at most 8.",
    )
    header_bytes: int = Field(
        default=64 * 1024, ge=1024, le=16 * _MEBIBYTE, description="Most bytes of a request's headers."
    )
    header_seconds: float = Field(
        default=10.0, gt=0, le=3600, description="Seconds in which the headers must have come."
    )
    body_seconds: float = Field(
        default=20.0, gt=0, le=3600, description="Seconds after which it is looked at how fast a body comes."
    )
    body_bytes_a_second: int = Field(
        default=500, ge=0, le=_MEBIBYTE, description="How fast a body must come, at least."
    )
    reader_seconds: float = Field(
        default=30.0, gt=0, le=3600, description="Seconds after which a reader that does not read is cut off."
    )
    queue_length: int = Field(
        default=64, ge=0, le=100_000, description="Jobs that may wait for a thread before 503 is answered."
    )
    upload_bytes: int = Field(default=20 * _MEBIBYTE, ge=1, description="Largest file accepted, in bytes.")
    upload_pixels: int = Field(
        default=50_000_000, ge=1, description="Largest image accepted, in pixels; checked before decoding."
    )
    image_cache_bytes: int = Field(
        default=512 * _MEBIBYTE, ge=1, description="Memory for uploaded images; the oldest go first."
    )
    trace_cache_bytes: int = Field(
        default=512 * _MEBIBYTE, ge=0, description="Memory for finished traces; the oldest go first."
    )
    plan_cache_bytes: int = Field(
        default=256 * _MEBIBYTE, ge=0, description="Memory for compiled networks; the oldest go first."
    )
    shift_cache_bytes: int = Field(
        default=256 * _MEBIBYTE,
        ge=0,
        description="Memory for the shift lab's maps; the oldest go first.",
    )
    atlas_surveys: int = Field(
        default=1, ge=0, le=64, description="Atlases made at once; one more is refused."
    )
    atlas_threads: int = Field(
        default_factory=lambda: os.cpu_count() or 1,
        ge=1,
        le=64,
        description="Threads that make one atlas.",
    )
    photo_bytes: int = Field(
        default=64 * _MEBIBYTE, ge=1, description="Largest photo sent for an atlas, in bytes."
    )
    photo_set_bytes: int = Field(
        default=4096 * _MEBIBYTE,
        ge=1,
        description="Disk for the photos of one atlas, and for those sent before; the oldest go first.",
    )
    made_cache_bytes: int = Field(
        default=32 * _MEBIBYTE, ge=0, description="Memory for pictures made to excite channels."
    )
    made_streams: int = Field(
        default=4, ge=0, le=1000, description="Such pictures made at once; one more is refused."
    )
    explain_cache_bytes: int = Field(
        default=64 * _MEBIBYTE, ge=0, description="Memory for maps of explanations; the oldest go first."
    )
    explain_streams: int = Field(
        default=8, ge=1, le=1000, description="Explanations under way at once; one more is refused."
    )
    edit_streams: int = Field(
        default=8, ge=1, le=1000, description="Sweeps of mutes and folders at once; one more is refused."
    )
    live_connections: int = Field(
        default=32, ge=0, le=10_000, description="Live sockets at once; one more waits until there is room."
    )
    live_waiting: int = Field(
        default=200, ge=0, le=10_000, description="Live sockets that may wait; one more is refused."
    )
    live_silence_seconds: float = Field(
        default=60.0, gt=0, le=86_400, description="Seconds without a message after which a socket is closed."
    )

    bundles: bool = Field(
        default=True,
        description="Whether the page's code comes in bundles; else file by file, as it is written.",
    )

    data_folder: Path = Field(
        default_factory=lambda: (
            Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share") / "convscope"
        ),
        description="Where what people bring and make is kept.",
    )
    runs_folder: Path | None = Field(
        default=None,
        description="Where `convscope train` writes and the Training lab finds it; without it `runs` in the "
        "data folder.",
    )
    store: str = Field(
        default="",
        max_length=1000,
        description="Where images, networks and atlases are kept instead: a folder, or an address of fsspec "
        "such as s3://bucket/path.",
    )
    image_folder_bytes: int = Field(
        default=1024 * _MEBIBYTE,
        ge=0,
        description="Room for uploaded images where they are kept; 0 keeps them in memory alone.",
    )
    model_file_bytes: int = Field(
        default=640 * _MEBIBYTE, ge=1, description="Largest ONNX file accepted, in bytes."
    )
    model_nodes: int = Field(default=5_000, ge=1, description="Most operators of an imported network.")
    model_parameters: int = Field(
        default=150_000_000, ge=1, description="Most numbers in an imported network's weights."
    )
    model_activation_bytes: int = Field(
        default=1024 * _MEBIBYTE, ge=1, description="Most memory that one image's layers may take there."
    )
    model_plan_bytes: int = Field(
        default=2048 * _MEBIBYTE,
        ge=1,
        description="Most memory that one run of an imported network may take.",
    )
    model_macs: int = Field(
        default=200_000_000_000, ge=1, description="Most multiply-adds for one image in an imported network."
    )
    model_side: int = Field(default=4096, ge=1, description="Largest side of an imported network's input.")
    model_name_length: int = Field(
        default=400, ge=1, description="Longest name inside an ONNX file, in characters."
    )
    model_structure_bytes: int = Field(
        default=8 * _MEBIBYTE, ge=1, description="Most bytes of an ONNX file that are no weights."
    )
    model_constant_bytes: int = Field(
        default=256 * _MEBIBYTE, ge=1, description="Most memory for what a file computes from its constants."
    )
    model_verify_seconds: float = Field(
        default=20.0, ge=0, le=3600, description="Seconds an imported network may be compared with its file."
    )
    model_verify_bytes: int = Field(
        default=3072 * _MEBIBYTE, ge=1, description="Most memory for comparing it with its file."
    )
    model_folder_bytes: int = Field(
        default=2048 * _MEBIBYTE, ge=1, description="Disk for imported models; the oldest go first."
    )
    model_cache_bytes: int = Field(
        default=1024 * _MEBIBYTE, ge=0, description="Memory for imported models; the oldest go first."
    )

    training_processes: int = Field(
        default_factory=lambda: os.cpu_count() or 1,
        ge=1,
        le=256,
        description="Races that run at once; the next ones wait for their turn.",
    )
    training_folder_bytes: int = Field(
        default=2048 * _MEBIBYTE, ge=1, description="Disk for races; the oldest go first."
    )
    fine_tunings: int = Field(
        default=1,
        ge=0,
        le=64,
        description="Trainings of all layers at once; one more is refused.",
    )
    training_upload_bytes: int = Field(
        default=256 * _MEBIBYTE, ge=1, description="Largest set of pictures to learn from, in bytes."
    )
    training_tasks_bytes: int = Field(
        default=512 * _MEBIBYTE, ge=1, description="Disk for such sets; those used longest ago go first."
    )
    training_cache_bytes: int = Field(
        default=64 * _MEBIBYTE, ge=0, description="Memory for the steps of races looked at last."
    )

    @property
    def store_address(self) -> str:
        """Where images, networks and atlases are kept: a folder, or an address of fsspec."""
        return self.store or str(self.data_folder)

    @property
    def runs(self) -> Path:
        """Where runs of ``convscope train`` lie."""
        return self.runs_folder or self.data_folder / "runs"

    @model_validator(mode="after")
    def _store_can_be_asked(self) -> Self:
        if "://" in self.store and importlib.util.find_spec("fsspec") is None:
            raise ValueError(
                f"{_PREFIX}STORE: {self.store} needs fsspec; pip install 'convscope[remote]' brings it"
            )
        return self

    @model_validator(mode="after")
    def _one_image_fits(self) -> Self:
        if self.image_cache_bytes < 3 * self.upload_pixels:
            raise ValueError(
                f"{_PREFIX}IMAGE_CACHE_BYTES must hold one image of {_PREFIX}UPLOAD_PIXELS: "
                f"at least {3 * self.upload_pixels} bytes, got {self.image_cache_bytes}"
            )
        return self


def load_settings() -> Settings:
    """Settings from the environment.

    Raises:
        SettingsError: a value that cannot be; the message names the variable and what was wanted.
    """
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsError(_one_line(error)) from error


def asset_folder(name: str) -> Path:
    """Folder ``static``, ``templates`` or ``bundles``: inside an installed wheel, else in the checkout."""
    package = Path(__file__).resolve().parent
    installed = package / "_assets" / name
    return installed if installed.is_dir() else package.parent / name


def _one_line(error: ValidationError) -> str:
    first = error.errors()[0]
    message = first["msg"].removeprefix("Value error, ")
    if not first["loc"]:
        return message
    variable = _PREFIX + str(first["loc"][0]).upper()
    return f"{variable}: {message[:1].lower()}{message[1:]}, got {first['input']!r}"
