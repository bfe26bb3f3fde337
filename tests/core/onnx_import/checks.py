"""What tests of imported networks ask for."""

from cnn_core.input_spec import InputSpec, scaled_spec
from cnn_core.onnx_import import import_model
from cnn_core.onnx_import.engines import reference
from cnn_core.onnx_import.verify import verification_input, verify


def verified(made, engines=None, **options):
    """The imported model, after every layer of it was compared, by default with the reference evaluator."""
    data = made if isinstance(made, bytes) else made.SerializeToString()
    found = import_model(data, **options)
    spec = InputSpec(*found.entry.sample)
    x = verification_input(scaled_spec(spec, "bytes") if found.entry.whole else spec)
    fed = found.entry.fed(x)
    told = verify(
        data,
        found.graph,
        found.parameters,
        found.sources,
        x,
        fed=fed,
        orders=found.orders,
        engines=engines or [reference()],
    )
    assert told.verified, told.sentence
    return found
