"""Property tests draw the same few examples on every run, and take the time they take."""

from hypothesis import settings

settings.register_profile("core", derandomize=True, max_examples=20, deadline=None)
settings.load_profile("core")
