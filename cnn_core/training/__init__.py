"""Training and evaluation: data sets, augmentation, recipes, the loop, checkpoints."""
