"""The compiled functions, for those tests alone that ask for them."""

import importlib

import pytest

from cnn_core.runtime.compiled import loading


@pytest.fixture(scope="module")
def compiled_functions():
    """There for the tests of a module as after ``load``, and away again for the next module."""
    with pytest.MonkeyPatch.context() as patch:
        functions = importlib.import_module("cnn_core.runtime.compiled.functions")
        patch.setattr(loading, "_loaded", [functions])
        yield functions
