"""Kernels: one file and one class each; ``runtime/chooser.py`` says which is taken when."""
