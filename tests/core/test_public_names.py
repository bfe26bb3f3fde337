import importlib
import pkgutil

import pytest

import cnn_core

PACKAGES = ["cnn_core", "cnn_core.graph", "cnn_core.models", "cnn_core.layers"]
MODULES = [
    name
    for _, name, is_package in pkgutil.walk_packages(cnn_core.__path__, "cnn_core.")
    if not is_package
    and name.startswith(("cnn_core.graph", "cnn_core.models", "cnn_core.preprocess", "cnn_core.errors"))
]


def defined(module):
    """Public classes and functions whose home is this module."""
    return {
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and getattr(value, "__module__", None) == module.__name__
    }


@pytest.mark.parametrize("name", [*PACKAGES, *MODULES])
def test_every_listed_name_exists_once(name):
    module = importlib.import_module(name)
    assert len(set(module.__all__)) == len(module.__all__)
    assert [entry for entry in module.__all__ if not hasattr(module, entry)] == []


@pytest.mark.parametrize("name", MODULES)
def test_every_public_class_and_function_is_listed(name):
    module = importlib.import_module(name)
    assert defined(module) - set(module.__all__) == set()


@pytest.mark.parametrize("name", ["cnn_core.graph", "cnn_core.models"])
def test_a_package_offers_what_its_modules_list(name):
    package = importlib.import_module(name)
    inside = [importlib.import_module(module) for module in MODULES if module.startswith(f"{name}.")]
    listed = set().union(*(module.__all__ for module in inside))
    assert set(package.__all__) <= listed


def test_the_front_door_is_short():
    from cnn_core import load_model, trace

    assert callable(load_model)
    assert callable(trace)


def test_every_public_name_has_a_docstring():
    without = [name for name in cnn_core.__all__ if not getattr(cnn_core, name).__doc__]
    assert without == []
