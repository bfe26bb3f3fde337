"""The web application: serves the pages, and the numbers of `cnn_core` over HTTP."""

from importlib.metadata import version

__all__ = ["__version__"]

__version__ = version("convscope")
