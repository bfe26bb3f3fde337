"""The web application: serves the pages, and the numbers of `cnn_core` over HTTP.

Its modules import each other relatively, so that an installed ConvScope has it under the name ``convscope``.
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .notebook import CannotExplore, Page, explore

__all__ = ["CannotExplore", "Page", "__version__", "explore"]

__version__ = version("convscope")


def __getattr__(name: str) -> Any:
    """What a notebook needs, loaded when it is asked for: a server does without."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(".notebook", __name__), name)
