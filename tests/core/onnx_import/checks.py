"""What tests of imported networks ask for."""

from cnn_core.input_spec import InputSpec
from cnn_core.onnx_import import import_model
from cnn_core.onnx_import.engines import reference
from cnn_core.onnx_import.verify import verification_input, verify


def verified(made, engines=None, **options):
    """The imported model, after every layer of it was compared, by default with the reference evaluator."""
    data = made if isinstance(made, bytes) else made.SerializeToString()
    found = import_model(data, **options)
    x = verification_input(InputSpec(*found.entry.sample))
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
