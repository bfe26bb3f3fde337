"""Running graphs fast: compiled once for a shape, kernels by shape, memory kept; the plain operators remain
the reference."""

from cnn_core.runtime.cache import PlanCache
from cnn_core.runtime.plan import Plan, compile_plan, run_compiled
from cnn_core.runtime.training_plan import TrainingPlan
from cnn_core.runtime.training_plans import TrainingPlans

__all__ = ["Plan", "PlanCache", "TrainingPlan", "TrainingPlans", "compile_plan", "run_compiled"]
