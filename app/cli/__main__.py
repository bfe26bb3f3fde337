"""``python -m app.cli`` is ``convscope``."""

from .command_line import main

main()
