"""Units: a layer forward and back, one file each; ``runtime/training_plan.py`` says which is taken when."""
