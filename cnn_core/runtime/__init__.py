"""Running graphs fast: compiled once for a shape, kernels by shape, memory kept; the plain operators remain
the reference."""

from cnn_core.runtime.cache import PlanCache
from cnn_core.runtime.plan import Plan, compile_plan, run_compiled

__all__ = ["Plan", "PlanCache", "compile_plan", "run_compiled"]
