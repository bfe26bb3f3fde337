"""Plans kept by model and shape."""

from cnn_core.layers import Conv2d, ReLU
from cnn_core.runtime import Plan, PlanCache, compile_plan
from tests.core.runtime.test_plan import parameters_of, small


def test_the_cache_keeps_plans_by_model_and_shape_within_its_bytes():
    graph = small(Conv2d(3, 4, (3, 3)), ReLU())
    parameters = parameters_of(graph)
    each = compile_plan(graph, parameters, (1, 3, 12, 10)).nbytes
    cache = PlanCache(int(2.5 * each))

    def get(key, batch=1) -> Plan:
        return cache.get(key, graph, parameters, (batch, 3, 12, 10))

    first, second = get("a"), get("b")
    assert get("a") is first
    assert get("a", 2) is not first
    assert cache.nbytes <= cache.capacity
    assert get("b") is not second
    nothing = PlanCache(0)
    assert nothing.get("a", graph, parameters, (1, 3, 12, 10)).graph is graph
    assert len(nothing) == nothing.nbytes == 0
