"""The ``convscope`` command: the page, and everything else without a browser."""

from .command_line import app, main

__all__ = ["app", "main"]
