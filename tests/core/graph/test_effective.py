import numpy as np
import pytest

from cnn_core import load_model
from cnn_core.errors import GraphError, ShapeError
from cnn_core.graph import Trace, backward, effective_field, field_box
from cnn_core.layers import LAYERS, ReLU
from tests.core.graph.networks import branching, chain, doubled

STEP = 1e-6


def outside(gradient, box):
    """The gradient with the box cut out."""
    rest = gradient.copy()
    rest[:, box.top : box.bottom, box.left : box.right] = 0
    return rest


def differences(graph, parameters, x, node, index):
    """The gradient by central differences, number by number of the input."""
    found = np.zeros(x.shape[1:])
    for place in np.ndindex(found.shape):
        values = []
        for sign in (1, -1):
            moved = x.copy()
            moved[(0, *place)] += sign * STEP
            values.append(Trace(graph, parameters, moved)[node].output[(0, *index)])
        found[place] = (values[0] - values[1]) / (2 * STEP)
    return found


@pytest.mark.parametrize(
    ("node", "index"),
    [
        ("norm", (3, 0, 6)),
        ("wide", (2, 4, 3)),
        ("fork", (0, 7, 0)),
        ("gated", (4, 2, 5)),
        ("avg_pool", (1, 2, 1)),
        ("flatten", (17,)),
        ("softmax", (2,)),
    ],
)
def test_the_gradient_is_what_small_differences_say(node, index):
    graph = branching()
    rng = np.random.default_rng(5)
    parameters = {k: v + 0.3 * rng.standard_normal(v.shape) for k, v in doubled(graph.init(rng)).items()}
    parameters["norm.running_var"] = 0.5 + rng.random(4)
    x = rng.standard_normal(graph.shapes["input"])
    outputs = Trace(graph, parameters, x).outputs

    gradient = effective_field(graph, parameters, outputs, node, index)

    assert gradient.dtype == np.float64
    assert np.abs(gradient).max() > 1e-4
    np.testing.assert_allclose(gradient, differences(graph, parameters, x, node, index), atol=1e-8)


@pytest.mark.parametrize("node", ["conv_1_1", "relu_1_2", "max_pool_1", "conv_2_2", "max_pool_2", "flatten"])
def test_tiny_vgg_listens_to_nothing_outside_of_its_receptive_field(node):
    model = load_model("tiny_vgg")
    graph, parameters = model.graph, doubled(model.parameters)
    x = np.random.default_rng(6).random(graph.shapes["input"])
    outputs = Trace(graph, parameters, x).outputs
    # the largest value: no rectifier holds it at zero
    index = tuple(int(i) for i in np.unravel_index(outputs[node].argmax(), outputs[node].shape)[1:])

    gradient = effective_field(graph, parameters, outputs, node, index)

    box = field_box(graph, node, index)
    assert gradient.shape == (3, 64, 64)
    assert gradient[:, box.top : box.bottom, box.left : box.right].any()
    assert not outside(gradient, box).any()
    channel, y, x_ = 1, (box.top + box.bottom) // 2, (box.left + box.right) // 2
    moved = [x.copy(), x.copy()]
    moved[0][0, channel, y, x_] += STEP
    moved[1][0, channel, y, x_] -= STEP
    up, down = (Trace(graph, parameters, image)[node].output[(0, *index)] for image in moved)
    assert gradient[channel, y, x_] == pytest.approx((up - down) / (2 * STEP), abs=1e-7)


def test_outputs_alone_give_the_gradient_of_the_whole_records():
    graph = branching()
    rng = np.random.default_rng(8)
    parameters = graph.init(rng)
    trace = Trace(graph, parameters, rng.standard_normal(graph.shapes["input"]).astype(np.float32))
    seed = np.zeros_like(trace["max_pool"].output)
    seed[0, 2, 1, 1] = 1
    whole = backward(graph, parameters, trace.records, {"max_pool": seed}).nodes["input"][0]
    found = effective_field(graph, parameters, trace.outputs, "max_pool", (2, 1, 1))
    np.testing.assert_array_equal(found, whole, strict=True)


@pytest.mark.parametrize("kind", LAYERS)
def test_at_inference_no_layer_remembers_more_than_its_output(kind):
    rng = np.random.default_rng(0)
    for example in LAYERS[kind].examples():
        inputs = [rng.random(shape) for shape in example.inputs or (example.layer.infer_shape(),)]
        assert example.layer.forward(example.layer.init(rng), *inputs).saved is None


def test_an_input_value_listens_to_itself_and_only_the_first_sample_is_told():
    graph = chain(ReLU(), shape=(1, 2, 3))
    outputs = Trace(graph, {}, np.ones((4, 1, 2, 3))).outputs
    wanted = np.zeros((1, 2, 3))
    wanted[0, 1, 2] = 1
    for node in ("input", "layer_0"):
        np.testing.assert_array_equal(effective_field(graph, {}, outputs, node, (0, 1, 2)), wanted)


def test_what_is_no_value_is_refused():
    graph = chain(ReLU(), shape=(1, 2, 3))
    outputs = Trace(graph, {}, np.ones((1, 1, 2, 3))).outputs
    with pytest.raises(ShapeError, match=r"node 'layer_0': index must be \(0..0, 0..1, 0..2\), got"):
        effective_field(graph, {}, outputs, "layer_0", (0, 2, 0))
    with pytest.raises(GraphError, match="no node 'conv'"):
        effective_field(graph, {}, outputs, "conv", (0, 0, 0))
    with pytest.raises(GraphError, match="'input' has no record"):
        effective_field(graph, {}, {"layer_0": outputs["layer_0"]}, "layer_0", (0, 0, 0))
