"""The standard suite of the onnx package, on this importer."""

import numpy as np
import pytest
from onnx.backend.test.runner import Runner

from cnn_core.onnx_import.folding import FOLDED
from cnn_core.onnx_import.operators import OPERATORS
from cnn_core.onnx_import.operators.foreign import FOREIGN
from cnn_core.onnx_import.operators.quantised import QUANTISED
from tests.core.onnx_import.backend import ConvScope
from tests.core.onnx_import.suite import LISTED, load

UNTRIED = {"GlobalLpPool", "Scatter", "Upsample"}
"""Operators that the suite has no test of; ``test_corpus.py`` has."""


@pytest.fixture(scope="module")
def nodes():
    """Tests of one operator, by operator."""
    found = {operator: [] for operator in LISTED}
    for case in load("node"):
        if len(case.model.graph.node) == 1:
            found.setdefault(case.model.graph.node[0].op_type, []).append(case)
    return found


@pytest.fixture(scope="module")
def networks():
    """Tests converted from PyTorch, of operators that are known here."""
    known = {*OPERATORS, *FOLDED}
    cases = [case for kind in ("pytorch-converted", "pytorch-operator") for case in load(kind)]
    return [case for case in cases if case.operators <= known]


def finding(case):
    """What is wrong with the result of a test; None: nothing."""
    try:
        rep = ConvScope.prepare(case.model)
        with np.errstate(all="ignore"):
            for inputs, outputs in case.data:
                Runner.assert_similar_outputs(outputs, rep.run(inputs), case.rtol, max(case.atol, 1e-6))
    except (Exception, AssertionError) as error:
        return f"{case.name}: {type(error).__name__} {error}"[:300]
    return None


def test_the_table_and_this_list_name_the_same_operators():
    assert set(OPERATORS) - set(FOREIGN) - set(QUANTISED) <= set(LISTED)
    assert set(LISTED) <= {*OPERATORS, *FOLDED}


@pytest.mark.parametrize("operator", LISTED)
def test_operator(nodes, operator):
    cases = [case for case in nodes[operator] if case.reason is None]
    assert cases or operator in UNTRIED, "the suite has no test of it"
    assert [found for case in cases if (found := finding(case))] == []


def test_networks_converted_from_pytorch(networks):
    cases = [case for case in networks if case.reason is None]
    assert len(cases) > 90
    assert [found for case in cases if (found := finding(case))] == []


def test_nothing_is_left_out_that_would_pass(nodes, networks):
    left_out = [case for cases in (*nodes.values(), networks) for case in cases if case.reason]
    assert [case.name for case in left_out if finding(case) is None] == []
