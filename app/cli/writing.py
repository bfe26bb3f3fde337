"""What commands write: whole files or none, and a full disk by name."""

from __future__ import annotations

import errno
import io
import shutil
from pathlib import Path

import numpy as np
from PIL import Image

from cnn_core.errors import DiskFull
from cnn_core.layers.base import Array
from cnn_core.training.disk import replace_file

__all__ = ["write_array", "write_picture", "write_whole"]


def write_whole(path: Path, data: bytes | str) -> None:
    """Write a file that appears whole; where that fails, one that was there stays as it was.

    Raises:
        DiskFull: there is no room for it; the message names the disk.
        OSError: it cannot be written; the error names the file.
    """
    content = data.encode() if isinstance(data, str) else data
    try:
        if path.exists() and not path.is_file():  # a pipe, a terminal: nothing could be put in its place
            path.write_bytes(content)
        else:
            replace_file(path, content)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise _full(path, len(content)) from error
        raise OSError(error.errno, error.strerror or str(error), str(path)) from error


def write_array(path: Path, values: Array) -> None:
    """Write an array as ``.npy``.

    Raises:
        DiskFull, OSError: as ``write_whole``.
    """
    file = io.BytesIO()
    np.save(file, values)
    write_whole(path, file.getvalue())


def write_picture(path: Path, picture: Image.Image) -> None:
    """Write a picture as PNG.

    Raises:
        DiskFull, OSError: as ``write_whole``.
    """
    file = io.BytesIO()
    picture.save(file, "PNG")
    write_whole(path, file.getvalue())


def _full(path: Path, wanted: int) -> DiskFull:
    free = shutil.disk_usage(path.parent).free
    return DiskFull(
        f"Disk full: {path.name} takes {wanted / 1e6:,.1f} MB, and the disk of {path.parent} has "
        f"{free / 1e6:,.1f} MB left. What was written before it is whole."
    )
