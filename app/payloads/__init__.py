"""The shapes of every message: JSON schemas, binary frames, `.npy`."""
