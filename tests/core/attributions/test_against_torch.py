"""Maps against those that Captum and zennit made of the same networks and images."""

import numpy as np
import pytest

from cnn_core.attributions import Lrp, Occlusion, finish, method_from
from tests.core.attributions.cases import exact, zoo
from tests.core.attributions.make_torch_maps import SIDE, STEPS, STORED, STRIDE, thinned

with np.load(STORED) as stored:
    MAPS = dict(stored)

OURS = {
    "integrated_gradients": method_from("integrated_gradients", {"steps": STEPS}),
    "occlusion": Occlusion(size=SIDE, stride=STRIDE),
    "lrp": Lrp(biases=True),
}


@pytest.mark.parametrize("name", MAPS)
def test_a_map_is_that_of_another_program(name):
    network, method = name.split("/")
    # relevance is divided at every layer: in float32 its last digits are gone after ten of them; and on the
    # way to an image some value comes so close to zero that rounding decides whether a rectifier passes it
    case = exact(network) if method in ("lrp", "integrated_gradients") else zoo(network)
    found = _map(method, case)
    # a fall is the difference of two values: it is as exact as they are
    size = max(np.abs(MAPS[name]).max(), abs(case.value) if method == "occlusion" else 0)
    np.testing.assert_allclose(found, MAPS[name], rtol=0, atol=1e-5 * size)


@pytest.mark.parametrize("network", sorted({name.split("/")[0] for name in MAPS}))
def test_in_float32_at_most_a_gate_or_two_fall_otherwise(network):
    wanted = MAPS[f"{network}/integrated_gradients"]
    off = np.linalg.norm(_map("integrated_gradients", zoo(network)) - wanted)
    assert off <= 5e-3 * np.linalg.norm(wanted)


def _map(method, case):
    return thinned(finish(OURS.get(method, method_from(method)).explain(case)).map)
