"""A checkout's folder ``app`` under the name ``convscope``, which it has in an installed wheel."""

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

_HOUSE = Path(__file__).resolve().parents[1]
_SPEC = spec_from_file_location(__name__, _HOUSE / "__init__.py", submodule_search_locations=[str(_HOUSE)])
assert _SPEC is not None
assert _SPEC.loader is not None
sys.modules[__name__] = module_from_spec(_SPEC)
_SPEC.loader.exec_module(sys.modules[__name__])
