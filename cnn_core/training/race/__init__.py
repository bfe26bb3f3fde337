"""Small networks that learn side by side, on the same batches, with every step to be looked at again."""
