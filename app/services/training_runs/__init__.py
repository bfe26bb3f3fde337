"""Runs of ``convscope train``, for the Training lab: read from their folders, never ordered about."""
